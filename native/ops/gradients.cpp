// lib/ops/gradients.ts
#include <ATen/ops/ones_like.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/autograd.h>

#include "ops/operation.h"

namespace gantorch {

namespace {

Operation gradients(const PlanNode& node) {
  const auto count = static_cast<size_t>(node.attributes.number("ys"));
  // A later gradients node goes through the same graph.
  const bool retain = node.attributes.has("retain") && node.attributes.boolean("retain");
  const bool createGraph = node.differentiable;
  return [=](RandomState&, const Tensors& in) -> Tensors {
    const Tensors xs(in.begin() + count, in.end());
    Tensors ys;
    Tensors ones;
    for (size_t i = 0; i < count; i++) {
      if (!in[i].requires_grad()) continue;
      ys.push_back(in[i]);
      ones.push_back(at::ones_like(in[i]));
    }
    Tensors results(xs.size());
    if (!ys.empty()) {
      results = torch::autograd::grad(ys, xs, ones, retain || createGraph, createGraph, true);
    }
    for (size_t i = 0; i < xs.size(); i++) {
      if (!results[i].defined()) results[i] = at::zeros_like(xs[i]);
    }
    return results;
  };
}

// The pass that marks what autograd records stops here too.
Operation stopGradient(const PlanNode&) {
  return [](RandomState&, const Tensors& in) -> Tensors { return {in[0].detach()}; };
}

}  // namespace

void registerGradients(OperationTable& table) {
  table["gradients"] = gradients;
  table["stopGradient"] = stopGradient;
}

}  // namespace gantorch
