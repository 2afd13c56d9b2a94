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

// Normalises the last axis of a float tensor with the statistics of all other axes, multiplies by
// gamma and adds beta where there are any. Differentiable by x, gamma and beta to any order;
// mean and variance are not. The results don't depend on the number of threads.
BatchNormResult batchNorm(const at::Tensor& x, const OptionalTensor& gamma,
                          const OptionalTensor& beta, double epsilon);

}  // namespace gantorch::kernels
