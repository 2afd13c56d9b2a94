// Which numbers a random op takes.
#pragma once

#include "kernels/dropout_mask.h"
#include "ops/operation.h"

namespace gantorch {

// Fixed by the node's `key`; or the next of the Store, under the node's `stream` if it has one.
RandomStream streamOf(const PlanNode& node, RandomState& random);

// The dropout that the attribute `rate` asks for; it takes its numbers at every call.
kernels::Dropout dropoutOf(const PlanNode& node, RandomState& random);

}  // namespace gantorch
