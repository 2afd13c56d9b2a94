#include "kernels/up_sample_conv.h"

#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/conv_transpose2d.h>
#include <ATen/ops/flip.h>
#include <torch/csrc/autograd/custom_function.h>

namespace gantorch::kernels {

namespace {

at::Tensor sumOfFour(const at::Tensor& taps, int64_t padding) {
  return at::avg_pool2d(taps, {2, 2}, {1, 1}, {padding, padding}, false, true, 1);
}

// Along an axis, w reversed and its neighbours added up: w[k - 1], w[k - 1] + w[k - 2], ...,
// w[1] + w[0], w[0]. Each result sees every second of these k + 1; taps that fell on the same
// input count together. From (out, in, rows, columns); linear, so that its gradient is
// differentiable too. ATen's own gradient of pooling is slow.
struct TransposedTaps : torch::autograd::Function<TransposedTaps> {
  static at::Tensor forward(torch::autograd::AutogradContext*, const at::Tensor& taps) {
    return sumOfFour(taps, 1).flip({2, 3});
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext*,
                                                 const torch::autograd::variable_list& gradients) {
    return {sumOfFour(gradients[0].flip({2, 3}), 0)};
  }
};

}  // namespace

at::Tensor transposedTaps(const at::Tensor& kernel) {
  // Kernels lie in memory as (out, rows, columns, in): channels_last, no copy here.
  return TransposedTaps::apply(kernel.permute({3, 2, 0, 1})).transpose(0, 1);
}

at::Tensor upSampleWithTaps(const at::Tensor& x, const at::Tensor& taps,
                            const std::optional<at::Tensor>& bias) {
  const int64_t rows = taps.size(2) - 1, columns = taps.size(3) - 1;
  // Half of the kernel, and of an even one a result more, as TensorFlow pads less before than
  // after.
  return at::conv_transpose2d(x, taps, bias, {2, 2}, {rows / 2, columns / 2},
                              {1 - rows % 2, 1 - columns % 2});
}

at::Tensor upSampleConv2d(const at::Tensor& x, const at::Tensor& kernel,
                          const std::optional<at::Tensor>& bias) {
  return upSampleWithTaps(x, transposedTaps(kernel), bias);
}

}  // namespace gantorch::kernels
