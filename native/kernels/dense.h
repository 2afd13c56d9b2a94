#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace gantorch::kernels {

// x (rows, in) times kernel (in, out), plus bias (out) where there is one: (rows, out).
// Differentiable to any order. Of few rows ATen's products reach half of what the processor can do,
// or less; there, and where AVX-512 is, it has products of its own. Their results don't depend on
// the number of threads. With a slope, negative results are multiplied by it; 0 is ReLU.
at::Tensor dense(const at::Tensor& x, const at::Tensor& kernel,
                 const std::optional<at::Tensor>& bias, std::optional<float> slope = std::nullopt);

struct DenseWants {
  bool x, kernel, bias;
  // Of the activation that made x: the gradient of x is that of what x was made of.
  std::optional<float> slope = std::nullopt;
};

// Those that are not wanted are undefined.
struct DenseGradients {
  at::Tensor x, kernel, bias;
};

// The gradients from dy (rows, out), not differentiable.
DenseGradients denseGradients(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& kernel,
                              const DenseWants& wants);

// The same by ATen, differentiable.
DenseGradients denseGradientsReference(const at::Tensor& dy, const at::Tensor& x,
                                       const at::Tensor& kernel, const DenseWants& wants);

}  // namespace gantorch::kernels
