// lib/ops/resize.ts
#include <ATen/ops/_upsample_nearest_exact2d.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/upsample_nearest2d.h>

#include "kernels/resize_weights.h"
#include "ops/spatial.h"

namespace gantorch {

namespace {

Operation upSampleNearest(const PlanNode& node) {
  const ImageLayout layout(node);
  const Lengths size = perAxis(node, "size");
  return [=](RandomState&, const Tensors& in) -> Tensors {
    const at::Tensor x = layout.toNative(in[0]);
    const Lengths target = {x.size(2) * size[0], x.size(3) * size[1]};
    return {layout.fromNative(at::upsample_nearest2d(x, target), in[0])};
  };
}

// Multiplies one axis of x by a matrix (to, from).
at::Tensor alongAxis(const at::Tensor& x, int64_t axis, const at::Tensor& matrix) {
  Lengths shape = x.sizes().vec();
  int64_t after = 1;
  for (int64_t i = axis + 1; i < x.dim(); i++) after *= x.size(i);
  const at::Tensor y = at::matmul(matrix, x.reshape({-1, x.size(axis), after}));
  shape[static_cast<size_t>(axis)] = matrix.size(0);
  return y.reshape(shape);
}

// ATen's cubic has other coefficients and other borders than TensorFlow's, and it has no Lanczos.
Operation weightedResize(const PlanNode& node) {
  const Lengths from = perAxis(node, "from");
  const Lengths size = perAxis(node, "size");
  const std::string& interpolation = node.attributes.text("interpolation");
  const bool antialias = node.attributes.boolean("antialias");
  const int64_t firstAxis = node.attributes.text("dataFormat") == "channels_first" ? 2 : 1;
  const at::Tensor rows = kernels::resizeWeights(from[0], size[0], interpolation, antialias);
  const at::Tensor columns = kernels::resizeWeights(from[1], size[1], interpolation, antialias);
  return [=](RandomState&, const Tensors& in) -> Tensors {
    const at::Tensor y = alongAxis(in[0], firstAxis, rows.to(in[0].options()));
    return {alongAxis(y, firstAxis + 1, columns.to(in[0].options()))};
  };
}

Operation resize(const PlanNode& node) {
  const std::string& interpolation = node.attributes.text("interpolation");
  const bool isNearest = interpolation == "nearest";
  const bool isPlainBilinear = interpolation == "bilinear" && !node.attributes.boolean("antialias");
  if (!isNearest && !isPlainBilinear) return weightedResize(node);
  const ImageLayout layout(node);
  const Lengths size = perAxis(node, "size");
  return [=](RandomState&, const Tensors& in) -> Tensors {
    const at::Tensor x = layout.toNative(in[0]);
    const at::Tensor y = isNearest ? at::_upsample_nearest_exact2d(x, size)
                                   : at::upsample_bilinear2d(x, size, false);
    return {layout.fromNative(y, in[0])};
  };
}

}  // namespace

void registerResize(OperationTable& table) {
  table["upSampleNearest"] = upSampleNearest;
  table["resize"] = resize;
}

}  // namespace gantorch
