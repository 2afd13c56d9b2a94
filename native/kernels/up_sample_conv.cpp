#include "kernels/up_sample_conv.h"

#include <ATen/ops/conv_transpose2d.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/tensor.h>

namespace gantorch::kernels {

namespace {

// Along one axis the taps w0 w1 w2 become w2, w1 + w2, w0 + w1, w0: each result sees two inputs,
// and a tap that fell on the same input twice counts twice. Here for both axes: (16, 9).
at::Tensor makeTaps() {
  constexpr int kAxis[4][3] = {{0, 0, 1}, {0, 1, 1}, {1, 1, 0}, {1, 0, 0}};
  std::vector<float> taps;
  for (const auto& row : kAxis) {
    for (const auto& column : kAxis) {
      for (const int vertical : row) {
        for (const int horizontal : column) {
          taps.push_back(static_cast<float>(vertical * horizontal));
        }
      }
    }
  }
  return at::tensor(taps).view({16, 9});
}

}  // namespace

at::Tensor transposedTaps(const at::Tensor& kernel) {
  static const at::Tensor taps = makeTaps();
  const int64_t in = kernel.size(2);
  const int64_t out = kernel.size(3);
  // Kernels lie in memory as (out, rows, columns, in): no copy here.
  const at::Tensor rows = kernel.permute({3, 0, 1, 2}).reshape({out, 9, in});
  const at::Tensor summed = at::matmul(taps.to(kernel.scalar_type()), rows);
  return summed.view({out, 4, 4, in}).permute({3, 0, 1, 2});
}

at::Tensor upSampleConv2d(const at::Tensor& x, const at::Tensor& kernel,
                          const std::optional<at::Tensor>& bias) {
  return at::conv_transpose2d(x, transposedTaps(kernel), bias, {2, 2}, {1, 1});
}

}  // namespace gantorch::kernels
