// Optimizers that change each element by itself: all weights of a model in one parallel region.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

namespace gantorch::kernels {

inline constexpr float kNoLimit = std::numeric_limits<float>::infinity();

// State of a weight, in the order in which the optimizer lists its kinds.
using Slots = std::array<float*, 3>;

// One weight with its gradient and state, laid out alike in memory and without gaps.
struct UpdateRow {
  int64_t size = 0;
  float* weight = nullptr;
  const float* gradient = nullptr;
  Slots slots{};
  // The moving average of the weight, or nullptr.
  float* average = nullptr;
  // What the gradient is multiplied by.
  float scale = 1;
  // Share of the weight, times the learning rate, that is taken off first.
  float decay = 0;
  // Bounds of the new weight.
  float low = -kNoLimit;
  float high = kNoLimit;
};

// What is common to all weights in one step.
struct StepMoment {
  float rate;
  // 1 in the first step.
  float count;
  // Largest absolute value of each element of a gradient, applied after `scale`.
  float clipvalue = kNoLimit;
  // Kept share of the averages.
  float kept = 0;
  // Weights become their averages.
  bool isOverwritten = false;
};

// Changes the elements from `first` up to, not including, `last`.
using RowStep = std::function<void(const UpdateRow& row, int64_t first, int64_t last)>;

// Makes the step of this moment: what depends on the rate and the count is computed here.
using StepMaker = std::function<RowStep(const StepMoment& moment)>;

// Shares the elements of all rows evenly among the threads; few elements are done on this one.
void stepRows(const std::vector<UpdateRow>& rows, const RowStep& step);

}  // namespace gantorch::kernels
