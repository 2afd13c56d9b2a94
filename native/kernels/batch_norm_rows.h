// The inner loops of batch normalisation: rows of channels, one after the other.
#pragma once

#include <cstdint>

namespace gantorch::kernels {

// What one row is computed with, for each channel: v = (x - mean) * scale + shift, and the result
// is v where it is positive, slope * v elsewhere.
struct Line {
  const float* mean;
  const float* scale;
  const float* shift;
  float slope;
};

// sum[c] += each row's c.
void addRows(const float* x, int64_t rows, int64_t channels, float* sum);

// sum[c] += (x - mean)^2.
void addSquares(const float* x, int64_t rows, int64_t channels, const float* mean, float* sum);

void normalizeRows(const float* x, float* y, int64_t rows, int64_t channels, const Line& line);

// With g the gradient by v: sum[c] += g; weighted[c] += g * (x - mean).
void addGradients(const float* x, const float* dy, int64_t rows, int64_t channels, const Line& line,
                  float* sum, float* weighted);

// dx = scale * (g - meanGradient - (x - mean) * tilt).
void gradientRows(const float* x, const float* dy, float* dx, int64_t rows, int64_t channels,
                  const Line& line, const float* meanGradient, const float* tilt);

}  // namespace gantorch::kernels
