// lib/ops/shape.ts
#include "ops/shape.h"

#include <ATen/ExpandUtils.h>
#include <ATen/ops/scalar_tensor.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>

#include "core/failure.h"

namespace gantorch {

int64_t axisOf(const PlanNode& node) {
  return static_cast<int64_t>(node.attributes.number("axis"));
}

std::vector<int64_t> filledShape(const std::vector<int64_t>& lengths, const Tensors& in,
                                 size_t first) {
  std::vector<int64_t> shape = lengths;
  for (int64_t& length : shape) {
    if (length == kComputedLength) length = in[first++].item<int64_t>();
    if (length < -1) throw Failure(kShape, "", "a length is negative");
  }
  return shape;
}

namespace {

using Axes = std::vector<int64_t>;

std::string textOf(at::IntArrayRef lengths) {
  std::ostringstream text;
  text << lengths;
  return text.str();
}

// The elements of x in that shape, of which one length may be -1 and is inferred.
at::Tensor reshaped(const at::Tensor& x, const std::vector<int64_t>& shape) {
  const bool isOpen = std::find(shape.begin(), shape.end(), -1) != shape.end();
  double known = 1;
  for (const int64_t length : shape) known *= length == -1 ? 1 : static_cast<double>(length);
  const auto size = static_cast<double>(x.numel());
  if (isOpen ? known == 0 || std::fmod(size, known) != 0 : known != size) {
    throw Failure(kShape, "",
                  std::to_string(x.numel()) + " elements can't take the shape " + textOf(shape));
  }
  return x.reshape(shape);
}

Operation axisLength(const PlanNode& node) {
  const int64_t axis = axisOf(node);
  return [=](RandomState&, const Tensors& in) -> Tensors {
    return {at::scalar_tensor(in[0].size(axis), at::kInt)};
  };
}

// -1 is inferred, -2 is the length of x's first axis, the others are computed.
Operation reshape(const PlanNode& node) {
  const std::vector<int64_t> lengths = node.attributes.integers("shape");
  return [=](RandomState&, const Tensors& in) -> Tensors {
    std::vector<int64_t> shape = lengths;
    for (int64_t& length : shape) {
      if (length == -2) length = in[0].size(0);
    }
    return {reshaped(in[0], filledShape(shape, in, 1))};
  };
}

Operation reshapeItems(const PlanNode& node) {
  const std::vector<int64_t> items = node.attributes.integers("shape");
  return [=](RandomState&, const Tensors& in) -> Tensors {
    std::vector<int64_t> shape = {in[0].size(0)};
    shape.insert(shape.end(), items.begin(), items.end());
    return {reshaped(in[0], shape)};
  };
}

Operation transpose(const PlanNode& node) {
  const Axes order = node.attributes.integers("order");
  return [=](RandomState&, const Tensors& in) -> Tensors {
    return {in[0].permute(order).contiguous()};
  };
}

Operation expandDims(const PlanNode& node) {
  const Axes axes = node.attributes.integers("axes");
  return [=](RandomState&, const Tensors& in) -> Tensors {
    at::Tensor result = in[0];
    for (const int64_t axis : axes) result = result.unsqueeze(axis);
    return {result};
  };
}

Operation squeeze(const PlanNode& node) {
  const Axes axes = node.attributes.integers("axes");
  return [=](RandomState&, const Tensors& in) -> Tensors {
    for (const int64_t axis : axes) {
      if (in[0].size(axis) != 1) throw Failure(kShape, "", "the axis to drop is longer than 1");
    }
    return {axes.empty() ? in[0] : in[0].squeeze(axes)};
  };
}

Operation broadcastTo(const PlanNode& node) {
  const std::vector<int64_t> lengths = node.attributes.integers("shape");
  return [=](RandomState&, const Tensors& in) -> Tensors {
    const std::vector<int64_t> shape = filledShape(lengths, in, 1);
    if (!at::is_expandable_to(in[0].sizes(), shape)) {
      throw Failure(kShape, "", "it can't be broadcast to " + textOf(shape));
    }
    return {in[0].expand(shape)};
  };
}

}  // namespace

void registerShape(OperationTable& table) {
  table["axisLength"] = axisLength;
  table["reshape"] = reshape;
  table["reshapeItems"] = reshapeItems;
  table["transpose"] = transpose;
  table["expandDims"] = expandDims;
  table["squeeze"] = squeeze;
  table["broadcastTo"] = broadcastTo;
}

}  // namespace gantorch
