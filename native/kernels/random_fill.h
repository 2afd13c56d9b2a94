#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/philox.h"

namespace gantorch::kernels {

// Fill a contiguous float tensor, independent of the number of threads.
void fillUniform(const at::Tensor& tensor, double low, double high, const RandomStream& stream);
void fillNormal(const at::Tensor& tensor, double mean, double stddev, const RandomStream& stream);

// Integers low <= x < high, into a tensor of int32; high - low is at most 2^32.
void fillIntegers(const at::Tensor& tensor, int64_t low, int64_t high, const RandomStream& stream);

}  // namespace gantorch::kernels
