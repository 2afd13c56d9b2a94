#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "kernels/philox.h"

namespace gantorch::kernels {

struct Dropout {
  // Share of the elements that become 0, to 1/65536.
  double rate;
  RandomStream stream;

  // By what the other elements are multiplied.
  float scale() const { return static_cast<float>(1 / (1 - rate)); }
};

// The mask of one tensor, made piece by piece where it is used and never as a whole. An element's
// value depends on its place alone.
class DropoutMask {
 public:
  // `scale` stands for that of the elements that stay.
  DropoutMask(const Dropout& dropout, float scale);

  // The values of the elements first .. last - 1, until the next call.
  const float* of(int64_t first, int64_t last);

 private:
  RandomStream stream_;
  uint32_t threshold_;
  float scale_;
  std::vector<float> values_;
};

// The whole mask of a float tensor: 0 or the scale for each element.
at::Tensor dropoutMask(at::IntArrayRef shape, const Dropout& dropout);

}  // namespace gantorch::kernels
