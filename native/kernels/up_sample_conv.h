#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace gantorch::kernels {

// Nearest doubling of rows and columns, then a 3 x 3 convolution with padding 'same', as one
// transposed convolution. x (batch, in, height, width), kernel (3, 3, in, out), bias (out);
// gives (batch, out, 2 height, 2 width). Differentiable to any order.
at::Tensor upSampleConv2d(const at::Tensor& x, const at::Tensor& kernel,
                          const std::optional<at::Tensor>& bias);

// The kernel's (3, 3, in, out) taps summed to those of that transposed convolution: (in, out, 4,
// 4).
at::Tensor transposedTaps(const at::Tensor& kernel);

}  // namespace gantorch::kernels
