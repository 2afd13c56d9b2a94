// Gradients of single ops: lib/plan/passes/gradient_rules.ts
#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/leaky_relu_backward.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/sigmoid_backward.h>
#include <ATen/ops/softplus_backward.h>
#include <ATen/ops/tanh_backward.h>
#include <ATen/ops/threshold_backward.h>

#include <algorithm>

#include "kernels/dense.h"
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

// g where x lies within the limits, else 0.
at::Tensor within(const at::Tensor& g, const at::Tensor& x, float low, float high) {
  const at::Tensor result = at::empty(x.sizes(), x.options());
  float* out = result.mutable_data_ptr<float>();
  const float* from = g.const_data_ptr<float>();
  const float* values = x.const_data_ptr<float>();
  at::parallel_for(0, x.numel(), at::internal::GRAIN_SIZE, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      out[i] = values[i] >= low && values[i] <= high ? from[i] : 0;
    }
  });
  return result;
}

Operation clipGradient(const PlanNode& node) {
  const auto low = static_cast<float>(node.attributes.number("low"));
  const auto high = static_cast<float>(node.attributes.number("high"));
  return [=](RandomState&, const Tensors& in) -> Tensors {
    return {within(in[0].contiguous(), in[1].contiguous(), low, high)};
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
    return {isMean && count != 1 ? all.div(count) : all.contiguous()};
  };
}

Operation sumGradient(const PlanNode& node) { return spread(node, false); }
Operation meanGradient(const PlanNode& node) { return spread(node, true); }

at::Tensor reshapeGradient(const at::Tensor& g, const at::Tensor& x) {
  return g.reshape(x.sizes());
}

// From g, x and the kernel: those of input, kernel and bias that are wanted. With `slope`, which
// the pass dense_activation gives it, the input's is that of what an activation made it of.
Operation denseGradient(const PlanNode& node) {
  kernels::DenseWants wants = {node.attributes.boolean("input"), node.attributes.boolean("kernel"),
                               node.attributes.boolean("bias")};
  if (node.attributes.has("slope")) {
    wants.slope = static_cast<float>(node.attributes.number("slope"));
  }
  return [=](RandomState&, const Tensors& in) -> Tensors {
    const kernels::DenseGradients found = kernels::denseGradients(in[0], in[1], in[2], wants);
    Tensors results;
    for (const at::Tensor& gradient : {found.x, found.kernel, found.bias}) {
      if (gradient.defined()) results.push_back(gradient);
    }
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
