#include "kernels/dense_kernel_gradient.h"

#include <algorithm>
#include <array>

#include "kernels/brgemm_product.h"
#include "kernels/processor.h"
#include "kernels/transpose.h"

namespace gantorch::kernels {

namespace {

constexpr int64_t kMostRows = 256;
// Rows of the gradient that are one product.
constexpr int64_t kKernelRows = 16;
// Numbers that stay in a core's second cache together with what they are changed by.
constexpr int64_t kNumbersTogether = 16384;

}  // namespace

bool DenseKernelGradient::suits(const at::Tensor& x, const at::Tensor& dy) {
  const auto isPlain = [](const at::Tensor& tensor) {
    return tensor.dim() == 2 && tensor.scalar_type() == at::kFloat && tensor.device().is_cpu() &&
           tensor.is_contiguous();
  };
  // Narrower ones fill vectors badly.
  return hasAvx512() && isPlain(x) && isPlain(dy) && x.size(0) > 0 && x.size(0) <= kMostRows &&
         x.size(1) >= kLanes && dy.size(1) >= kLanes;
}

DenseKernelGradient::DenseKernelGradient(const at::Tensor& x, const at::Tensor& dy)
    : x_(x.const_data_ptr<float>()),
      dy_(dy.const_data_ptr<float>()),
      rows_(x.size(0)),
      in_(x.size(1)),
      out_(dy.size(1)) {}

int64_t DenseKernelGradient::together() const {
  return std::max(kKernelRows, kNumbersTogether / out_ / kKernelRows * kKernelRows);
}

void DenseKernelGradient::compute(int64_t first, int64_t last, float* result) const {
  std::array<float, kKernelRows * kMostRows> turned;
  forPieces(first, last, kKernelRows, [&](int64_t input, int64_t inputs) {
    transpose(rows_, inputs, x_ + input, in_, turned.data(), rows_);
    forPieces(0, out_, columnsTogether(rows_), [&](int64_t column, int64_t columns) {
      Product{inputs, columns,      rows_, turned.data(),
              rows_,  dy_ + column, out_,  result + (input - first) * out_ + column,
              out_}
          .compute();
    });
  });
}

int64_t columnsTogether(int64_t rows) {
  constexpr int64_t kNumbers = 65536;
  constexpr int64_t kColumns = 64;
  return std::max(kColumns, kNumbers / rows / kColumns * kColumns);
}

}  // namespace gantorch::kernels
