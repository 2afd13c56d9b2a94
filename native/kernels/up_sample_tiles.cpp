#include "kernels/up_sample_tiles.h"

#include <immintrin.h>

// GCC 12 takes the undefined vectors inside its own intrinsics for mistakes (its bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,fma")

namespace gantorch::kernels {

namespace {

using Vector = __m512;

Vector load(const float* from) { return _mm512_loadu_ps(from); }
Vector load(const c10::BFloat16* from) {
  const __m256i bits = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16));
}

__m256i rounded(Vector value) { return reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(value)); }

void store(float* to, Vector value) { _mm512_storeu_ps(to, value); }
void store(c10::BFloat16* to, Vector value) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), rounded(value));
}

// Two rows of `count` columns; those of bfloat16 are interleaved, as its products want them.
void storeRows(float* to, int64_t column, int64_t count, Vector first, Vector second) {
  store(to + column, first);
  store(to + count + column, second);
}
void storeRows(c10::BFloat16* to, int64_t column, int64_t, Vector first, Vector second) {
  const __m512i low = _mm512_cvtepu16_epi32(rounded(first));
  const __m512i high = _mm512_slli_epi32(_mm512_cvtepu16_epi32(rounded(second)), 16);
  _mm512_storeu_si512(to + 2 * column, _mm512_or_si512(low, high));
}

template <typename T>
T* placeOf(const TilePlace<T>& out, int64_t channel) {
  return out.data + channel / out.width * out.block + channel % out.width;
}

// One axis of the factors: of taps w0 w1 w2.
void axisFactors(Vector w0, Vector w1, Vector w2, Vector* to) {
  to[0] = w0 + w1 + w2;
  to[1] = w0;
  to[2] = w2;
  to[3] = w1 + w2;
  to[4] = w0 + w1;
}

}  // namespace

template <typename From, typename To>
void inputTile(const From* const* pixels, int64_t channels, const TilePlace<To>& out) {
  for (int64_t c = 0; c < channels; c += kLanes) {
    To* place = placeOf(out, c);
    Vector rows[kRowInputs][kColumnInputs];
    for (int64_t i = 0; i < kRowInputs; i++) {
      const From* const* at = pixels + i * kColumnInputs;
      const Vector p0 = load(at[0] + c), p1 = load(at[1] + c);
      const Vector p2 = load(at[2] + c), p3 = load(at[3] + c);
      rows[i][0] = p1;
      rows[i][1] = p0 - p1;
      rows[i][2] = p2 - p1;
      rows[i][3] = p2 - p3;
    }
    for (int64_t column = 0; column < kColumnInputs; column++) {
      To* at = place + column * out.item;
      const Vector middle = rows[1][column];
      store(at, middle);
      store(at + kColumnInputs * out.item, rows[0][column] - middle);
      store(at + 2 * kColumnInputs * out.item, rows[2][column] - middle);
    }
  }
}

template <typename To>
void outputTile(const TileResults& own, const TileResults& right, const float* bias,
                int64_t channels, To* const* out) {
  const int64_t item = own.item;
  for (int64_t c = 0; c < channels; c += kLanes) {
    const Vector shift = bias ? load(bias + c) : _mm512_setzero_ps();
    Vector first[4];
    for (int64_t row = 0; row < kProducts; row++) {
      const float* at = own.data + row * kProducts * item + c;
      const Vector common = load(at);
      const Vector next = load(right.data + row * kProducts * right.item + c);
      const Vector pixels[4] = {common + load(at + item), common + load(at + 2 * item),
                                common + load(at + 3 * item), next + load(at + 4 * item)};
      // Products of row 4 belong to the pixels above those of row 1.
      To* const* line = out + (row == 4 ? 0 : row * 4);
      for (int64_t i = 0; i < 4; i++) {
        if (row == 0) {
          first[i] = pixels[i] + shift;
        } else {
          store(line[i] + c, first[i] + pixels[i]);
        }
      }
    }
  }
}

template <typename From, typename To>
void gradientTile(const From* const* pixels, int64_t channels, const TilePlace<To>& out) {
  for (int64_t c = 0; c < channels; c += kLanes) {
    To* place = placeOf(out, c);
    Vector total[kProducts] = {};
    for (int64_t i = 0; i < 4; i++) {
      const From* const* at = pixels + i * 5;
      const Vector q1 = load(at[1] + c), q2 = load(at[2] + c), q3 = load(at[3] + c);
      const Vector row[kProducts] = {load(at[0] + c) + q1 + q2 + q3, q1, q2, q3, load(at[4] + c)};
      To* line = place + (i == 0 ? 4 : i) * kProducts * out.item;
      for (int64_t column = 0; column < kProducts; column++) {
        total[column] += row[column];
        store(line + column * out.item, row[column]);
      }
    }
    for (int64_t column = 0; column < kProducts; column++) {
      store(place + column * out.item, total[column]);
    }
  }
}

