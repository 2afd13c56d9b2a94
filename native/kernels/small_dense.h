// Dense layers of so few products that calling ATen costs many times their arithmetic.
#pragma once

#include "kernels/dense.h"

namespace gantorch::kernels {

// Whether x (rows, in) and kernel (in, out) are for these.
bool isSmallDense(const at::Tensor& x, const at::Tensor& kernel);

// Neither is differentiable. `bias` may be undefined.
at::Tensor smallDense(const at::Tensor& x, const at::Tensor& kernel, const at::Tensor& bias);
DenseGradients smallDenseGradients(const at::Tensor& dy, const at::Tensor& x,
                                   const at::Tensor& kernel, const DenseWants& wants);

}  // namespace gantorch::kernels
