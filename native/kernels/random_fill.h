#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/philox.h"

namespace gantorch::kernels {

// Fill a contiguous float tensor, independent of the number of threads.
void fillUniform(const at::Tensor& tensor, double low, double high, const RandomStream& stream);
void fillNormal(const at::Tensor& tensor, double mean, double stddev, const RandomStream& stream);

}  // namespace gantorch::kernels
