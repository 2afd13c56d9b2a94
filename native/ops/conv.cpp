// lib/ops/conv.ts
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/conv_transpose2d.h>

#include "kernels/narrow_conv.h"
#include "kernels/up_sample_conv.h"
#include "kernels/up_sample_products.h"
#include "kernels/winograd_up_sample.h"
#include "ops/spatial.h"

namespace gantorch {

namespace {

enum class Padding { valid, same, causal };

Padding paddingNamed(const std::string& name) {
  if (name == "same") return Padding::same;
  return name == "causal" ? Padding::causal : Padding::valid;
}

// What the three convolutions have in common.
struct Window {
  explicit Window(const PlanNode& node)
      : layout(node),
        strides(perAxis(node, "strides")),
        dilation(perAxis(node, "dilationRate")),
        padding(paddingNamed(node.attributes.text("padding"))) {}

  // How far a kernel reaches along an axis of (rows, columns).
  int64_t reach(const at::Tensor& weight, size_t axis) const {
    return (weight.size(static_cast<int64_t>(axis) + 2) - 1) * dilation[axis] + 1;
  }

  AxisPadding around(const at::Tensor& x, const at::Tensor& weight, size_t axis) const {
    if (padding == Padding::valid) return {0, 0};
    const int64_t kernel = reach(weight, axis);
    // Causal images have one row, which a kernel of one row fits.
    if (padding == Padding::causal) return {kernel - 1, 0};
    return samePadding(x.size(static_cast<int64_t>(axis) + 2), kernel, strides[axis]);
  }

