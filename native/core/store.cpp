#include "core/store.h"

#include <ATen/ops/empty_strided.h>

#include <cstring>

#include "core/failure.h"

namespace gantorch {

at::ScalarType scalarType(DType dtype) {
  switch (dtype) {
    case DType::float32:
      return at::kFloat;
    case DType::int32:
      return at::kInt;
    case DType::uint8:
      return at::kByte;
    case DType::boolean:
      return at::kBool;
  }
  throw Failure(kNativeFailure, "store", "unknown element type");
}

void Store::allocate(WeightId id, const std::vector<int64_t>& shape, DType dtype,
                     const std::vector<int64_t>& order) {
  if (order.size() != shape.size()) {
    throw Failure(kNativeFailure, "store", "order must name every axis of a weight");
  }
  std::vector<int64_t> strides(shape.size());
  int64_t stride = 1;
  for (auto axis = order.rbegin(); axis != order.rend(); ++axis) {
    strides.at(*axis) = stride;
    stride *= shape.at(*axis);
  }
  // Called on a JavaScript thread, so no parallel op: OpenMP keeps a team for each calling thread.
  const at::Tensor tensor = at::empty_strided(shape, strides, scalarType(dtype));
  std::memset(tensor.mutable_data_ptr(), 0, tensor.nbytes());
  const std::lock_guard lock(mutex_);
  weights_[id] = tensor;
}

void Store::release(WeightId id) {
  const std::lock_guard lock(mutex_);
  weights_.erase(id);
}

at::Tensor Store::find(WeightId id) const {
  const std::lock_guard lock(mutex_);
  const auto found = weights_.find(id);
  if (found == weights_.end()) {
    throw Failure(kNativeFailure, "store", "weight " + std::to_string(id) + " has no memory");
  }
  return found->second;
}

}  // namespace gantorch
