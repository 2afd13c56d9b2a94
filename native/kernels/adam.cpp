#include "kernels/adam.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty_like.h>

#include <cmath>

#include "core/failure.h"
#include "kernels/vectorize.h"

namespace gantorch::kernels {

namespace {

struct Scalars {
  float alpha;
  float oneMinusBeta1;
  float oneMinusBeta2;
  float epsilon;
};

GANTORCH_VECTORIZED
void step(float* __restrict weight, float* __restrict momentum, float* __restrict velocity,
          const float* __restrict gradient, int64_t size, const Scalars& by) {
  for (int64_t i = 0; i < size; i++) {
    const float g = gradient[i];
    momentum[i] += (g - momentum[i]) * by.oneMinusBeta1;
    velocity[i] += (g * g - velocity[i]) * by.oneMinusBeta2;
    weight[i] -= momentum[i] * by.alpha / (__builtin_sqrtf(velocity[i]) + by.epsilon);
  }
}

}  // namespace

AdamWeight prepareAdam(const at::Tensor& weight, const at::Tensor& momentum,
                       const at::Tensor& velocity, const at::Tensor& gradient) {
  if (weight.sizes() != gradient.sizes() || weight.strides() != momentum.strides() ||
      weight.strides() != velocity.strides()) {
    throw Failure(kShape, "adam", "a gradient or slot does not fit its weight");
  }
  if (gradient.strides() == weight.strides()) return {weight, momentum, velocity, gradient};
  const at::Tensor same = at::empty_like(weight);
  same.copy_(gradient);
  return {weight, momentum, velocity, same};
}

void stepAdam(const std::vector<AdamWeight>& weights, const at::Tensor& iteration,
              float learningRate, const AdamOptions& options) {
  float* count = iteration.mutable_data_ptr<float>();
  const double rate = learningRate / (1 + options.decay * *count);
  *count += 1;
  const double correction = std::sqrt(1 - std::pow(options.beta2, *count)) /
                            (1 - std::pow(options.beta1, *count));
  const Scalars scalars = {static_cast<float>(rate * correction),
                           static_cast<float>(1 - options.beta1),
                           static_cast<float>(1 - options.beta2),
                           static_cast<float>(options.epsilon)};
  for (const AdamWeight& each : weights) {
    float* weight = each.weight.mutable_data_ptr<float>();
    float* momentum = each.momentum.mutable_data_ptr<float>();
    float* velocity = each.velocity.mutable_data_ptr<float>();
    const float* gradient = each.gradient.const_data_ptr<float>();
    at::parallel_for(0, each.weight.numel(), 32768, [&](int64_t first, int64_t last) {
      step(weight + first, momentum + first, velocity + first, gradient + first, last - first,
           scalars);
    });
  }
}

}  // namespace gantorch::kernels
