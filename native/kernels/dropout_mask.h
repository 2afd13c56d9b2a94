#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/philox.h"

namespace gantorch::kernels {

// 0 with probability `rate` (to 1/65536), else 1 / (1 - rate), for each element.
at::Tensor dropoutMask(at::IntArrayRef shape, double rate, const RandomStream& stream);

}  // namespace gantorch::kernels
