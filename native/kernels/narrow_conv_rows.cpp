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

}  // namespace

template <typename T>
void sumTaps(const float* const* rows, int64_t pixels, int64_t stride, int64_t out,
             const float* bias, T* y) {
  const __m128 shift = _mm_loadu_ps(bias);
  for (int64_t pixel = 0; pixel < pixels; pixel++) {
    __m128 sum = shift;
    for (int64_t tap = 0; tap < 9; tap++) {
      sum += _mm_loadu_ps(rows[tap / 3] + (pixel + tap % 3) * stride + tap * out);
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

void patches(const float* const* rows, int64_t pixels, int64_t stride, int64_t out, float* to) {
  for (int64_t pixel = 0; pixel < pixels; pixel++, to += stride) {
    for (int64_t tap = 0; tap < 9; tap++) {
      // The first tap's result is the one below and to the right.
      const float* from = rows[2 - tap / 3] + (pixel + 2 - tap % 3) * out;
      _mm_storeu_ps(to + tap * out, _mm_loadu_ps(from));
    }
  }
}

template void sumTaps(const float* const*, int64_t, int64_t, int64_t, const float*, float*);
template void sumTaps(const float* const*, int64_t, int64_t, int64_t, const float*, c10::BFloat16*);

}  // namespace gantorch::kernels
