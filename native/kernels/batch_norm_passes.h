// What batch normalisation computes on the way there and on the way back, without autograd.
#pragma once

#include "kernels/batch_norm.h"

namespace gantorch::kernels {

// The arguments of a batch normalisation. gamma and beta may be undefined; those that are defined
// are float and contiguous, and x is contiguous, float or bfloat16.
struct BatchNormInputs {
  at::Tensor x;
  at::Tensor gamma;
  at::Tensor beta;
};

struct BatchNormGradients {
  at::Tensor x;
  at::Tensor gamma;
  at::Tensor beta;
};

// Mean and biased variance of each channel.
Statistics batchStatistics(const at::Tensor& x);

at::Tensor batchNormForward(const BatchNormInputs& inputs, const Statistics& statistics,
                            const BatchNormOptions& options);

// isOfBatch: the statistics depend on x. The gradient of x is multiplied by inputSlope where x is
// not positive: with LeakyReLU's slope it is that of what LeakyReLU made x of.
BatchNormGradients batchNormBackward(const BatchNormInputs& inputs, const at::Tensor& dy,
                                     const Statistics& statistics, bool isOfBatch,
                                     const BatchNormOptions& options, float inputSlope = 1);

// The gradients of a weighted sum of batchNormBackward's results, by `weights`, in float.
struct BatchNormSecond {
  at::Tensor dy;
  at::Tensor x;
  at::Tensor gamma;
};

// Of float tensors. It depends on beta by the activation's kink alone.
BatchNormSecond batchNormSecond(const BatchNormInputs& inputs, const at::Tensor& dy,
                                const BatchNormGradients& weights, const Statistics& statistics,
                                bool isOfBatch, const BatchNormOptions& options);

// batchNormBackward over ATen: slower, and differentiable again.
BatchNormGradients batchNormReference(const BatchNormInputs& inputs, const at::Tensor& dy,
                                      const Statistics& statistics, bool isOfBatch,
                                      const BatchNormOptions& options);

}  // namespace gantorch::kernels
