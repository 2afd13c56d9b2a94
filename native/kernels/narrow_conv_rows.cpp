#include "kernels/narrow_conv_rows.h"

#include <immintrin.h>

#include <cstring>

// GCC 12 takes the undefined vectors inside its own intrinsics for mistakes (its bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,fma")

namespace gantorch::kernels {

namespace {

// Four numbers; what is too much is written over by the next pixels.
void storeFour(float* to, __m128 value) { _mm_storeu_ps(to, value); }
void storeFour(c10::BFloat16* to, __m128 value) {
  _mm_storel_epi64(reinterpret_cast<__m128i*>(to),
                   reinterpret_cast<__m128i>(_mm_cvtneps_pbh(value)));
}

// The two of narrow_conv_rows.h; with a `length` above 0 for kernels of just so many rows and
// columns, whose loops are unrolled.
template <int64_t length, typename T>
void sumOf(const std::vector<const float*>& lines, int64_t kernelColumns, int64_t pixels,
           int64_t stride, int64_t out, const float* bias, T* y) {
  const int64_t rows = length > 0 ? length : static_cast<int64_t>(lines.size());
  const int64_t columns = length > 0 ? length : kernelColumns;
  const __m128 shift = _mm_loadu_ps(bias);
  // Copies: what is written to y might else be a pointer.
  const float* starts[kMostTaps];
  for (int64_t row = 0; row < rows; row++) {
    starts[row] = lines[static_cast<size_t>(row)] + row * columns * out;
  }
  // From a tap to the next one of its row: the next pixel, and there the next numbers.
  const int64_t step = stride + out;
  for (int64_t pixel = 0; pixel < pixels; pixel++) {
    __m128 sum = shift;
    for (int64_t row = 0; row < rows; row++) {
      const float* from = starts[row] + pixel * stride;
      for (int64_t column = 0; column < columns; column++) {
        sum += _mm_loadu_ps(from + column * step);
      }
    }
    // Beyond the row's end lies another thread's, or nobody's.
    if ((pixels - pixel) * out >= 4) {
      storeFour(y + pixel * out, sum);
    } else {
      T last[4];
      storeFour(last, sum);
      std::memcpy(y + pixel * out, last, static_cast<size_t>(out) * sizeof(T));
    }
  }
}

template <int64_t length>
void patchesOf(const std::vector<const float*>& lines, int64_t kernelColumns, int64_t pixels,
               int64_t stride, int64_t out, float* to) {
  const int64_t rows = length > 0 ? length : static_cast<int64_t>(lines.size());
  const int64_t columns = length > 0 ? length : kernelColumns;
  for (int64_t pixel = 0; pixel < pixels; pixel++, to += stride) {
    for (int64_t row = 0; row < rows; row++) {
      // The first tap's result is the one farthest below and to the right.
      const float* line = lines[static_cast<size_t>(rows - 1 - row)] + pixel * out;
      for (int64_t column = 0; column < columns; column++) {
        _mm_storeu_ps(to + (row * columns + column) * out,
                      _mm_loadu_ps(line + (columns - 1 - column) * out));
      }
    }
  }
}

bool isThree(const std::vector<const float*>& lines, int64_t kernelColumns) {
  return lines.size() == 3 && kernelColumns == 3;
}

}  // namespace

template <typename T>
void sumTaps(const std::vector<const float*>& lines, int64_t kernelColumns, int64_t pixels,
             int64_t stride, int64_t out, const float* bias, T* y) {
  const auto sum = isThree(lines, kernelColumns) ? sumOf<3, T> : sumOf<0, T>;
  sum(lines, kernelColumns, pixels, stride, out, bias, y);
}

void patches(const std::vector<const float*>& lines, int64_t kernelColumns, int64_t pixels,
             int64_t stride, int64_t out, float* to) {
  const auto make = isThree(lines, kernelColumns) ? patchesOf<3> : patchesOf<0>;
  make(lines, kernelColumns, pixels, stride, out, to);
}

template void sumTaps(const std::vector<const float*>&, int64_t, int64_t, int64_t, int64_t,
                      const float*, float*);
template void sumTaps(const std::vector<const float*>&, int64_t, int64_t, int64_t, int64_t,
                      const float*, c10::BFloat16*);

}  // namespace gantorch::kernels
