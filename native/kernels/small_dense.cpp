#include "kernels/small_dense.h"

#include <ATen/EmptyTensor.h>

#include <algorithm>

namespace gantorch::kernels {

namespace {

constexpr int64_t kFew = 4096;

struct Numbers {
  explicit Numbers(const at::Tensor& tensor)
      : rows(tensor.size(0)), columns(tensor.size(1)), data(tensor.const_data_ptr<float>()) {}

  const float* row(int64_t i) const { return data + i * columns; }

  int64_t rows, columns;
  const float* data;
};

at::Tensor zeros(at::IntArrayRef sizes) {
  at::Tensor result(at::detail::empty_cpu(sizes, at::kFloat));
  std::fill_n(result.mutable_data_ptr<float>(), result.numel(), 0.0F);
  return result;
}

// sums += factor * row
void addRow(float* sums, float factor, const float* row, int64_t size) {
  for (int64_t i = 0; i < size; i++) sums[i] += factor * row[i];
}

}  // namespace

bool isSmallDense(const at::Tensor& x, const at::Tensor& kernel) {
  return x.size(0) * kernel.numel() <= kFew && x.scalar_type() == at::kFloat &&
         kernel.scalar_type() == at::kFloat && x.is_cpu() && kernel.is_contiguous();
}

at::Tensor smallDense(const at::Tensor& x, const at::Tensor& kernel, const at::Tensor& bias) {
  const Numbers inputs(x), weights(kernel);
  const at::Tensor shift = bias.defined() ? bias.contiguous() : bias;
  at::Tensor y = zeros({inputs.rows, weights.columns});
  auto* out = y.mutable_data_ptr<float>();
  for (int64_t row = 0; row < inputs.rows; row++, out += weights.columns) {
    if (shift.defined()) std::copy_n(shift.const_data_ptr<float>(), weights.columns, out);
    for (int64_t i = 0; i < inputs.columns; i++) {
      addRow(out, inputs.row(row)[i], weights.row(i), weights.columns);
    }
  }
  return y;
}

DenseGradients smallDenseGradients(const at::Tensor& dy, const at::Tensor& x,
                                   const at::Tensor& kernel, const DenseWants& wants) {
  const Numbers slopes(dy), inputs(x), weights(kernel);
  DenseGradients result;
  if (wants.x) {
    result.x = zeros({inputs.rows, inputs.columns});
    auto* out = result.x.mutable_data_ptr<float>();
    for (int64_t row = 0; row < inputs.rows; row++) {
      for (int64_t i = 0; i < inputs.columns; i++) {
        for (int64_t o = 0; o < slopes.columns; o++) *out += slopes.row(row)[o] * weights.row(i)[o];
        out++;
      }
    }
  }
  if (wants.kernel) {
    result.kernel = zeros({inputs.columns, slopes.columns});
    auto* out = result.kernel.mutable_data_ptr<float>();
    for (int64_t row = 0; row < inputs.rows; row++) {
      for (int64_t i = 0; i < inputs.columns; i++) {
        addRow(out + i * slopes.columns, inputs.row(row)[i], slopes.row(row), slopes.columns);
      }
    }
  }
  if (wants.bias) {
    result.bias = zeros({slopes.columns});
    auto* out = result.bias.mutable_data_ptr<float>();
    for (int64_t row = 0; row < slopes.rows; row++) {
      addRow(out, 1, slopes.row(row), slopes.columns);
    }
  }
  return result;
}

}  // namespace gantorch::kernels
