// lib/ops/sort.ts
#include <ATen/ops/cumprod.h>
#include <ATen/ops/cumsum.h>
#include <ATen/ops/sort.h>

#include "core/failure.h"
#include "ops/shape.h"

namespace gantorch {

namespace {

Operation cumsum(const PlanNode& node) {
  const int64_t axis = axisOf(node);
  return [=](RandomState&, const Tensors& in) -> Tensors {
    return {at::cumsum(in[0], axis, in[0].scalar_type())};
  };
}

Operation cumprod(const PlanNode& node) {
  const int64_t axis = axisOf(node);
  return [=](RandomState&, const Tensors& in) -> Tensors {
    return {at::cumprod(in[0], axis, in[0].scalar_type())};
  };
}

// Stable, so that equal elements stay in order.
auto sorted(const at::Tensor& x, int64_t axis, bool descending) {
  return at::sort(x, std::optional<bool>(true), axis, descending);
}

Operation sort(const PlanNode& node) {
  const int64_t axis = axisOf(node);
  return [=](RandomState&, const Tensors& in) -> Tensors {
    return {std::get<0>(sorted(in[0], axis, false))};
  };
}

Operation argsort(const PlanNode& node) {
  const int64_t axis = axisOf(node);
  return [=](RandomState&, const Tensors& in) -> Tensors {
    return {std::get<1>(sorted(in[0], axis, false)).to(at::kInt)};
  };
}

Operation topK(const PlanNode& node) {
  const auto k = static_cast<int64_t>(node.attributes.number("k"));
  return [=](RandomState&, const Tensors& in) -> Tensors {
    if (in[0].size(-1) < k) {
      throw Failure(kShape, "", "the last axis has less than " + std::to_string(k) + " elements");
    }
    const auto [values, places] = sorted(in[0], -1, true);
    return {values.narrow(-1, 0, k), places.narrow(-1, 0, k).to(at::kInt)};
  };
}

}  // namespace

void registerSort(OperationTable& table) {
  table["cumsum"] = cumsum;
  table["cumprod"] = cumprod;
  table["sort"] = sort;
  table["argsort"] = argsort;
  table["topK"] = topK;
}

}  // namespace gantorch
