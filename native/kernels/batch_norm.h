#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace gantorch::kernels {

using OptionalTensor = std::optional<at::Tensor>;

struct BatchNormResult {
  at::Tensor y;
  // Of this batch, each (channels); the variance is the biased one.
  at::Tensor mean;
  at::Tensor variance;
};

struct BatchNormOptions {
  // Added to the variance.
  double epsilon;
  // Negative results are multiplied by it: 1 for no activation, 0 for ReLU.
  double slope;
};

// Normalises the last axis of a float tensor with the statistics of all other axes, multiplies by
// gamma and adds beta where there are any, and applies a (leaky) ReLU. Differentiable by x, gamma
// and beta to any order; mean and variance are not. The results don't depend on the number of
// threads.
BatchNormResult batchNorm(const at::Tensor& x, const OptionalTensor& gamma,
                          const OptionalTensor& beta, const BatchNormOptions& options);

}  // namespace gantorch::kernels
