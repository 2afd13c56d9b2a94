#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace gantorch::kernels {

// Of a dense layer's x (rows, in) and kernel (in, out).
struct DenseSizes {
  DenseSizes(const at::Tensor& x, const at::Tensor& kernel)
      : rows(x.size(0)), in(x.size(1)), out(kernel.size(1)) {}

  int64_t flops() const { return 2 * rows * in * out; }

  int64_t rows, in, out;
};

}  // namespace gantorch::kernels