template <typename To>
void dataTile(const TileResults* tiles, int64_t channels, To* const* out) {
  for (int64_t c = 0; c < channels; c += kLanes) {
    // Gradients by a row of inputs, as gradients by the two pixels of the row.
    const auto pixels = [c](const TileResults* of, int64_t row, Vector& even, Vector& odd) {
      const auto input = [row, c](const TileResults& tile, int64_t column) {
        return load(tile.data + (row * kColumnInputs + column) * tile.item + c);
      };
      const Vector v2 = input(of[0], 2);
      even = input(of[0], 0) - input(of[0], 1) - v2 - input(of[1], 3);
      odd = v2 + input(of[0], 3) + input(of[2], 1);
    };
    Vector even[4], odd[4];
    for (int64_t row = 0; row < kRowInputs; row++) pixels(tiles, row, even[row], odd[row]);
    pixels(tiles + 3, 1, even[3], odd[3]);
    store(out[0] + c, even[0] - even[1] - even[2]);
    store(out[1] + c, odd[0] - odd[1] - odd[2]);
    store(out[2] + c, even[2] + even[3]);
    store(out[3] + c, odd[2] + odd[3]);
  }
}

template <typename To>
void factors(const float* taps, int64_t tapItem, int64_t row, int64_t count, To* out,
             int64_t item) {
  for (int64_t c = 0; c < count; c += kLanes) {
    Vector lines[2][3][kProducts];
    for (int64_t i = 0; i < 6; i++) {
      const float* at = taps + i / 3 * row + i % 3 * 3 * tapItem + c;
      axisFactors(load(at), load(at + tapItem), load(at + 2 * tapItem), lines[i / 3][i % 3]);
    }
    for (int64_t column = 0; column < kProducts; column++) {
      Vector both[2][kProducts];
      for (int64_t i = 0; i < 2; i++) {
        axisFactors(lines[i][0][column], lines[i][1][column], lines[i][2][column], both[i]);
      }
      for (int64_t line = 0; line < kProducts; line++) {
        storeRows(out + (line * kProducts + column) * item, c, count, both[0][line], both[1][line]);
      }
    }
  }
}

template <typename To>
void tapGradients(const float* factors, int64_t item, int64_t count, To* out, int64_t tapItem) {
  for (int64_t c = 0; c < count; c += kLanes) {
    Vector columns[3][kProducts];
    for (int64_t column = 0; column < kProducts; column++) {
      const float* at = factors + column * item + c;
      Vector g[kProducts];
      for (int64_t row = 0; row < kProducts; row++) g[row] = load(at + row * kProducts * item);
      columns[0][column] = g[0] + g[1] + g[4];
      columns[1][column] = g[0] + g[3] + g[4];
      columns[2][column] = g[0] + g[2] + g[3];
    }
    for (int64_t i = 0; i < 3; i++) {
      To* at = out + i * 3 * tapItem + c;
      const Vector* g = columns[i];
      store(at, g[0] + g[1] + g[4]);
      store(at + tapItem, g[0] + g[3] + g[4]);
      store(at + 2 * tapItem, g[0] + g[2] + g[3]);
    }
  }
}

void outerProducts(const Rows& left, const Rows& right, int64_t count, bool adds, float* out,
                   int64_t stride) {
  Vector sums[8][2];
  for (int64_t row = 0; row < 8; row++) {
    for (int64_t half = 0; half < 2; half++) {
      sums[row][half] = adds ? load(out + row * stride + half * kLanes) : _mm512_setzero_ps();
    }
  }
  const float* a = left.data;
  const float* b = right.data;
  for (int64_t i = 0; i < count; i++, a += left.stride, b += right.stride) {
    const Vector low = load(b), high = load(b + kLanes);
#pragma GCC unroll 8
    for (int64_t row = 0; row < 8; row++) {
      const Vector factor = _mm512_set1_ps(a[row]);
      sums[row][0] = _mm512_fmadd_ps(factor, low, sums[row][0]);
      sums[row][1] = _mm512_fmadd_ps(factor, high, sums[row][1]);
    }
  }
  for (int64_t row = 0; row < 8; row++) {
    for (int64_t half = 0; half < 2; half++) {
      store(out + row * stride + half * kLanes, sums[row][half]);
    }
  }
}

#define GANTORCH_INSTANTIATE(T)                                                           \
  template void inputTile(const T* const*, int64_t, const TilePlace<T>&);                 \
  template void outputTile(const TileResults&, const TileResults&, const float*, int64_t, \
                           T* const*);                                                    \
  template void gradientTile(const T* const*, int64_t, const TilePlace<T>&);              \
  template void dataTile(const TileResults*, int64_t, T* const*);                         \
  template void factors(const float*, int64_t, int64_t, int64_t, T*, int64_t);            \
  template void tapGradients(const float*, int64_t, int64_t, T*, int64_t);

GANTORCH_INSTANTIATE(float)
GANTORCH_INSTANTIATE(c10::BFloat16)
template void inputTile(const c10::BFloat16* const*, int64_t, const TilePlace<float>&);
template void gradientTile(const c10::BFloat16* const*, int64_t, const TilePlace<float>&);

}  // namespace gantorch::kernels
