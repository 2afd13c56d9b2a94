// Gradients of single ops: lib/plan/passes/gradient_rules.ts
#include <ATen/ops/leaky_relu_backward.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/sigmoid_backward.h>
#include <ATen/ops/softplus_backward.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/tanh_backward.h>
#include <ATen/ops/threshold_backward.h>
#include <ATen/ops/where.h>

#include <algorithm>

#include "ops/elementwise.h"

namespace gantorch {

namespace {

at::Tensor reluGradient(const at::Tensor& g, const at::Tensor& y) {
  return at::threshold_backward(g, y, 0);
}

at::Tensor softplusGradient(const at::Tensor& g, const at::Tensor& x) {
  return at::softplus_backward(g, x, 1, 20);
}

at::Tensor squareGradient(const at::Tensor& g, const at::Tensor& x) { return (g * x).mul_(2); }

Operation leakyReluGradient(const PlanNode& node) {
  const double slope = node.attributes.number("slope");
  return [=](RandomState&, const Tensors& in) -> Tensors {
    return {at::leaky_relu_backward(in[0], in[1], slope, false)};
  };
}

Operation clipGradient(const PlanNode& node) {
  const double low = node.attributes.number("low");
  const double high = node.attributes.number("high");
  return [=](RandomState&, const Tensors& in) -> Tensors {
    const at::Tensor isInside = in[1].ge(low).logical_and_(in[1].le(high));
    return {at::where(isInside, in[0], 0)};
  };
}

// g, which belongs to the result of a reduction of x, at each element of x.
Operation spread(const PlanNode& node, bool isMean) {
  std::vector<int64_t> axes = node.attributes.integers("axes");
  std::sort(axes.begin(), axes.end());
  const bool keepdims = node.attributes.boolean("keepdims");
  return [=](RandomState&, const Tensors& in) -> Tensors {
    at::Tensor g = in[0];
    double count = 1;
    for (const int64_t axis : axes) {
      if (!keepdims) g = g.unsqueeze(axis);
      count *= static_cast<double>(in[1].size(axis));
    }
    const at::Tensor all = g.expand(in[1].sizes());
    return {isMean ? all.div(count) : all.contiguous()};
  };
}

Operation sumGradient(const PlanNode& node) { return spread(node, false); }
Operation meanGradient(const PlanNode& node) { return spread(node, true); }

at::Tensor reshapeGradient(const at::Tensor& g, const at::Tensor& x) {
  return g.reshape(x.sizes());
}

// From g, x and the kernel: those of input, kernel and bias that are wanted.
Operation denseGradient(const PlanNode& node) {
  const bool input = node.attributes.boolean("input");
  const bool kernel = node.attributes.boolean("kernel");
  const bool bias = node.attributes.boolean("bias");
  return [=](RandomState&, const Tensors& in) -> Tensors {
    Tensors results;
    if (input) results.push_back(at::mm(in[0], in[2].t()));
    if (kernel) results.push_back(at::mm(in[1].t(), in[0]));
    if (bias) results.push_back(at::sum(in[0], 0));
    return results;
  };
}

}  // namespace

void registerDerivatives(OperationTable& table) {
  table["reluGradient"] = binary<reluGradient>;
  table["leakyReluGradient"] = leakyReluGradient;
  table["sigmoidGradient"] = binary<at::sigmoid_backward>;
  table["tanhGradient"] = binary<at::tanh_backward>;
  table["softplusGradient"] = binary<softplusGradient>;
  table["squareGradient"] = binary<squareGradient>;
  table["clipGradient"] = clipGradient;
  table["sumGradient"] = sumGradient;
  table["meanGradient"] = meanGradient;
  table["reshapeGradient"] = binary<reshapeGradient>;
  table["denseGradient"] = denseGradient;
}

}  // namespace gantorch
