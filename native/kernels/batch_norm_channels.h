// What batch normalisation does once for each channel, by vectors: of few rows it is as much work
// as the rows themselves.
#pragma once

#include <cstdint>

namespace gantorch::kernels {

// Adds a block to the rows before it: `means` and `squares` (about those means) of its `count` rows
// to `total`, the mean, and `spread`, the squares about it.
void mergeBlock(const float* means, const float* squares, int64_t channels, double before,
                double count, double* total, double* spread);

// factor / sqrt(variance + epsilon); without a factor it is 1.
void scaleChannels(const float* variance, const float* factor, double epsilon, int64_t channels,
                   float* scale);

struct ChannelGradients {
  float* dgamma;
  // What is subtracted from the gradients of a batch's own rows, the latter by (x - mean).
  float* meanGradient;
  float* tilt;
};

// Of the sums of gradients and of those by (x - mean), over `count` rows.
void gradientChannels(const double* sums, const double* weighted, const float* variance,
                      double epsilon, double count, int64_t channels,
                      const ChannelGradients& results);

}  // namespace gantorch::kernels
