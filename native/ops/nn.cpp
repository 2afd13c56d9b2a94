// lib/ops/nn.ts
#include <ATen/ops/elu.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/hardtanh.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/softplus.h>
#include <ATen/ops/tanh.h>

#include "kernels/batch_norm_passes.h"
#include "kernels/dense.h"
#include "ops/elementwise.h"
#include "ops/random.h"
#include "ops/shape.h"

namespace gantorch {

namespace {

// With the attribute `slope`, which the pass dense_activation gives it, followed by an activation.
Operation dense(const PlanNode& node) {
  std::optional<float> slope;
  if (node.attributes.has("slope")) slope = static_cast<float>(node.attributes.number("slope"));
  return [=](RandomState&, const Tensors& in) -> Tensors {
    const at::Tensor& kernel = in[1];
    const at::Tensor rows = in[0].dim() == 2 ? in[0] : in[0].reshape({-1, in[0].size(-1)});
    const auto bias = in.size() == 3 ? std::optional<at::Tensor>(in[2]) : std::nullopt;
    const at::Tensor y = kernels::dense(rows, kernel, bias, slope);
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
        skip(skip) {}

  std::optional<at::Tensor> gamma(const Tensors& in) const {
    return scale ? std::optional<at::Tensor>(in[skip]) : std::nullopt;
  }
  std::optional<at::Tensor> beta(const Tensors& in) const {
    return center ? std::optional<at::Tensor>(in[skip + (scale ? 1 : 0)]) : std::nullopt;
  }

  bool scale;
  bool center;
  size_t skip;
};

// The options of a normalisation, with the activation and the dropout that passes have joined to
// it.
class NormOptions {
 public:
  explicit NormOptions(const PlanNode& node)
      : node_(node), options_{node.attributes.number("epsilon"), 1, std::nullopt} {
    if (node.attributes.has("slope")) options_.slope = node.attributes.number("slope");
  }

  // For one run, whose random numbers it takes.
  kernels::BatchNormOptions operator()(RandomState& random) const {
    kernels::BatchNormOptions result = options_;
    if (node_.attributes.has("rate")) result.dropout = dropoutOf(node_, random);
    return result;
  }

 private:
  PlanNode node_;
  kernels::BatchNormOptions options_;
};

Operation batchNormTraining(const PlanNode& node) {
  const Affine affine(node, 1);
  const NormOptions options(node);
  return [=](RandomState& random, const Tensors& in) -> Tensors {
    const auto result =
        kernels::batchNorm(in[0], affine.gamma(in), affine.beta(in), options(random));
    return {result.y, result.statistics.mean, result.statistics.variance};
  };
}

// lib/plan/passes/gradient_rules.ts: from g, x, its statistics, gamma and beta. With `inputSlope`,
// which the pass norm_gradient gives it, x's is that of what LeakyReLU made it of.
Operation batchNormGradient(const PlanNode& node) {
  const Affine affine(node, 4);
  const NormOptions options(node);
  const bool isSloped = node.attributes.has("inputSlope");
  const double inputSlope = isSloped ? node.attributes.number("inputSlope") : 1;
  return [=](RandomState& random, const Tensors& in) -> Tensors {
    const auto parameter = [](const std::optional<at::Tensor>& given) {
      return given ? given->contiguous() : at::Tensor();
    };
    const kernels::BatchNormInputs inputs = {in[1].contiguous(), parameter(affine.gamma(in)),
                                             parameter(affine.beta(in))};
    const auto found = kernels::batchNormBackward(inputs, in[0].contiguous(), {in[2], in[3]}, true,
                                                  options(random), static_cast<float>(inputSlope));
    Tensors results = {found.x};
    if (affine.scale) results.push_back(found.gamma);
    if (affine.center) results.push_back(found.beta);
    return results;
  };
}

Operation batchNormInference(const PlanNode& node) {
  const Affine affine(node, 3);
  const NormOptions options(node);
  return [=](RandomState& random, const Tensors& in) -> Tensors {
    const kernels::Statistics given = {in[1], in[2]};
    return {kernels::batchNorm(in[0], affine.gamma(in), affine.beta(in), options(random), given).y};
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
  return [=](RandomState&, const Tensors& in) -> Tensors {
    if (!isSpare(in[0])) return {at::leaky_relu(in[0], slope)};
    at::Tensor result = in[0];
    return {at::leaky_relu_(result, slope)};
  };
}

}  // namespace

void registerNeuralNetwork(OperationTable& table) {
  table["dense"] = dense;
  table["batchNormTraining"] = batchNormTraining;
  table["batchNormGradient"] = batchNormGradient;
  table["batchNormInference"] = batchNormInference;
  table["relu"] = unary<at::relu, at::relu_>;
  table["relu6"] = relu6;
  table["sigmoid"] = unary<at::sigmoid, at::sigmoid_>;
  table["tanh"] = unary<at::tanh, at::tanh_>;
  table["softmax"] = softmax;
  table["logSoftmax"] = logSoftmax;
  table["softplus"] = softplus;
  table["gelu"] = gelu;
  table["elu"] = elu;
  table["leakyRelu"] = leakyRelu;
}

}  // namespace gantorch
