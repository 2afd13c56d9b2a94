#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

#include "kernels/dropout_mask.h"

namespace gantorch::kernels {

using OptionalTensor = std::optional<at::Tensor>;

// Each (channels), float; the variance is the biased one.
struct Statistics {
  at::Tensor mean;
  at::Tensor variance;
};

struct BatchNormResult {
  at::Tensor y;
  // Those that x was normalised with.
  Statistics statistics;
};

struct BatchNormOptions {
  // Added to the variance.
  double epsilon;
  // Negative results are multiplied by it: 1 for no activation, 0 for ReLU.
  double slope;
  // Comes last.
  std::optional<Dropout> dropout;
};

// Normalises the last axis of x with the statistics of all other axes, or with those that are
// given, multiplies by gamma and adds beta where there are any, applies a (leaky) ReLU, and drops
// elements. It computes in float; y has the type of x, and is rounded to it after each of these
// steps, as by ops of their own. Differentiable by x, gamma and beta to any order, and not by
// statistics. The results don't depend on the number of threads.
BatchNormResult batchNorm(const at::Tensor& x, const OptionalTensor& gamma,
                          const OptionalTensor& beta, const BatchNormOptions& options,
                          const std::optional<Statistics>& given = std::nullopt);

}  // namespace gantorch::kernels
