#include "ops/spatial.h"

#include <algorithm>

#include "core/failure.h"

namespace gantorch {

ImageLayout::ImageLayout(const PlanNode& node)
    : channelsFirst_(node.attributes.text("dataFormat") == "channels_first") {}

at::Tensor ImageLayout::toNative(const at::Tensor& x) const {
  const at::Tensor image = x.dim() == 3 ? x.unsqueeze(channelsFirst_ ? 2 : 1) : x;
  return channelsFirst_ ? image : image.permute({0, 3, 1, 2});
}

at::Tensor ImageLayout::fromNative(const at::Tensor& y, const at::Tensor& like) const {
  const at::Tensor image = channelsFirst_ ? y : y.permute({0, 2, 3, 1});
  return like.dim() == 3 ? image.squeeze(channelsFirst_ ? 2 : 1) : image;
}

Lengths perAxis(const PlanNode& node, const std::string& name) {
  Lengths numbers = node.attributes.integers(name);
  if (numbers.size() == 1) numbers.insert(numbers.begin(), 1);
  if (numbers.size() != 2 || numbers[0] < 1 || numbers[1] < 1) {
    throw Failure(kNativeFailure, "plan", name + " must be one or two positive numbers");
  }
  return numbers;
}

AxisPadding samePadding(int64_t length, int64_t kernel, int64_t stride) {
  const int64_t results = (length + stride - 1) / stride;
  const int64_t total = std::max<int64_t>((results - 1) * stride + kernel - length, 0);
  return {total / 2, total - total / 2};
}

}  // namespace gantorch
