#include "kernels/dense_rows.h"

#include <immintrin.h>

#include <algorithm>
#include <array>

#include "kernels/transpose.h"

// GCC 12 takes the undefined vectors inside its own intrinsics for mistakes (its bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC target("avx512f,fma")

namespace gantorch::kernels {

namespace {

constexpr int64_t kVector = 16;
// Sums of kRows * kVectors vectors lie in registers, with those of the kernel.
constexpr int64_t kRows = 8;
constexpr int64_t kVectors = 3;
constexpr int64_t kPanel = kVectors * kVector;
// Inputs that are summed up at once: a panel of the kernel stays in the first cache.
constexpr int64_t kInner = 256;

// c (rows, columns) = from + a (inner, rows), transposed, times b (inner, columns).
struct Block {
  int64_t inner;
  const float* a;
  int64_t aStride;
  const float* b;
  int64_t bStride;
  const float* from;
  int64_t fromStride;
  float* c;
  int64_t cStride;
  // Of the last vector in each row.
  __mmask16 mask;
  // The numbers of b that come next, and how many vectors of each row to fetch.
  const float* next;
  int64_t fetched;
  // Of the activation that follows.
  std::optional<float> slope;
};

// As at::relu and at::leaky_relu: not a number stays what it is, and infinity becomes 0.
__m512 activated(__m512 y, float slope) {
  const __m512 zero = _mm512_setzero_ps();
  if (slope == 0) return _mm512_max_ps(zero, y);
  const __mmask16 isPositive = _mm512_cmp_ps_mask(y, zero, _CMP_GT_OQ);
  return _mm512_mask_blend_ps(isPositive, _mm512_mul_ps(y, _mm512_set1_ps(slope)), y);
}

// Loops over registers are unrolled, or the compiler keeps the sums in memory.
template <int64_t kR, int64_t kV>
void compute(const Block& block) {
  __m512 sums[kR][kV];
  const auto maskOf = [&](int64_t v) -> __mmask16 { return v == kV - 1 ? block.mask : 0xFFFF; };
#pragma GCC unroll 8
  for (int64_t r = 0; r < kR; r++) {
    const float* line = block.from + r * block.fromStride;
#pragma GCC unroll 3
    for (int64_t v = 0; v < kV; v++) {
      sums[r][v] = block.from == nullptr ? _mm512_setzero_ps()
                                         : _mm512_maskz_loadu_ps(maskOf(v), line + v * kVector);
    }
  }
  for (int64_t k = 0; k < block.inner; k++) {
    const float* line = block.b + k * block.bStride;
    for (int64_t v = 0; v < block.fetched; v++) {
      _mm_prefetch(block.next + k * block.bStride + v * kVector, _MM_HINT_T0);
    }
    __m512 weights[kV];
#pragma GCC unroll 3
    for (int64_t v = 0; v < kV; v++) {
      weights[v] = _mm512_maskz_loadu_ps(maskOf(v), line + v * kVector);
    }
#pragma GCC unroll 8
    for (int64_t r = 0; r < kR; r++) {
      const __m512 value = _mm512_set1_ps(block.a[k * block.aStride + r]);
#pragma GCC unroll 3
      for (int64_t v = 0; v < kV; v++) sums[r][v] = _mm512_fmadd_ps(value, weights[v], sums[r][v]);
    }
  }
#pragma GCC unroll 8
  for (int64_t r = 0; r < kR; r++) {
    float* line = block.c + r * block.cStride;
#pragma GCC unroll 3
    for (int64_t v = 0; v < kV; v++) {
      const __m512 y = block.slope ? activated(sums[r][v], *block.slope) : sums[r][v];
      _mm512_mask_storeu_ps(line + v * kVector, maskOf(v), y);
    }
  }
}

template <int64_t kR>
void computeRows(int64_t vectors, const Block& block) {
  if (vectors == 3) return compute<kR, 3>(block);
  if (vectors == 2) return compute<kR, 2>(block);
  compute<kR, 1>(block);
}

void computeAny(int64_t rows, int64_t vectors, const Block& block) {
  switch (rows) {
    case 1:
      return computeRows<1>(vectors, block);
    case 2:
      return computeRows<2>(vectors, block);
    case 3:
      return computeRows<3>(vectors, block);
    case 4:
      return computeRows<4>(vectors, block);
    case 5:
      return computeRows<5>(vectors, block);
    case 6:
      return computeRows<6>(vectors, block);
    case 7:
      return computeRows<7>(vectors, block);
    default:
      return computeRows<8>(vectors, block);
  }
}

}  // namespace

void DenseRows::compute(int64_t first, int64_t last) const {
  alignas(64) std::array<float, kInner * kMostDenseRows> turned;
  const int64_t groups = (rows + kRows - 1) / kRows;
  const int64_t fetched = (kVectors + groups - 1) / groups;
  for (int64_t input = 0; input < in; input += kInner) {
    const int64_t inner = std::min(kInner, in - input);
    transpose(rows, inner, x + input, in, turned.data(), rows);
    for (int64_t column = first; column < last; column += kPanel) {
      const int64_t columns = std::min(kPanel, last - column);
      const int64_t vectors = (columns + kVector - 1) / kVector;
      const int64_t rest = columns - (vectors - 1) * kVector;
      const float* panel = kernel + input * out + column;
      for (int64_t group = 0; group < groups; group++) {
        const int64_t row = group * kRows;
        float* c = y + row * out + column;
        const bool isFirst = input == 0;
        const int64_t ahead = kPanel + group * fetched * kVector;
        const bool fetches = column + ahead < last && group * fetched < kVectors;
        computeAny(std::min(kRows, rows - row), vectors,
                   {inner, turned.data() + row, rows, panel, out,
                    isFirst ? (bias == nullptr ? nullptr : bias + column) : c, isFirst ? 0 : out, c,
                    out, static_cast<__mmask16>((1U << rest) - 1U), panel + ahead,
                    fetches ? fetched : 0, input + inner == in ? slope : std::nullopt});
      }
    }
  }
}

}  // namespace gantorch::kernels
