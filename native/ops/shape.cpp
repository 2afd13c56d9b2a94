// lib/ops/shape.ts
#include <ATen/ops/constant_pad_nd.h>

#include "ops/operation.h"

namespace gantorch {

namespace {

Operation reshapeItems(const PlanNode& node) {
  const std::vector<int64_t> items = node.attributes.integers("shape");
  return [=](RandomState&, const Tensors& in) -> Tensors {
    std::vector<int64_t> shape = {in[0].size(0)};
    shape.insert(shape.end(), items.begin(), items.end());
    return {in[0].reshape(shape)};
  };
}

Operation pad(const PlanNode& node) {
  const std::vector<int64_t> padding = node.attributes.integers("padding");
  // libtorch counts axes from the last one.
  std::vector<int64_t> fromLast;
  for (size_t axis = padding.size() / 2; axis-- > 0;) {
    fromLast.push_back(padding[2 * axis]);
    fromLast.push_back(padding[2 * axis + 1]);
  }
  return [=](RandomState&, const Tensors& in) -> Tensors {
    return {at::constant_pad_nd(in[0], fromLast, 0)};
  };
}

Operation transpose(const PlanNode& node) {
  const std::vector<int64_t> order = node.attributes.integers("order");
  return [=](RandomState&, const Tensors& in) -> Tensors {
    return {in[0].permute(order).contiguous()};
  };
}

}  // namespace

void registerShape(OperationTable& table) {
  table["reshapeItems"] = reshapeItems;
  table["pad"] = pad;
  table["transpose"] = transpose;
}

}  // namespace gantorch
