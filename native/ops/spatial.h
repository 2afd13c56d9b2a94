// What convolutions, pooling and resizing share: images of one or two spatial axes.
#pragma once

#include <string>

#include "ops/operation.h"

namespace gantorch {

using Lengths = std::vector<int64_t>;

// Where the attribute `dataFormat` says that channels lie.
class ImageLayout {
 public:
  explicit ImageLayout(const PlanNode& node);

  // The view (batch, channels, rows, columns) that ATen wants; of 1-D images one row. No copy:
  // contiguous channels_last images are libtorch's channels_last.
  at::Tensor toNative(const at::Tensor& x) const;
  // Back to the layout of `like`.
  at::Tensor fromNative(const at::Tensor& y, const at::Tensor& like) const;

 private:
  bool channelsFirst_;
};

// An attribute with one positive number for each spatial axis, as (rows, columns): 1 row if 1-D.
Lengths perAxis(const PlanNode& node, const std::string& name);

struct AxisPadding {
  int64_t before;
  int64_t after;
};

// Keras's 'same': ceil(length / stride) results, what can't be halved goes behind.
AxisPadding samePadding(int64_t length, int64_t kernel, int64_t stride);

}  // namespace gantorch
