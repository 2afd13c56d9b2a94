#include <cmath>

#include "kernels/element_loop.h"
#include "kernels/optimizers.h"
#include "kernels/vectorize.h"

namespace gantorch::kernels {

namespace {

struct Scalars {
  float alpha;
  float oneMinusBeta1;
  float oneMinusBeta2;
  float epsilon;
};

template <bool kAmsgrad>
struct Formula {
  const Scalars by;

  [[gnu::always_inline]] float operator()(float g, int64_t i, const Slots& slots) const {
    const auto [momentum, velocity, largest] = slots;
    const float m = momentum[i] + (g - momentum[i]) * by.oneMinusBeta1;
    const float v = velocity[i] + (g * g - velocity[i]) * by.oneMinusBeta2;
    momentum[i] = m;
    velocity[i] = v;
    float divisor = v;
    if constexpr (kAmsgrad) {
      divisor = v > largest[i] ? v : largest[i];
      largest[i] = divisor;
    }
    return m * by.alpha / (__builtin_sqrtf(divisor) + by.epsilon);
  }
};

GANTORCH_VECTORIZED
void step(const UpdateRow& row, int64_t first, int64_t last, const StepMoment& moment,
          const Scalars& by, bool amsgrad) {
  if (amsgrad) return stepRow(row, first, last, moment, Formula<true>{by});
  stepRow(row, first, last, moment, Formula<false>{by});
}

}  // namespace

StepMaker adam(const AdamOptions& options) {
  return [=](const StepMoment& moment) -> RowStep {
    const double correction = std::sqrt(1 - std::pow(options.beta2, moment.count)) /
                              (1 - std::pow(options.beta1, moment.count));
    const Scalars by = {static_cast<float>(moment.rate * correction),
                        static_cast<float>(1 - options.beta1),
                        static_cast<float>(1 - options.beta2), static_cast<float>(options.epsilon)};
    return [=, amsgrad = options.amsgrad](const UpdateRow& row, int64_t first, int64_t last) {
      step(row, first, last, moment, by, amsgrad);
    };
  };
}

}  // namespace gantorch::kernels
