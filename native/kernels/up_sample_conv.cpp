#include "kernels/up_sample_conv.h"

#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/conv_transpose2d.h>
#include <ATen/ops/flip.h>

namespace gantorch::kernels {

namespace {

// Along an axis, w reversed and its neighbours added up: w[k - 1], w[k - 1] + w[k - 2], ...,
// w[1] + w[0], w[0]. Each result sees every second of these k + 1; taps that fell on the same
// input count together. Gives (in, out, rows + 1, columns + 1).
at::Tensor transposedTaps(const at::Tensor& kernel) {
  // Kernels lie in memory as (out, rows, columns, in): channels_last, no copy here.
  const at::Tensor sums =
      at::avg_pool2d(kernel.permute({3, 2, 0, 1}), {2, 2}, {1, 1}, {1, 1}, false, true, 1);
  return sums.flip({2, 3}).transpose(0, 1);
}

}  // namespace

at::Tensor upSampleConv2d(const at::Tensor& x, const at::Tensor& kernel,
                          const std::optional<at::Tensor>& bias) {
  const int64_t rows = kernel.size(0), columns = kernel.size(1);
  // Half of the kernel, and of an even one a result more, as TensorFlow pads less before than
  // after.
  return at::conv_transpose2d(x, transposedTaps(kernel), bias, {2, 2}, {rows / 2, columns / 2},
                              {1 - rows % 2, 1 - columns % 2});
}

}  // namespace gantorch::kernels
