#include "kernels/element_loop.h"
#include "kernels/optimizers.h"
#include "kernels/vectorize.h"

namespace gantorch::kernels {

namespace {

template <bool kHasMomentum, bool kNesterov>
struct Formula {
  const float rate;
  const float kept;

  // Momentum is what was added last, so it is taken off with the other sign.
  [[gnu::always_inline]] float operator()(float g, int64_t i, const Slots& slots) const {
    float* const momentum = slots[0];
    const float change = g * rate;
    if constexpr (!kHasMomentum) return change;
    const float last = momentum[i] * kept - change;
    momentum[i] = last;
    return kNesterov ? change - last * kept : -last;
  }
};

GANTORCH_VECTORIZED
void step(const UpdateRow& row, int64_t first, int64_t last, const StepMoment& moment, float kept,
          bool nesterov) {
  const float rate = moment.rate;
  if (kept == 0) {
    stepRow(row, first, last, moment, Formula<false, false>{rate, kept});
  } else if (nesterov) {
    stepRow(row, first, last, moment, Formula<true, true>{rate, kept});
  } else {
    stepRow(row, first, last, moment, Formula<true, false>{rate, kept});
  }
}

}  // namespace

StepMaker sgd(const SGDOptions& options) {
  return [=](const StepMoment& moment) -> RowStep {
    const auto kept = static_cast<float>(options.momentum);
    return [=, nesterov = options.nesterov](const UpdateRow& row, int64_t first, int64_t last) {
      step(row, first, last, moment, kept, nesterov);
    };
  };
}

}  // namespace gantorch::kernels
