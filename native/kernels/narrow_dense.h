// Dense layers of one to three results for each row: vectors run along their inputs.
#pragma once

#include "kernels/dense.h"

namespace gantorch::kernels {

// Whether x (rows, in) and kernel (in, out) are for these.
bool isNarrowDense(const at::Tensor& x, const at::Tensor& kernel);

// Of contiguous tensors, neither differentiable. `bias` may be undefined. The results don't depend
// on the number of threads.
at::Tensor narrowDense(const at::Tensor& x, const at::Tensor& kernel, const at::Tensor& bias);
DenseGradients narrowDenseGradients(const at::Tensor& dy, const at::Tensor& x,
                                    const at::Tensor& kernel, const DenseWants& wants);

}  // namespace gantorch::kernels
