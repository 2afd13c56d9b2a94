#include "kernels/batch_norm_rows.h"

#include "kernels/vectorize.h"

namespace gantorch::kernels {

GANTORCH_VECTORIZED
void addRows(const float* __restrict x, int64_t rows, int64_t channels, float* __restrict sum) {
  for (int64_t row = 0; row < rows; row++, x += channels) {
    for (int64_t c = 0; c < channels; c++) sum[c] += x[c];
  }
}

GANTORCH_VECTORIZED
void addSquares(const float* __restrict x, int64_t rows, int64_t channels,
                const float* __restrict mean, float* __restrict sum) {
  for (int64_t row = 0; row < rows; row++, x += channels) {
    for (int64_t c = 0; c < channels; c++) {
      const float difference = x[c] - mean[c];
      sum[c] += difference * difference;
    }
  }
}

GANTORCH_VECTORIZED
void normalizeRows(const float* __restrict x, float* __restrict y, int64_t rows, int64_t channels,
                   const Line& line) {
  const float* __restrict mean = line.mean;
  const float* __restrict scale = line.scale;
  const float* __restrict shift = line.shift;
  const float slope = line.slope;
  for (int64_t row = 0; row < rows; row++, x += channels, y += channels) {
    for (int64_t c = 0; c < channels; c++) {
      const float v = (x[c] - mean[c]) * scale[c] + shift[c];
      y[c] = v > 0 ? v : v * slope;
    }
  }
}

GANTORCH_VECTORIZED
void addGradients(const float* __restrict x, const float* __restrict dy, int64_t rows,
                  int64_t channels, const Line& line, float* __restrict sum,
                  float* __restrict weighted) {
  const float* __restrict mean = line.mean;
  const float* __restrict scale = line.scale;
  const float* __restrict shift = line.shift;
  const float slope = line.slope;
  for (int64_t row = 0; row < rows; row++, x += channels, dy += channels) {
    for (int64_t c = 0; c < channels; c++) {
      const float centered = x[c] - mean[c];
      const float g = centered * scale[c] + shift[c] > 0 ? dy[c] : dy[c] * slope;
      sum[c] += g;
      weighted[c] += g * centered;
    }
  }
}

GANTORCH_VECTORIZED
void gradientRows(const float* __restrict x, const float* __restrict dy, float* __restrict dx,
                  int64_t rows, int64_t channels, const Line& line,
                  const float* __restrict meanGradient, const float* __restrict tilt) {
  const float* __restrict mean = line.mean;
  const float* __restrict scale = line.scale;
  const float* __restrict shift = line.shift;
  const float slope = line.slope;
  for (int64_t row = 0; row < rows; row++, x += channels, dy += channels, dx += channels) {
    for (int64_t c = 0; c < channels; c++) {
      const float centered = x[c] - mean[c];
      const float g = centered * scale[c] + shift[c] > 0 ? dy[c] : dy[c] * slope;
      dx[c] = scale[c] * (g - meanGradient[c] - centered * tilt[c]);
    }
  }
}

}  // namespace gantorch::kernels
