// lib/ops/reduce.ts
#include <ATen/ops/all.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/amin.h>
#include <ATen/ops/any.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/argmin.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/log.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/prod.h>
#include <ATen/ops/squeeze.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/var.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>

#include "core/failure.h"
#include "ops/operation.h"

namespace gantorch {

namespace {

using Axes = std::vector<int64_t>;
using Reduction = at::Tensor (*)(const at::Tensor&, const Axes&, bool);

template <Reduction function>
Operation reduction(const PlanNode& node) {
  const Axes axes = node.attributes.integers("axes");
  const bool keepdims = node.attributes.boolean("keepdims");
  return
      [=](RandomState&, const Tensors& in) -> Tensors { return {function(in[0], axes, keepdims)}; };
}

// Of one element each: sum and mean are that element.
bool isSingle(const at::Tensor& x, const Axes& axes) {
  return std::ranges::all_of(axes, [&](int64_t axis) { return x.size(axis) == 1; });
}

at::Tensor withoutAxes(const at::Tensor& x, const Axes& axes, bool keepdims) {
  return keepdims ? x : at::squeeze(x, axes);
}

at::Tensor sum(const at::Tensor& x, const Axes& axes, bool keepdims) {
  if (isSingle(x, axes)) return withoutAxes(x, axes, keepdims);
  return at::sum(x, axes, keepdims, x.scalar_type());
}

at::Tensor mean(const at::Tensor& x, const Axes& axes, bool keepdims) {
  if (isSingle(x, axes)) return withoutAxes(x, axes, keepdims);
  return at::mean(x, axes, keepdims);
}

// The largest or smallest of no elements is nothing.
void requireElements(const at::Tensor& x, const Axes& axes) {
  for (const int64_t axis : axes) {
    if (x.size(axis) == 0) throw Failure(kShape, "", "there are no elements");
  }
}

at::Tensor max(const at::Tensor& x, const Axes& axes, bool keepdims) {
  requireElements(x, axes);
  return at::amax(x, axes, keepdims);
}

at::Tensor min(const at::Tensor& x, const Axes& axes, bool keepdims) {
  requireElements(x, axes);
  return at::amin(x, axes, keepdims);
}

// From the last axis to the first, so that the places of the others stay.
at::Tensor prod(const at::Tensor& x, const Axes& axes, bool keepdims) {
  at::Tensor result = x;
  for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
    result = at::prod(result, *axis, keepdims, x.scalar_type());
  }
  return result;
}

at::Tensor variance(const at::Tensor& x, const Axes& axes, bool keepdims) {
  return at::var(x, axes, at::Scalar(0), keepdims);
}

// libtorch's derivative goes through the rounded result, which is coarse where that is large.
at::Tensor logsumexp(const at::Tensor& x, const Axes& axes, bool keepdims) {
  if (x.numel() == 0) return at::logsumexp(x, axes, keepdims);
  const at::Tensor largest = at::amax(x.detach(), axes, true);
  const at::Tensor shift = at::where(at::isfinite(largest), largest, at::zeros_like(largest));
  const at::Tensor result = at::log(at::sum(at::exp(x - shift), axes, true)) + shift;
  return keepdims ? result : result.squeeze(axes);
}

at::Tensor any(const at::Tensor& x, const Axes& axes, bool keepdims) {
  return at::any(x, axes, keepdims);
}

at::Tensor all(const at::Tensor& x, const Axes& axes, bool keepdims) {
  return at::all(x, axes, keepdims);
}

using Place = at::Tensor (*)(const at::Tensor&, std::optional<int64_t>, bool);

// Over one axis, or over all elements as one row.
template <Place function>
Operation place(const PlanNode& node) {
  const bool keepdims = node.attributes.boolean("keepdims");
  std::optional<int64_t> axis;
  if (node.attributes.has("axis")) axis = static_cast<int64_t>(node.attributes.number("axis"));
  return [=](RandomState&, const Tensors& in) -> Tensors {
    if (axis) requireElements(in[0], {*axis});
    if (in[0].numel() == 0 && !axis) throw Failure(kShape, "", "there are no elements");
    return {function(in[0], axis, keepdims).to(at::kInt)};
  };
}

}  // namespace

void registerReduce(OperationTable& table) {
  table["sum"] = reduction<sum>;
  table["mean"] = reduction<mean>;
  table["max"] = reduction<max>;
  table["min"] = reduction<min>;
  table["prod"] = reduction<prod>;
  table["variance"] = reduction<variance>;
  table["logsumexp"] = reduction<logsumexp>;
  table["any"] = reduction<any>;
  table["all"] = reduction<all>;
  table["argmax"] = place<at::argmax>;
  table["argmin"] = place<at::argmin>;
}

}  // namespace gantorch
