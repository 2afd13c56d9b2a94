// The three ways through winograd_up_sample.h, on tensors of one type, float or bfloat16. Images
// are (batch, height, width, channels) and contiguous. Sums are float.
#pragma once

#include <ATen/core/Tensor.h>

namespace gantorch::kernels {

// Multiplications and additions of each of the three, with so many channels of y.
int64_t upSampleFlops(const at::Tensor& x, int64_t out);

// (25, in, out), for upSampleProducts: what a kernel's products multiply inputs by.
at::Tensor upSampleFactors(const at::Tensor& kernel);

// bias may be undefined.
at::Tensor upSampleProducts(const at::Tensor& x, const at::Tensor& factors, const at::Tensor& bias);

at::Tensor upSampleDataGradient(const at::Tensor& dy, const at::Tensor& x,
                                const at::Tensor& kernel);

// Lies in memory as the kernel: (out, rows, columns, in).
at::Tensor upSampleKernelGradient(const at::Tensor& dy, const at::Tensor& x,
                                  const at::Tensor& kernel);

}  // namespace gantorch::kernels
