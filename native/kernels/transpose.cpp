#include "kernels/transpose.h"

#include <immintrin.h>

// GCC 12 takes the undefined vectors inside its own intrinsics for mistakes (its bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC target("avx512f")

namespace gantorch::kernels {

namespace {

constexpr int64_t kBlock = 16;

__m512 lowPairs(__m512 x, __m512 y) {
  return _mm512_castpd_ps(_mm512_unpacklo_pd(_mm512_castps_pd(x), _mm512_castps_pd(y)));
}

__m512 highPairs(__m512 x, __m512 y) {
  return _mm512_castpd_ps(_mm512_unpackhi_pd(_mm512_castps_pd(x), _mm512_castps_pd(y)));
}

// Each step exchanges halves of twice as many numbers as the one before.
void transposeBlock(const float* in, int64_t inStride, float* out, int64_t outStride) {
  __m512 a[kBlock], b[kBlock];
  for (int64_t i = 0; i < kBlock; i++) a[i] = _mm512_loadu_ps(in + i * inStride);
  for (int64_t i = 0; i < kBlock; i += 2) {
    b[i] = _mm512_unpacklo_ps(a[i], a[i + 1]);
    b[i + 1] = _mm512_unpackhi_ps(a[i], a[i + 1]);
  }
  for (int64_t i = 0; i < kBlock; i += 4) {
    a[i] = lowPairs(b[i], b[i + 2]);
    a[i + 1] = highPairs(b[i], b[i + 2]);
    a[i + 2] = lowPairs(b[i + 1], b[i + 3]);
    a[i + 3] = highPairs(b[i + 1], b[i + 3]);
  }
  constexpr int kEven = 0x88, kOdd = 0xDD;
  for (int64_t i = 0; i < kBlock; i += 8) {
    for (int64_t j = i; j < i + 4; j++) {
      b[j] = _mm512_shuffle_f32x4(a[j], a[j + 4], kEven);
      b[j + 4] = _mm512_shuffle_f32x4(a[j], a[j + 4], kOdd);
    }
  }
  for (int64_t i = 0; i < kBlock / 2; i++) {
    _mm512_storeu_ps(out + i * outStride, _mm512_shuffle_f32x4(b[i], b[i + 8], kEven));
    _mm512_storeu_ps(out + (i + 8) * outStride, _mm512_shuffle_f32x4(b[i], b[i + 8], kOdd));
  }
}

}  // namespace

void transpose(int64_t rows, int64_t columns, const float* in, int64_t inStride, float* out,
               int64_t outStride) {
  for (int64_t row = 0; row < rows; row += kBlock) {
    for (int64_t column = 0; column < columns; column += kBlock) {
      const float* from = in + row * inStride + column;
      float* to = out + column * outStride + row;
      if (row + kBlock <= rows && column + kBlock <= columns) {
        transposeBlock(from, inStride, to, outStride);
        continue;
      }
      for (int64_t i = 0; i < kBlock && row + i < rows; i++) {
        for (int64_t j = 0; j < kBlock && column + j < columns; j++) {
          to[j * outStride + i] = from[i * inStride + j];
        }
      }
    }
  }
}

}  // namespace gantorch::kernels
