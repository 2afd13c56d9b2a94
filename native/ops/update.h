// Changes of weights at the end of a phase.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

#include "core/plan.h"

namespace gantorch {

struct UpdateArguments {
  const std::vector<at::Tensor>& weights;
  const std::vector<at::Tensor>& slots;
  const std::vector<at::Tensor>& inputs;
};

// Two parts, so that nothing has changed when anything fails: `prepare` may throw and allocates
// all that is needed, the function it returns only writes. The tensors of the arguments are alive
// until then.
using Update = std::function<std::function<void()>(const UpdateArguments&)>;

Update makeUpdate(const PlanUpdate& update);

}  // namespace gantorch
