// Optimizers that change each element by itself: all weights of a model in one parallel region.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include "kernels/dense_kernel_gradient.h"

namespace gantorch::kernels {

inline constexpr float kNoLimit = std::numeric_limits<float>::infinity();

// State of a weight, in the order in which the optimizer lists its kinds.
using Slots = std::array<float*, 3>;

// One weight with its gradient and state, laid out alike in memory and without gaps.
struct UpdateRow {
  int64_t size = 0;
  float* weight = nullptr;
  // In memory, or found piece by piece just before it is used.
  const float* gradient = nullptr;
  std::optional<DenseKernelGradient> product = std::nullopt;
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

// All weights of a model. What can fail is done when it is made.
class UpdateRows {
 public:
  explicit UpdateRows(std::vector<UpdateRow> rows);

  // Shares the elements of all rows evenly among the threads; few elements are done on this one.
  void step(const RowStep& step) const;

 private:
  void stepProduct(const UpdateRow& row, int64_t first, int64_t last, float* room,
                   const RowStep& step) const;

  std::vector<UpdateRow> rows_;
  int64_t total_ = 0;
  // Of the gradients that are products.
  int64_t flops_ = 0;
  // For each thread, the piece of a gradient that it is at.
  int64_t piece_ = 0;
  at::Tensor room_;
};

}  // namespace gantorch::kernels
