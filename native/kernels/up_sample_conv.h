#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace gantorch::kernels {

// Nearest doubling of rows and columns, then a convolution with padding 'same', as one transposed
// convolution. x (batch, in, height, width), kernel (rows, columns, in, out), bias (out); gives
// (batch, out, 2 height, 2 width). Differentiable to any order.
at::Tensor upSampleConv2d(const at::Tensor& x, const at::Tensor& kernel,
                          const std::optional<at::Tensor>& bias);

// Its two steps: the kernel of the transposed convolution, (in, out, rows + 1, columns + 1), and
// that.
at::Tensor transposedTaps(const at::Tensor& kernel);
at::Tensor upSampleWithTaps(const at::Tensor& x, const at::Tensor& taps,
                            const std::optional<at::Tensor>& bias);

}  // namespace gantorch::kernels
