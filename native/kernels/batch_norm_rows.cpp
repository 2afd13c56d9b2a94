#include "kernels/batch_norm_rows.h"

#include "kernels/element.h"
#include "kernels/vectorize.h"

namespace gantorch::kernels {

namespace {

#define GANTORCH_INLINED inline __attribute__((always_inline))

template <typename T>
GANTORCH_INLINED float normalized(float centered, float scale, float shift) {
  return rounded<T>(centered * scale + shift);
}

// A factor instead of two results: a product in one branch alone keeps loops from becoming vectors.
GANTORCH_INLINED float slopeAt(float value, float slope) { return value > 0 ? 1.0f : slope; }

// A number of T times 1 or 0 needs no rounding, which for bfloat16 costs more than the product.
template <typename T, bool isExact>
GANTORCH_INLINED float timesSlope(float number, float value, float slope) {
  const float product = number * slopeAt(value, slope);
  return isExact ? product : rounded<T>(product);
}

// The gradient before the activation, of the one behind the mask.
template <typename T, bool isMasked, bool isExact>
GANTORCH_INLINED float gradientOf(float value, T dy, const float* mask, int64_t place,
                                  float slope) {
  const float given = isMasked ? rounded<T>(load(dy) * mask[place]) : load(dy);
  return timesSlope<T, isExact>(given, value, slope);
}

template <typename T, bool isMasked, bool isExact>
GANTORCH_INLINED void normalize(const T* __restrict x, const float* __restrict mask,
                                T* __restrict y, Extent extent, Line line) {
  const float* __restrict mean = line.mean;
  const float* __restrict scale = line.scale;
  const float* __restrict shift = line.shift;
  const float slope = line.slope;
  for (int64_t row = 0, start = 0; row < extent.rows; row++, start += extent.channels) {
    for (int64_t c = 0; c < extent.channels; c++) {
      const int64_t i = start + c;
      const float v = normalized<T>(load(x[i]) - mean[c], scale[c], shift[c]);
      // What comes last is rounded when it is stored.
      const float active = timesSlope < T, isExact || !isMasked > (v, v, slope);
      y[i] = narrow<T>(isMasked ? active * mask[i] : active);
    }
  }
}

template <typename T, bool isMasked, bool isExact>
GANTORCH_INLINED void sumGradients(const T* __restrict x, const T* __restrict dy,
                                   const float* __restrict mask, Extent extent, Line line,
                                   float* __restrict sum, float* __restrict weighted) {
  const float* __restrict mean = line.mean;
  const float* __restrict scale = line.scale;
  const float* __restrict shift = line.shift;
  const float slope = line.slope;
  for (int64_t row = 0, start = 0; row < extent.rows; row++, start += extent.channels) {
    for (int64_t c = 0; c < extent.channels; c++) {
      const int64_t i = start + c;
      const float centered = load(x[i]) - mean[c];
      const float v = normalized<T>(centered, scale[c], shift[c]);
      const float g = gradientOf<T, isMasked, isExact>(v, dy[i], mask, i, slope);
      sum[c] += g;
      weighted[c] += g * centered;
    }
  }
}

template <typename T, bool isMasked, bool isExact, bool isSloped>
GANTORCH_INLINED void gradients(const T* __restrict x, const T* __restrict dy,
                                const float* __restrict mask, T* __restrict dx, Extent extent,
                                Line line, const float* __restrict meanGradient,
                                const float* __restrict tilt, float inputSlope) {
  const float* __restrict mean = line.mean;
  const float* __restrict scale = line.scale;
  const float* __restrict shift = line.shift;
  const float slope = line.slope;
  for (int64_t row = 0, start = 0; row < extent.rows; row++, start += extent.channels) {
    for (int64_t c = 0; c < extent.channels; c++) {
      const int64_t i = start + c;
      const float centered = load(x[i]) - mean[c];
      const float v = normalized<T>(centered, scale[c], shift[c]);
      const float g = gradientOf<T, isMasked, isExact>(v, dy[i], mask, i, slope);
      const float d = scale[c] * (g - meanGradient[c] - centered * tilt[c]);
      dx[i] = narrow<T>(isSloped ? timesSlope<T, false>(rounded<T>(d), load(x[i]), inputSlope) : d);
    }
  }
}

// Calls body<isMasked, isExact>(), so that loops decide neither for each element.
template <typename Body>
GANTORCH_INLINED void chooseLoop(const float* mask, float slope, Body body) {
  const bool isExact = slope == 0 || slope == 1;
  if (mask && isExact) return body.template operator()<true, true>();
  if (mask) return body.template operator()<true, false>();
  if (isExact) return body.template operator()<false, true>();
  body.template operator()<false, false>();
}

}  // namespace

template <typename T>
GANTORCH_VECTORIZED void addRows(const T* __restrict x, Extent extent, float* __restrict sum) {
  for (int64_t row = 0; row < extent.rows; row++, x += extent.channels) {
    for (int64_t c = 0; c < extent.channels; c++) sum[c] += load(x[c]);
  }
}

template <typename T>
GANTORCH_VECTORIZED void addSquares(const T* __restrict x, Extent extent,
                                    const float* __restrict mean, float* __restrict sum) {
  for (int64_t row = 0; row < extent.rows; row++, x += extent.channels) {
    for (int64_t c = 0; c < extent.channels; c++) {
      const float difference = load(x[c]) - mean[c];
      sum[c] += difference * difference;
    }
  }
}

template <typename T>
GANTORCH_VECTORIZED void normalizeRows(const T* x, const float* mask, T* y, Extent extent,
                                       const Line& line) {
  chooseLoop(mask, line.slope, [&]<bool isMasked, bool isExact>() __attribute__((always_inline)) {
    normalize<T, isMasked, isExact>(x, mask, y, extent, line);
  });
}

template <typename T>
GANTORCH_VECTORIZED void addGradients(const T* x, const T* dy, const float* mask, Extent extent,
                                      const Line& line, float* sum, float* weighted) {
  chooseLoop(mask, line.slope, [&]<bool isMasked, bool isExact>() __attribute__((always_inline)) {
    sumGradients<T, isMasked, isExact>(x, dy, mask, extent, line, sum, weighted);
  });
}

template <typename T>
GANTORCH_VECTORIZED void gradientRows(const T* x, const T* dy, const float* mask, T* dx,
                                      Extent extent, const Line& line, const float* meanGradient,
                                      const float* tilt, float inputSlope) {
  chooseLoop(mask, line.slope, [&]<bool isMasked, bool isExact>() __attribute__((always_inline)) {
    if (inputSlope == 1) {
      gradients<T, isMasked, isExact, false>(x, dy, mask, dx, extent, line, meanGradient, tilt, 1);
    } else {
      gradients<T, isMasked, isExact, true>(x, dy, mask, dx, extent, line, meanGradient, tilt,
                                            inputSlope);
    }
  });
}

#define GANTORCH_ROWS_OF(T)                                                                    \
  template void addRows<T>(const T*, Extent, float*);                                          \
  template void addSquares<T>(const T*, Extent, const float*, float*);                         \
  template void normalizeRows<T>(const T*, const float*, T*, Extent, const Line&);             \
  template void addGradients<T>(const T*, const T*, const float*, Extent, const Line&, float*, \
                                float*);                                                       \
  template void gradientRows<T>(const T*, const T*, const float*, T*, Extent, const Line&,     \
                                const float*, const float*, float);
GANTORCH_ROWS_OF(float)
GANTORCH_ROWS_OF(at::BFloat16)

}  // namespace gantorch::kernels
