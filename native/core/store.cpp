#include "core/store.h"

#include <ATen/EmptyTensor.h>

#include <algorithm>
#include <numeric>

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

// The number of leading axes that come last in memory, which is row-major otherwise; 0 where it
// isn't.
int64_t axesBehind(const at::Tensor& tensor) {
  std::vector<int64_t> order(static_cast<size_t>(tensor.dim()));
  std::iota(order.begin(), order.end(), 0);
  for (int64_t count = 1; count < tensor.dim(); count++) {
    std::rotate(order.begin(), order.begin() + 1, order.end());
    if (tensor.permute(order).is_contiguous()) return count;
  }
  return 0;
}

// The first `count` axes as one, the others as one, outermost in memory first.
at::Tensor turned(const at::Tensor& tensor, int64_t count) {
  std::vector<int64_t> order(static_cast<size_t>(tensor.dim()));
  std::iota(order.begin(), order.end(), 0);
  std::rotate(order.begin(), order.begin() + count, order.end());
  const int64_t rows = c10::multiply_integers(tensor.sizes().slice(0, count));
  return tensor.permute(order).view({tensor.numel() / rows, rows});
}

}  // namespace

int64_t Store::allocate(WeightId id, const std::vector<int64_t>& shape, DType dtype,
                        const std::vector<int64_t>& order, bool isFilled) {
  if (order.size() != shape.size()) {
    throw Failure(kNativeFailure, "store", "order must name every axis of a weight");
  }
  const at::Tensor tensor = at::detail::empty_strided_generic(
      shape, stridesFor(shape, order), &zerosAllocator(),
      c10::DispatchKeySet(c10::DispatchKey::CPU), scalarType(dtype));
  const std::lock_guard lock(mutex_);
  Slot& slot = weights_[id];
  const int64_t before = slot.tensor.defined() ? bytesOf(slot.tensor) : 0;
  slot = {tensor, isFilled};
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

void copyElements(const at::Tensor& to, const at::Tensor& from) {
  const bool isRead = to.is_contiguous();
  const at::Tensor& rowMajor = isRead ? to : from;
  const at::Tensor& weight = isRead ? from : to;
  const int64_t count = weight.is_contiguous() || !rowMajor.is_contiguous() || weight.numel() == 0
                            ? 0
                            : axesBehind(weight);
  if (count == 0) {
    to.copy_(from);
    return;
  }
  const at::Tensor matrix = turned(weight, count);
  const at::Tensor rows = rowMajor.view({matrix.size(1), matrix.size(0)});
  if (isRead) {
    rows.copy_(matrix.t());
  } else {
    matrix.copy_(rows.t());
  }
}

}  // namespace gantorch
