// lib/ops/nn.ts
#include <ATen/ops/addmm.h>
#include <ATen/ops/elu.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/hardtanh.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/native_batch_norm.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/softplus.h>
#include <ATen/ops/tanh.h>

#include "kernels/batch_norm.h"
#include "ops/elementwise.h"
#include "ops/shape.h"

namespace gantorch {

namespace {

// (batch, height, width, channels) seen as libtorch's channels_last, and back; no copy.
at::Tensor channelsFirst(const at::Tensor& x) { return x.permute({0, 3, 1, 2}); }
at::Tensor channelsLast(const at::Tensor& x) { return x.permute({0, 2, 3, 1}); }

Operation dense(const PlanNode&) {
  return [](RandomState&, const Tensors& in) -> Tensors {
    const at::Tensor& kernel = in[1];
    const at::Tensor rows = in[0].dim() == 2 ? in[0] : in[0].reshape({-1, in[0].size(-1)});
    const at::Tensor y = in.size() == 3 ? at::addmm(in[2], rows, kernel) : at::mm(rows, kernel);
    if (in[0].dim() == 2) return {y};
    std::vector<int64_t> shape = in[0].sizes().vec();
    shape.back() = kernel.size(1);
    return {y.reshape(shape)};
  };
}

// The optional gamma and beta behind the first `skip` inputs of a normalisation.
struct Affine {
  Affine(const PlanNode& node, size_t skip)
      : scale(node.attributes.boolean("scale")),
        center(node.attributes.boolean("center")),
        epsilon(node.attributes.number("epsilon")),
        skip(skip) {}

  std::optional<at::Tensor> gamma(const Tensors& in) const {
    return scale ? std::optional<at::Tensor>(in[skip]) : std::nullopt;
  }
  std::optional<at::Tensor> beta(const Tensors& in) const {
    return center ? std::optional<at::Tensor>(in[skip + (scale ? 1 : 0)]) : std::nullopt;
  }

  bool scale;
  bool center;
  double epsilon;
  size_t skip;
};

// Runs `normalize` on x with its last axis moved to where libtorch expects channels.
template <typename Function>
at::Tensor overLastAxis(const at::Tensor& x, Function normalize) {
  if (x.dim() == 4) return channelsLast(normalize(channelsFirst(x)));
  if (x.dim() == 2) return normalize(x);
  return normalize(x.reshape({-1, x.size(-1)})).reshape(x.sizes());
}

Operation batchNormTraining(const PlanNode& node) {
  const Affine affine(node, 1);
  // Set by the pass that joins an activation to it.
  const double slope = node.attributes.has("slope") ? node.attributes.number("slope") : 1;
  return [=](RandomState&, const Tensors& in) -> Tensors {
    const auto result =
        kernels::batchNorm(in[0], affine.gamma(in), affine.beta(in), {affine.epsilon, slope});
    return {result.y, result.mean, result.variance};
  };
}

Operation batchNormInference(const PlanNode& node) {
  const Affine affine(node, 3);
  return [=](RandomState&, const Tensors& in) -> Tensors {
    // libtorch would divide by the number of elements.
    if (in[0].numel() == 0) return {in[0].clone()};
    return {overLastAxis(in[0], [&](const at::Tensor& x) {
      return std::get<0>(at::native_batch_norm(x, affine.gamma(in), affine.beta(in), in[1], in[2],
                                               false, 0.0, affine.epsilon));
    })};
  };
}

Operation relu6(const PlanNode&) {
  return [](RandomState&, const Tensors& in) -> Tensors { return {at::hardtanh(in[0], 0, 6)}; };
}

Operation softmax(const PlanNode& node) {
  const int64_t axis = axisOf(node);
  return [=](RandomState&, const Tensors& in) -> Tensors { return {at::softmax(in[0], axis)}; };
}

Operation logSoftmax(const PlanNode& node) {
  const int64_t axis = axisOf(node);
  return [=](RandomState&, const Tensors& in) -> Tensors { return {at::log_softmax(in[0], axis)}; };
}

Operation softplus(const PlanNode&) {
  return [](RandomState&, const Tensors& in) -> Tensors { return {at::softplus(in[0])}; };
}

Operation gelu(const PlanNode& node) {
  const std::string kind = node.attributes.boolean("approximate") ? "tanh" : "none";
  return [=](RandomState&, const Tensors& in) -> Tensors { return {at::gelu(in[0], kind)}; };
}

Operation elu(const PlanNode& node) {
  const double alpha = node.attributes.number("alpha");
  return [=](RandomState&, const Tensors& in) -> Tensors { return {at::elu(in[0], alpha)}; };
}

Operation leakyRelu(const PlanNode& node) {
  const double slope = node.attributes.number("slope");
  return [=](RandomState&, const Tensors& in) -> Tensors { return {at::leaky_relu(in[0], slope)}; };
}

}  // namespace

void registerNeuralNetwork(OperationTable& table) {
  table["dense"] = dense;
  table["batchNormTraining"] = batchNormTraining;
  table["batchNormInference"] = batchNormInference;
  table["relu"] = unary<at::relu>;
  table["relu6"] = relu6;
  table["sigmoid"] = unary<at::sigmoid>;
  table["tanh"] = unary<at::tanh>;
  table["softmax"] = softmax;
  table["logSoftmax"] = logSoftmax;
  table["softplus"] = softplus;
  table["gelu"] = gelu;
  table["elu"] = elu;
  table["leakyRelu"] = leakyRelu;
}

}  // namespace gantorch
