#include "kernels/batch_norm_channels.h"

#include <cmath>

#include "kernels/vectorize.h"

namespace gantorch::kernels {

GANTORCH_VECTORIZED void mergeBlock(const float* __restrict means, const float* __restrict squares,
                                    int64_t channels, double before, double count,
                                    double* __restrict total, double* __restrict spread) {
  // Divided once: a division for each channel takes longer than all sums of a small batch.
  const double share = count / (before + count);
  const double weight = before * share;
  for (int64_t c = 0; c < channels; c++) {
    const double difference = means[c] - total[c];
    total[c] += difference * share;
    spread[c] += squares[c] + difference * difference * weight;
  }
}

GANTORCH_VECTORIZED void scaleChannels(const float* __restrict variance,
                                       const float* __restrict factor, double epsilon,
                                       int64_t channels, float* __restrict scale) {
  if (factor) {
    for (int64_t c = 0; c < channels; c++) {
      scale[c] = static_cast<float>(factor[c] / std::sqrt(variance[c] + epsilon));
    }
  } else {
    for (int64_t c = 0; c < channels; c++) {
      scale[c] = static_cast<float>(1.0 / std::sqrt(variance[c] + epsilon));
    }
  }
}

GANTORCH_VECTORIZED void gradientChannels(const double* __restrict sums,
                                          const double* __restrict weighted,
                                          const float* __restrict variance, double epsilon,
                                          double count, int64_t channels,
                                          const ChannelGradients& results) {
  float* __restrict dgamma = results.dgamma;
  float* __restrict meanGradient = results.meanGradient;
  float* __restrict tilt = results.tilt;
  for (int64_t c = 0; c < channels; c++) {
    const double inverse = 1 / (variance[c] + epsilon);
    dgamma[c] = static_cast<float>(weighted[c] * std::sqrt(inverse));
    meanGradient[c] = static_cast<float>(sums[c] / count);
    tilt[c] = static_cast<float>(weighted[c] * inverse / count);
  }
}

}  // namespace gantorch::kernels
