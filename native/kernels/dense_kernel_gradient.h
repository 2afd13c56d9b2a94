// The gradient of a dense layer's kernel, some of its rows at a time: whoever uses it up at once,
// as an optimizer does, never has all of it in memory.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace gantorch::kernels {

class DenseKernelGradient {
 public:
  // Whether these are for it: of few rows, on a processor with AVX-512, contiguous float32.
  static bool suits(const at::Tensor& x, const at::Tensor& dy);

  // x (rows, in), dy (rows, out): both live as long as this.
  DenseKernelGradient(const at::Tensor& x, const at::Tensor& dy);

  int64_t columns() const { return out_; }
  int64_t flops() const { return 2 * rows_ * in_ * out_; }
  // Rows of the gradient that are best computed together.
  int64_t together() const;
  // Rows `first` up to, not including, `last` of x transposed times dy, into (last - first, out).
  // The thread calls brgemm_release when it is done.
  void compute(int64_t first, int64_t last, float* result) const;

 private:
  const float* x_;
  const float* dy_;
  int64_t rows_, in_, out_;
};

// Columns of dy that stay in a core's cache while all inputs meet them.
int64_t columnsTogether(int64_t rows);

}  // namespace gantorch::kernels
