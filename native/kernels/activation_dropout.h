#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/dropout_mask.h"

namespace gantorch::kernels {

// A (leaky) ReLU and the dropout behind it: x is multiplied by `slope` where it is not positive (1
// for no activation, 0 for ReLU), then elements are dropped. x is of a floating type, and results
// are rounded to it after each of the two. Differentiable to any order.
at::Tensor activationDropout(const at::Tensor& x, double slope, const Dropout& dropout);

}  // namespace gantorch::kernels
