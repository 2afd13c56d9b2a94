#include "core/store.h"

#include <ATen/ops/empty_strided.h>

#include <algorithm>
#include <cstring>

#include "core/allocator.h"
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
    case DType::bfloat16:
      return at::kBFloat16;
    case DType::float16:
      return at::kHalf;
  }
  throw Failure(kNativeFailure, "store", "unknown element type");
}

namespace {

// Strides that put the axes into memory in this order.
std::vector<int64_t> stridesFor(const std::vector<int64_t>& shape,
                                const std::vector<int64_t>& order) {
  std::vector<int64_t> strides(shape.size(), 0);
  int64_t stride = 1;
  for (auto axis = order.rbegin(); axis != order.rend(); ++axis) {
    const auto at = static_cast<size_t>(*axis);
    if (at >= shape.size() || strides[at] != 0 || shape[at] < 0) {
      throw Failure(kNativeFailure, "store", "order must name every axis of a weight once");
    }
    strides[at] = stride;
    // An axis without items must not hide one that is named twice.
    if (__builtin_mul_overflow(stride, std::max<int64_t>(shape[at], 1), &stride)) {
      throw Failure(kOutOfMemory, "",
                    "out of memory: a weight is larger than any memory; use smaller layers");
    }
  }
  return strides;
}

int64_t bytesOf(const at::Tensor& tensor) { return static_cast<int64_t>(tensor.nbytes()); }

}  // namespace

int64_t Store::allocate(WeightId id, const std::vector<int64_t>& shape, DType dtype,
                        const std::vector<int64_t>& order) {
  if (order.size() != shape.size()) {
    throw Failure(kNativeFailure, "store", "order must name every axis of a weight");
  }
  // Called on a JavaScript thread, so no parallel op: OpenMP keeps a team for each calling thread.
  const CachedAllocations cached;
  const at::Tensor tensor = at::empty_strided(shape, stridesFor(shape, order), scalarType(dtype));
  if (tensor.numel() > 0) std::memset(tensor.mutable_data_ptr(), 0, tensor.nbytes());
  const std::lock_guard lock(mutex_);
  Slot& slot = weights_[id];
  const int64_t before = slot.tensor.defined() ? bytesOf(slot.tensor) : 0;
  slot = {tensor, false};
  generation_++;
  noteChange();
  return bytesOf(tensor) - before;
}

int64_t Store::release(WeightId id) {
  const std::lock_guard lock(mutex_);
  const auto found = weights_.find(id);
  if (found == weights_.end()) return 0;
  const int64_t bytes = bytesOf(found->second.tensor);
  weights_.erase(found);
  return -bytes;
}

const Store::Slot& Store::slot(WeightId id) const {
  const auto found = weights_.find(id);
  if (found == weights_.end()) {
    throw Failure(kNativeFailure, "store", "weight " + std::to_string(id) + " has no memory");
  }
  return found->second;
}

at::Tensor Store::room(WeightId id, const at::Tensor& held) const {
  const std::lock_guard lock(mutex_);
  if (held.defined() && weights_.count(id) == 0) return held;
  return slot(id).tensor;
}

at::Tensor Store::find(WeightId id, const at::Tensor& held) const {
  const std::lock_guard lock(mutex_);
  if (held.defined() && weights_.count(id) == 0) return held;
  const Slot& found = slot(id);
  if (!found.isFilled) {
    throw Failure(kNativeFailure, "store",
                  "weight " + std::to_string(id) + " has no values: its first ones failed");
  }
  return found.tensor;
}

void Store::markFilled(WeightId id) {
  const std::lock_guard lock(mutex_);
  const auto found = weights_.find(id);
  if (found != weights_.end()) found->second.isFilled = true;
}

uint64_t Store::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

}  // namespace gantorch
