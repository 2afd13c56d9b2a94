#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace gantorch::kernels {

struct AdamOptions {
  double beta1;
  double beta2;
  double epsilon;
  bool amsgrad;
};

// One weight with its state and gradient, all with equal strides and no gaps.
struct AdamWeight {
  at::Tensor weight;
  at::Tensor momentum;
  at::Tensor velocity;
  // Only with amsgrad.
  at::Tensor largestVelocity;
  at::Tensor gradient;
};

// Checks that the shapes fit, and lays the gradient out in memory as the weight is.
void prepareAdam(AdamWeight& weight);

// One step for all weights; adds 1 to `iteration`. Formulas and their order are Keras 3's.
void stepAdam(const std::vector<AdamWeight>& weights, const at::Tensor& iteration,
              float learningRate, const AdamOptions& options);

}  // namespace gantorch::kernels
