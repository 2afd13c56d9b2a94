// The loop of element-wise optimizers, for functions that are compiled for several instruction
// sets.
#pragma once

#include "kernels/element_update.h"

namespace gantorch::kernels {

// As at::clamp, not a number stays what it is.
[[gnu::always_inline]] inline float limited(float value, float low, float high) {
  return value < low ? low : value > high ? high : value;
}

// `formula(g, i, slots)` changes the slots at i and returns what is taken off the weight. What is
// written is not read again: the compiler would load it from memory, which takes twice as long. The
// order of all operations is that of lib/optimizers.
template <bool kIsPlain, bool kHasAverage, typename Formula>
[[gnu::always_inline]] inline void loopOver(const UpdateRow& row, int64_t first, int64_t last,
                                            const StepMoment& moment, const Formula& formula) {
  const auto [size, weight, gradient, product, slots, average, scale, decay, low, high] = row;
  const auto [rate, count, clipvalue, kept, isOverwritten] = moment;
  // None of the arrays overlaps another.
#pragma GCC ivdep
  for (int64_t i = first; i < last; i++) {
    float g = gradient[i];
    float w = weight[i];
    if constexpr (!kIsPlain) {
      g = limited(g * scale, -clipvalue, clipvalue);
      // An infinite weight without decay stays so.
      w -= decay != 0 ? w * decay * rate : 0;
    }
    w -= formula(g, i, slots);
    if constexpr (kHasAverage) {
      const float mean = kept * average[i] + (1 - kept) * w;
      average[i] = mean;
      w = isOverwritten ? mean : w;
    }
    if constexpr (!kIsPlain) w = limited(w, low, high);
    weight[i] = w;
  }
}

// Most steps need nothing around their formula, and get a loop without it.
template <typename Formula>
[[gnu::always_inline]] inline void stepRow(const UpdateRow& row, int64_t first, int64_t last,
                                           const StepMoment& moment, const Formula& formula) {
  const bool isPlain = row.scale == 1 && row.decay == 0 && row.low == -kNoLimit &&
                       row.high == kNoLimit && moment.clipvalue == kNoLimit;
  if (row.average != nullptr) {
    loopOver<false, true>(row, first, last, moment, formula);
  } else if (isPlain) {
    loopOver<true, false>(row, first, last, moment, formula);
  } else {
    loopOver<false, false>(row, first, last, moment, formula);
  }
}

}  // namespace gantorch::kernels
