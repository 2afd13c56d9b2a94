#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

namespace gantorch::kernels {

// The matrix (to, from) that resizes an axis as TensorFlow does: centres at 0.5, 1.5, ...; what
// would lie outside has no weight, and the rest of the row is scaled to a sum of 1.
// Interpolations: bilinear, bicubic, lanczos3, lanczos5.
at::Tensor resizeWeights(int64_t from, int64_t to, const std::string& interpolation,
                         bool antialias);

}  // namespace gantorch::kernels
