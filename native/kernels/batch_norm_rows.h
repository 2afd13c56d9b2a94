// The inner loops of batch normalisation: rows of channels, one after the other. T is float or
// BFloat16; every step of ops that these loops stand for is rounded to it, as there.
#pragma once

#include <cstdint>

namespace gantorch::kernels {

// What one row is computed with, for each channel: v = (x - mean) * scale + shift, then slope * v
// where v is not positive.
struct Line {
  const float* mean;
  const float* scale;
  const float* shift;
  float slope;
};

struct Extent {
  int64_t rows;
  int64_t channels;
};

// sum[c] += each row's c.
template <typename T>
void addRows(const T* x, Extent extent, float* sum);

// sum[c] += (x - mean)^2.
template <typename T>
void addSquares(const T* x, Extent extent, const float* mean, float* sum);

// The mask, one number for each element, multiplies the results; null for none.
template <typename T>
void normalizeRows(const T* x, const float* mask, T* y, Extent extent, const Line& line);

// With g the gradient by v: sum[c] += g; weighted[c] += g * (x - mean).
template <typename T>
void addGradients(const T* x, const T* dy, const float* mask, Extent extent, const Line& line,
                  float* sum, float* weighted);

// dx = scale * (g - meanGradient - (x - mean) * tilt), times inputSlope where x is not positive.
template <typename T>
void gradientRows(const T* x, const T* dy, const float* mask, T* dx, Extent extent,
                  const Line& line, const float* meanGradient, const float* tilt, float inputSlope);

}  // namespace gantorch::kernels
