#include "kernels/narrow_dense.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "kernels/dense_sizes.h"
#include "kernels/kernel_record.h"
#include "kernels/processor.h"
#include "kernels/vectorize.h"

namespace gantorch::kernels {

namespace {

constexpr int64_t kMostRows = 256;
constexpr int64_t kMostColumns = 3;
// Products that are worth another thread.
constexpr int64_t kProducts = 131072;
// Inputs whose gradients are computed together; their sums stay in the nearest cache.
constexpr int64_t kPiece = 512;

// One of AVX-512, or as many smaller ones.
typedef float Vector __attribute__((vector_size(kLanes * sizeof(float))));

[[gnu::always_inline]] inline void load(const float* from, Vector& to) {
  std::memcpy(&to, from, sizeof(to));
}

// The kernel's columns one behind the other, from input `first` on.
template <int64_t kColumns>
[[gnu::always_inline]] inline void takeColumns(const float* kernel, int64_t inputs, float* columns,
                                               int64_t stride) {
  for (int64_t i = 0; i < inputs; i++) {
    for (int64_t c = 0; c < kColumns; c++) columns[c * stride + i] = kernel[i * kColumns + c];
  }
}

// out[c] += the sum of x * column c.
template <int64_t kColumns>
[[gnu::always_inline]] inline void addDots(const float* x, const float* columns, int64_t in,
                                           float* out) {
  // So many sums of each column that additions need not wait for each other.
  constexpr int64_t kVectors = 4 / kColumns;
  constexpr int64_t kStep = kVectors * kLanes;
  Vector sums[kColumns][kVectors] = {};
  int64_t i = 0;
  for (; i + kStep <= in; i += kStep) {
    for (int64_t v = 0; v < kVectors; v++) {
      Vector numbers, weights;
      load(x + i + v * kLanes, numbers);
      for (int64_t c = 0; c < kColumns; c++) {
        load(columns + c * in + i + v * kLanes, weights);
        sums[c][v] += numbers * weights;
      }
    }
  }
  for (int64_t c = 0; c < kColumns; c++) {
    for (int64_t v = 1; v < kVectors; v++) sums[c][0] += sums[c][v];
    float sum = 0;
    for (int64_t left = i; left < in; left++) sum += x[left] * columns[c * in + left];
    for (int64_t lane = 0; lane < kLanes; lane++) sum += sums[c][0][lane];
    out[c] += sum;
  }
}

// Rows first .. last - 1 of x and y; y holds what is added to.
template <int64_t kColumns>
[[gnu::always_inline]] inline void addRows(const float* x, const float* columns, float* y,
                                           int64_t in, int64_t first, int64_t last) {
  for (int64_t row = first; row < last; row++) {
    addDots<kColumns>(x + row * in, columns, in, y + row * kColumns);
  }
}

GANTORCH_VECTORIZED
void addProducts(const DenseSizes& sizes, const float* x, const float* columns, float* y,
                 int64_t first, int64_t last) {
  if (sizes.out == 1) addRows<1>(x, columns, y, sizes.in, first, last);
  if (sizes.out == 2) addRows<2>(x, columns, y, sizes.in, first, last);
  if (sizes.out == 3) addRows<3>(x, columns, y, sizes.in, first, last);
}

GANTORCH_VECTORIZED
void turnKernel(const DenseSizes& sizes, const float* kernel, float* columns) {
  if (sizes.out == 2) takeColumns<2>(kernel, sizes.in, columns, sizes.in);
  if (sizes.out == 3) takeColumns<3>(kernel, sizes.in, columns, sizes.in);
}

// Where gradients go; null for those that are not wanted.
struct Gradients {
  const float *dy, *x, *kernel;
  float *dx, *dkernel;
};

// Those of `inputs` inputs from `first` on.
template <int64_t kColumns>
[[gnu::always_inline]] inline void gradientsOf(const DenseSizes& sizes, const Gradients& at,
                                               int64_t first, int64_t inputs) {
  float columns[kColumns][kPiece];
  float sums[kColumns][kPiece] = {};
  takeColumns<kColumns>(at.kernel + first * kColumns, inputs, columns[0], kPiece);
  for (int64_t row = 0; row < sizes.rows; row++) {
    const int64_t place = row * sizes.in + first;
    std::array<float, kColumns> slopes;
    std::copy_n(at.dy + row * kColumns, kColumns, slopes.begin());
    if (at.dx) {
#pragma GCC ivdep
      for (int64_t i = 0; i < inputs; i++) {
        float sum = slopes[0] * columns[0][i];
        for (int64_t c = 1; c < kColumns; c++) sum += slopes[c] * columns[c][i];
        at.dx[place + i] = sum;
      }
    }
    if (at.dkernel) {
#pragma GCC ivdep
      for (int64_t i = 0; i < inputs; i++) {
        for (int64_t c = 0; c < kColumns; c++) sums[c][i] += at.x[place + i] * slopes[c];
      }
    }
  }
  if (!at.dkernel) return;
  for (int64_t i = 0; i < inputs; i++) {
    for (int64_t c = 0; c < kColumns; c++) at.dkernel[(first + i) * kColumns + c] = sums[c][i];
  }
}

GANTORCH_VECTORIZED
void gradientsOfPiece(const DenseSizes& sizes, const Gradients& at, int64_t first, int64_t inputs) {
  if (sizes.out == 1) gradientsOf<1>(sizes, at, first, inputs);
  if (sizes.out == 2) gradientsOf<2>(sizes, at, first, inputs);
  if (sizes.out == 3) gradientsOf<3>(sizes, at, first, inputs);
}

at::Tensor sumOfRows(const at::Tensor& dy) {
  const int64_t columns = dy.size(1);
  at::Tensor result = at::empty({columns}, dy.options());
  const auto* from = dy.const_data_ptr<float>();
  std::array<double, kMostColumns> sums{};
  for (int64_t i = 0; i < dy.numel(); i++) sums[i % columns] += from[i];
  std::copy_n(sums.begin(), columns, result.mutable_data_ptr<float>());
  return result;
}

}  // namespace

bool isNarrowDense(const at::Tensor& x, const at::Tensor& kernel) {
  return x.scalar_type() == at::kFloat && kernel.scalar_type() == at::kFloat && x.is_cpu() &&
         kernel.is_contiguous() && x.size(0) > 0 && x.size(0) <= kMostRows && x.size(1) > 0 &&
         kernel.size(1) > 0 && kernel.size(1) <= kMostColumns;
}

at::Tensor narrowDense(const at::Tensor& x, const at::Tensor& kernel, const at::Tensor& bias) {
  const DenseSizes sizes(x, kernel);
  const at::Tensor y = at::empty({sizes.rows, sizes.out}, x.options());
  const KernelRecord record("gantorch::narrowDense", sizes.flops(), {x, kernel, y});
  auto* out = y.mutable_data_ptr<float>();
  const at::Tensor shift = bias.defined() ? bias.contiguous() : bias;
  for (int64_t i = 0; i < y.numel(); i++) {
    out[i] = shift.defined() ? shift.const_data_ptr<float>()[i % sizes.out] : 0;
  }
  const auto* columns = kernel.const_data_ptr<float>();
  std::vector<float> turned;
  if (sizes.out > 1) {
    turned.resize(kernel.numel());
    turnKernel(sizes, columns, turned.data());
    columns = turned.data();
  }
  const int64_t grain = std::max<int64_t>(kProducts / kernel.numel(), 1);
  at::parallel_for(0, sizes.rows, grain, [&](int64_t first, int64_t last) {
    addProducts(sizes, x.const_data_ptr<float>(), columns, out, first, last);
  });
  return y;
}

DenseGradients narrowDenseGradients(const at::Tensor& dy, const at::Tensor& x,
                                    const at::Tensor& kernel, const DenseWants& wants) {
  const DenseSizes sizes(x, kernel);
  DenseGradients result;
  if (wants.bias) result.bias = sumOfRows(dy);
  if (!wants.x && !wants.kernel) return result;
  if (wants.x) result.x = at::empty({sizes.rows, sizes.in}, x.options());
  if (wants.kernel) result.kernel = at::empty({sizes.in, sizes.out}, x.options());
  const int64_t products = static_cast<int64_t>(wants.x) + static_cast<int64_t>(wants.kernel);
  const KernelRecord record("gantorch::narrowDenseGradients", products * sizes.flops(),
                            {dy, x, kernel, result.x, result.kernel});
  const Gradients at = {dy.const_data_ptr<float>(), x.const_data_ptr<float>(),
                        kernel.const_data_ptr<float>(),
                        wants.x ? result.x.mutable_data_ptr<float>() : nullptr,
                        wants.kernel ? result.kernel.mutable_data_ptr<float>() : nullptr};
  const int64_t grain = std::max(kProducts / (sizes.rows * sizes.out), kPiece);
  at::parallel_for(0, sizes.in, grain, [&](int64_t begin, int64_t end) {
    for (int64_t first = begin; first < end; first += kPiece) {
      gradientsOfPiece(sizes, at, first, std::min(kPiece, end - first));
    }
  });
  return result;
}

}  // namespace gantorch::kernels