  ImageLayout layout;
  Lengths strides;
  Lengths dilation;
  Padding padding;
};

// A kernel with two spatial axes; of 1-D ones the rows are one.
at::Tensor withRows(const at::Tensor& kernel) {
  return kernel.dim() == 3 ? kernel.unsqueeze(0) : kernel;
}

std::optional<at::Tensor> biasOf(const Tensors& in) {
  return in.size() == 3 ? std::optional<at::Tensor>(in[2]) : std::nullopt;
}

// (out, channels, rows, columns). ATen's gradients for single images refuse kernels to one channel
// whose first stride could not be that of more channels.
at::Tensor weightOf(const at::Tensor& kernel) {
  const at::Tensor weight = withRows(kernel).permute({3, 2, 0, 1});
  const bool isOrderly = weight.size(0) > 1 || weight.stride(0) >= weight.numel();
  return isOrderly ? weight : weight.clone(at::MemoryFormat::ChannelsLast);
}

// x is (batch, channels, rows, columns), the weight (out, channels / groups, rows, columns).
at::Tensor convolve(at::Tensor x, const at::Tensor& weight, const std::optional<at::Tensor>& bias,
                    const Window& window, int64_t groups) {
  const AxisPadding rows = window.around(x, weight, 0);
  const AxisPadding columns = window.around(x, weight, 1);
  Lengths padding = {0, 0};
  if (rows.before == rows.after && columns.before == columns.after) {
    padding = {rows.before, columns.before};
  } else {
    x = at::constant_pad_nd(x, {columns.before, columns.after, rows.before, rows.after}, 0);
  }
  return at::conv2d(x, weight, bias, window.strides, padding, window.dilation, groups);
}

Operation conv(const PlanNode& node) {
  const Window window(node);
  const Lengths ones = {1, 1};
  const bool isPlain = window.padding == Padding::same && window.strides == ones &&
                       window.dilation == ones &&
                       node.attributes.text("dataFormat") == "channels_last";
  return [=](RandomState&, const Tensors& in) -> Tensors {
    if (isPlain && kernels::suitsNarrowConv(in[0], in[1])) {
      return {kernels::narrowConv(in[0], in[1], biasOf(in))};
    }
    const at::Tensor x = window.layout.toNative(in[0]);
    const at::Tensor weight = weightOf(in[1]);
    const int64_t groups = x.size(1) / weight.size(1);
    return {window.layout.fromNative(convolve(x, weight, biasOf(in), window, groups), in[0])};
  };
}

Operation depthwiseConv(const PlanNode& node) {
  const Window window(node);
  return [=](RandomState&, const Tensors& in) -> Tensors {
    const at::Tensor x = window.layout.toNative(in[0]);
    const at::Tensor kernel = withRows(in[1]);
    // Kernels lie in memory as (in, multiplier, rows, columns): no copy here.
    const at::Tensor weight =
        kernel.permute({2, 3, 0, 1}).reshape({-1, 1, kernel.size(0), kernel.size(1)});
    return {window.layout.fromNative(convolve(x, weight, biasOf(in), window, x.size(1)), in[0])};
  };
}

// The result is what TensorFlow's forward convolution would have seen: of the full overlap, the
// part that is left when the padding of that convolution goes; behind it zeros, where it is too
// short.
Operation convTranspose(const PlanNode& node) {
  const Window window(node);
  Lengths outputPadding = node.attributes.integers("outputPadding");
  if (outputPadding.size() == 1) outputPadding.insert(outputPadding.begin(), 0);
  const bool isDefault = outputPadding.empty();
  const auto resultLength = [=](int64_t length, int64_t reach, size_t axis) -> int64_t {
    const int64_t stride = window.strides[axis];
    if (window.padding == Padding::valid) {
      const int64_t more =
          isDefault ? std::max<int64_t>(stride - reach, 0) : outputPadding.at(axis);
      return (length - 1) * stride + reach + more;
    }
    if (isDefault) return length * stride;
    return (length - 1) * stride + reach % 2 + outputPadding.at(axis);
  };
  return [=](RandomState&, const Tensors& in) -> Tensors {
    const at::Tensor x = window.layout.toNative(in[0]);
    const at::Tensor weight = withRows(in[1]).permute({3, 2, 0, 1});
    Lengths padding(2), more(2), results(2);
    for (size_t axis = 0; axis < 2; axis++) {
      const int64_t length = x.size(static_cast<int64_t>(axis) + 2);
      const int64_t reach = window.reach(weight, axis);
      // The one row of 1-D images stays one.
      const bool isLifted = in[0].dim() == 3 && axis == 0;
      results[axis] = isLifted ? 1 : resultLength(length, reach, axis);
      const int64_t full = (length - 1) * window.strides[axis] + reach;
      const bool isValid = window.padding == Padding::valid;
      padding[axis] = isValid ? 0 : std::max<int64_t>(full - results[axis], 0) / 2;
      more[axis] = std::max<int64_t>(results[axis] - (full - 2 * padding[axis]), 0);
    }
    at::Tensor y = at::conv_transpose2d(x, weight, biasOf(in), window.strides, padding, more, 1,
                                        window.dilation);
    for (int64_t axis = 0; axis < 2; axis++) {
      const int64_t length = results[static_cast<size_t>(axis)];
      if (y.size(axis + 2) > length) y = y.narrow(axis + 2, 0, length);
    }
    // Cut rows leave gaps that later ops would have to skip.
    return {window.layout.fromNative(y.contiguous(y.suggest_memory_format()), in[0])};
  };
}

Operation upSampleConv2d(const PlanNode& node) {
  const ImageLayout layout(node);
  const bool isLast = node.attributes.text("dataFormat") == "channels_last";
  return [=](RandomState&, const Tensors& in) -> Tensors {
    if (isLast && kernels::suitsWinogradUpSample(in[0], in[1])) {
      return {kernels::winogradUpSample(in[0], in[1], biasOf(in))};
    }
    const at::Tensor y = kernels::upSampleConv2d(layout.toNative(in[0]), in[1], biasOf(in));
    return {layout.fromNative(y, in[0])};
  };
}

// A kernel as preparedUpSampleConv2d takes it: factors (25, in, out), or taps, which have four
// axes.
Operation upSampleKernel(const PlanNode& node) {
  const bool isLast = node.attributes.text("dataFormat") == "channels_last";
  return [=](RandomState&, const Tensors& in) -> Tensors {
    const bool isWinograd = isLast && kernels::suitsWinogradUpSample(in[0]);
    return {isWinograd ? kernels::upSampleFactors(in[0]) : kernels::transposedTaps(in[0])};
  };
}

Operation preparedUpSampleConv2d(const PlanNode& node) {
  const ImageLayout layout(node);
  return [=](RandomState&, const Tensors& in) -> Tensors {
    const auto bias = biasOf(in);
    if (in[1].dim() == 3) {
      return {kernels::upSampleProducts(in[0].contiguous(), in[1], bias.value_or(at::Tensor()))};
    }
    return {
        layout.fromNative(kernels::upSampleWithTaps(layout.toNative(in[0]), in[1], bias), in[0])};
  };
}

}  // namespace

void registerConv(OperationTable& table) {
  table["conv"] = conv;
  table["depthwiseConv"] = depthwiseConv;
  table["convTranspose"] = convTranspose;
  table["upSampleConv2d"] = upSampleConv2d;
  table["upSampleKernel"] = upSampleKernel;
  table["preparedUpSampleConv2d"] = preparedUpSampleConv2d;
}

}  // namespace gantorch
