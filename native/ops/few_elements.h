#pragma once

#include "ops/operation.h"

namespace gantorch {

// The node's op with a way of its own for so few elements that calling ATen costs many times their
// arithmetic. Its results are those of `usual`, bit for bit, but for sums and means: these are
// rounded once. Where autograd records, it is `usual`.
Operation withFewElements(const PlanNode& node, Operation usual);

}  // namespace gantorch
