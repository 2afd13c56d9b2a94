#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/philox.h"

namespace gantorch::kernels {

// Where a Generator of lib/random.ts stands: its key, and how many words it has given.
struct GeneratorState {
  uint32_t keyLow;
  uint32_t keyHigh;
  uint64_t position;
};

// Fill a contiguous tensor with what that Generator's methods of these names give next: normal
// takes four words for two numbers, the others two words for each.
void generateNormal(const at::Tensor& tensor, double mean, double stddev,
                    const GeneratorState& from);
void generateUniform(const at::Tensor& tensor, double low, double high, const GeneratorState& from);
// int32.
void generateIntegers(const at::Tensor& tensor, int64_t low, int64_t high,
                      const GeneratorState& from);

}  // namespace gantorch::kernels
