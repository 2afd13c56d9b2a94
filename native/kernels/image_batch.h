#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace gantorch::kernels {

// The pictures at `places` (int32, each a legal index) of (n, height, width, channels) bytes, as
// floats: byte b becomes (b - offset) / scale. Where `mirrored` (bool, one for each place) is true
// a picture is turned left to right.
at::Tensor imageBatch(const at::Tensor& pictures, const at::Tensor& places,
                      const std::optional<at::Tensor>& mirrored, float offset, float scale);

}  // namespace gantorch::kernels
