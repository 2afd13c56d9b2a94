// Which numbers a random op takes.
#pragma once

#include "kernels/philox.h"
#include "ops/operation.h"

namespace gantorch {

// Fixed by the node's `key`; or the next of the Store, under the node's `stream` if it has one.
RandomStream streamOf(const PlanNode& node, RandomState& random);

}  // namespace gantorch
