#pragma once

#include "ops/operation.h"

namespace gantorch {

// The attribute `axis`, counted from the first one.
int64_t axisOf(const PlanNode& node);

// In the attribute `shape`: the next of the inputs is the length.
inline constexpr int64_t kComputedLength = -3;

// A shape with its computed lengths filled in; they are the inputs from `first` on.
std::vector<int64_t> filledShape(const std::vector<int64_t>& lengths, const Tensors& in,
                                 size_t first);

}  // namespace gantorch
