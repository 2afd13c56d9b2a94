#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace gantorch::kernels {

// Whether narrowConv may be used: x (batch, height, width, in), kernel (rows, columns, in, out),
// kernel and `out` small.
bool suitsNarrowConv(const at::Tensor& x, const at::Tensor& kernel);

// A convolution with strides 1 and padding 'same' to so few channels that ATen's would fill a
// vector with them badly: one matrix product makes all products of a pixel, `out` for each tap, and
// each result adds up one for each tap. x (batch, height, width, in), gives (batch, height, width,
// out). Differentiable to any order: gradients that are differentiated again come from ATen.
at::Tensor narrowConv(const at::Tensor& x, const at::Tensor& kernel,
                      const std::optional<at::Tensor>& bias);

}  // namespace gantorch::kernels
