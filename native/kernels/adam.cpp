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

struct Memory {
  float* weight;
  float* momentum;
  float* velocity;
  float* largestVelocity;
  const float* gradient;
};

template <bool kAmsgrad>
[[gnu::always_inline]] inline void stepAll(const Memory& at, int64_t first, int64_t last,
                                           const Scalars& by) {
  float* __restrict weight = at.weight;
  float* __restrict momentum = at.momentum;
  float* __restrict velocity = at.velocity;
  float* __restrict largest = at.largestVelocity;
  const float* __restrict gradient = at.gradient;
  for (int64_t i = first; i < last; i++) {
    const float g = gradient[i];
    momentum[i] += (g - momentum[i]) * by.oneMinusBeta1;
    velocity[i] += (g * g - velocity[i]) * by.oneMinusBeta2;
    float divisor = velocity[i];
    if constexpr (kAmsgrad) {
      largest[i] = velocity[i] > largest[i] ? velocity[i] : largest[i];
      divisor = largest[i];
    }
    weight[i] -= momentum[i] * by.alpha / (__builtin_sqrtf(divisor) + by.epsilon);
  }
}

GANTORCH_VECTORIZED
void step(const Memory& at, int64_t first, int64_t last, const Scalars& by) {
  stepAll<false>(at, first, last, by);
}

GANTORCH_VECTORIZED
void stepAmsgrad(const Memory& at, int64_t first, int64_t last, const Scalars& by) {
  stepAll<true>(at, first, last, by);
}

}  // namespace

void prepareAdam(AdamWeight& each) {
  const auto strides = each.weight.strides();
  const auto fits = [&](const at::Tensor& slot) {
    return slot.sizes() == each.weight.sizes() && slot.strides() == strides &&
           slot.scalar_type() == at::kFloat;
  };
  const bool slotsFit = fits(each.momentum) && fits(each.velocity) &&
                        (!each.largestVelocity.defined() || fits(each.largestVelocity));
  if (!slotsFit || each.weight.scalar_type() != at::kFloat ||
      each.gradient.scalar_type() != at::kFloat || each.weight.sizes() != each.gradient.sizes()) {
    throw Failure(kShape, "adam", "a gradient or slot does not fit its weight");
  }
  if (each.gradient.strides() == strides) return;
  const at::Tensor same = at::empty_like(each.weight);
  same.copy_(each.gradient);
  each.gradient = same;
}

void stepAdam(const std::vector<AdamWeight>& weights, const at::Tensor& iteration,
              float learningRate, const AdamOptions& options) {
  float* count = iteration.mutable_data_ptr<float>();
  *count += 1;
  const double correction =
      std::sqrt(1 - std::pow(options.beta2, *count)) / (1 - std::pow(options.beta1, *count));
  const Scalars scalars = {
      static_cast<float>(learningRate * correction), static_cast<float>(1 - options.beta1),
      static_cast<float>(1 - options.beta2), static_cast<float>(options.epsilon)};
  for (const AdamWeight& each : weights) {
    const Memory memory = {
        each.weight.mutable_data_ptr<float>(), each.momentum.mutable_data_ptr<float>(),
        each.velocity.mutable_data_ptr<float>(),
        options.amsgrad ? each.largestVelocity.mutable_data_ptr<float>() : nullptr,
        each.gradient.const_data_ptr<float>()};
    at::parallel_for(0, each.weight.numel(), 32768, [&](int64_t first, int64_t last) {
      (options.amsgrad ? stepAmsgrad : step)(memory, first, last, scalars);
    });
  }
}

}  // namespace gantorch::kernels
