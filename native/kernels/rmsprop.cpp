#include "kernels/element_loop.h"
#include "kernels/optimizers.h"
#include "kernels/vectorize.h"

namespace gantorch::kernels {

namespace {

struct Scalars {
  float rate;
  float rho;
  float oneMinusRho;
  float momentum;
  float epsilon;
};

template <bool kHasMomentum, bool kCentered>
struct Formula {
  const Scalars by;

  [[gnu::always_inline]] float operator()(float g, int64_t i, const Slots& slots) const {
    const auto [velocity, second, third] = slots;
    float variance = velocity[i] * by.rho + g * g * by.oneMinusRho;
    velocity[i] = variance;
    if constexpr (kCentered) {
      float* const average = kHasMomentum ? third : second;
      const float mean = average[i] * by.rho + g * by.oneMinusRho;
      average[i] = mean;
      variance -= mean * mean;
    }
    const float change = g * by.rate / __builtin_sqrtf(variance + by.epsilon);
    if constexpr (!kHasMomentum) return change;
    const float last = second[i] * by.momentum + change;
    second[i] = last;
    return last;
  }
};

GANTORCH_VECTORIZED
void step(const UpdateRow& row, int64_t first, int64_t last, const StepMoment& moment,
          const Scalars& by, bool centered) {
  if (by.momentum > 0) {
    if (centered) return stepRow(row, first, last, moment, Formula<true, true>{by});
    return stepRow(row, first, last, moment, Formula<true, false>{by});
  }
  if (centered) return stepRow(row, first, last, moment, Formula<false, true>{by});
  stepRow(row, first, last, moment, Formula<false, false>{by});
}

}  // namespace

StepMaker rmsprop(const RMSpropOptions& options) {
  return [=](const StepMoment& moment) -> RowStep {
    const Scalars by = {moment.rate, static_cast<float>(options.rho),
                        static_cast<float>(1 - options.rho), static_cast<float>(options.momentum),
                        static_cast<float>(options.epsilon)};
    return [=, centered = options.centered](const UpdateRow& row, int64_t first, int64_t last) {
      step(row, first, last, moment, by, centered);
    };
  };
}

}  // namespace gantorch::kernels
