#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace gantorch::kernels {

// Whether the machine, the element type, the layout and the sizes suit winogradUpSample: x
// (batch, height, width, in) and kernel (rows, columns, in, out), which must be 3 x 3.
bool suitsWinogradUpSample(const at::Tensor& x, const at::Tensor& kernel);
// The same for every x that has the kernel's type and pixels at all.
bool suitsWinogradUpSample(const at::Tensor& kernel);

// What upSampleConv2d (up_sample_conv.h) computes for 3 x 3 kernels, with 25 products for each 4 x
// 4 results in place of its 64. Along an axis, with x doubled and taps w0 w1 w2 of sum W, results
// around input b with neighbours a and c are W b + {w0 (a - b), w2 (c - b), (W - w0) (c - b)}, and
// before them W b + (W - w2) (a - b): one product is shared by all four. x (batch, height, width,
// in), gives (batch, 2 height, 2 width, out). Differentiable to any order: gradients that are
// differentiated again come from ATen.
at::Tensor winogradUpSample(const at::Tensor& x, const at::Tensor& kernel,
                            const std::optional<at::Tensor>& bias);

}  // namespace gantorch::kernels
