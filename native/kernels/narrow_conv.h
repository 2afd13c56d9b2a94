#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace gantorch::kernels {

// Whether narrowConv may be used: x (batch, height, width, in), kernel (3, 3, in, out), `out`
// small.
bool suitsNarrowConv(const at::Tensor& x, const at::Tensor& kernel);

// A 3 x 3 convolution with strides 1 and padding 'same' to so few channels that ATen's would fill a
// vector with them badly: one matrix product makes all 9 * out products of a pixel, and each result
// adds up 9 of them. x (batch, height, width, in), gives (batch, height, width, out).
// Differentiable to any order: gradients that are differentiated again come from ATen.
at::Tensor narrowConv(const at::Tensor& x, const at::Tensor& kernel,
                      const std::optional<at::Tensor>& bias);

}  // namespace gantorch::kernels
