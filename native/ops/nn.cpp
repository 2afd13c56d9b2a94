// lib/ops/nn.ts
#include <ATen/ops/addmm.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv2d.h>
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
#include <ATen/ops/upsample_nearest2d.h>

#include "kernels/batch_norm.h"
#include "kernels/up_sample_conv.h"
#include "ops/operation.h"

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

struct AxisPadding {
  int64_t before;
  int64_t after;
};

// Keras's 'same': ceil(length / stride) results, what can't be halved goes behind.
AxisPadding samePadding(int64_t length, int64_t kernel, int64_t stride) {
  const int64_t results = (length + stride - 1) / stride;
  const int64_t total = std::max<int64_t>((results - 1) * stride + kernel - length, 0);
  return {total / 2, total - total / 2};
}

Operation conv2d(const PlanNode& node) {
  const std::vector<int64_t> strides = node.attributes.pair("strides");
  const std::vector<int64_t> dilations = node.attributes.pair("dilations");
  const bool isSame = node.attributes.text("padding") == "same";
  return [=](RandomState&, const Tensors& in) -> Tensors {
    at::Tensor x = in[0];
    const at::Tensor& kernel = in[1];
    std::vector<int64_t> padding = {0, 0};
    if (isSame) {
      const AxisPadding rows =
          samePadding(x.size(1), (kernel.size(0) - 1) * dilations[0] + 1, strides[0]);
      const AxisPadding columns =
          samePadding(x.size(2), (kernel.size(1) - 1) * dilations[1] + 1, strides[1]);
      if (rows.before == rows.after && columns.before == columns.after) {
        padding = {rows.before, columns.before};
      } else {
        x = at::constant_pad_nd(x, {0, 0, columns.before, columns.after, rows.before, rows.after},
                                0);
      }
    }
    const std::optional<at::Tensor> bias =
        in.size() == 3 ? std::optional<at::Tensor>(in[2]) : std::nullopt;
    const at::Tensor y = at::conv2d(channelsFirst(x), kernel.permute({3, 2, 0, 1}), bias, strides,
                                    padding, dilations);
    return {channelsLast(y)};
  };
}

Operation upSampleNearest(const PlanNode& node) {
  const std::vector<int64_t> size = node.attributes.pair("size");
  return [=](RandomState&, const Tensors& in) -> Tensors {
    const at::Tensor x = channelsFirst(in[0]);
    const std::vector<int64_t> target = {x.size(2) * size[0], x.size(3) * size[1]};
    return {channelsLast(at::upsample_nearest2d(x, target))};
  };
}

Operation upSampleConv2d(const PlanNode&) {
  return [](RandomState&, const Tensors& in) -> Tensors {
    const auto bias = in.size() == 3 ? std::optional<at::Tensor>(in[2]) : std::nullopt;
    return {kernels::upSampleConv2d(in[0], in[1], bias)};
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
    return {overLastAxis(in[0], [&](const at::Tensor& x) {
      return std::get<0>(at::native_batch_norm(x, affine.gamma(in), affine.beta(in), in[1], in[2],
                                               false, 0.0, affine.epsilon));
    })};
  };
}

Operation relu(const PlanNode&) {
  return [](RandomState&, const Tensors& in) -> Tensors { return {at::relu(in[0])}; };
}

Operation relu6(const PlanNode&) {
  return [](RandomState&, const Tensors& in) -> Tensors { return {at::hardtanh(in[0], 0, 6)}; };
}

Operation sigmoid(const PlanNode&) {
  return [](RandomState&, const Tensors& in) -> Tensors { return {at::sigmoid(in[0])}; };
}

Operation tanh(const PlanNode&) {
  return [](RandomState&, const Tensors& in) -> Tensors { return {at::tanh(in[0])}; };
}

Operation softmax(const PlanNode& node) {
  const auto axis = static_cast<int64_t>(node.attributes.number("axis"));
  return [=](RandomState&, const Tensors& in) -> Tensors { return {at::softmax(in[0], axis)}; };
}

Operation logSoftmax(const PlanNode& node) {
  const auto axis = static_cast<int64_t>(node.attributes.number("axis"));
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
  table["conv2d"] = conv2d;
  table["upSampleNearest"] = upSampleNearest;
  table["upSampleConv2d"] = upSampleConv2d;
  table["batchNormTraining"] = batchNormTraining;
  table["batchNormInference"] = batchNormInference;
  table["relu"] = relu;
  table["relu6"] = relu6;
  table["sigmoid"] = sigmoid;
  table["tanh"] = tanh;
  table["softmax"] = softmax;
  table["logSoftmax"] = logSoftmax;
  table["softplus"] = softplus;
  table["gelu"] = gelu;
  table["elu"] = elu;
  table["leakyRelu"] = leakyRelu;
}

}  // namespace gantorch
