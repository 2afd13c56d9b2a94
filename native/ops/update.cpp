#include "ops/update.h"

#include "core/failure.h"
#include "kernels/adam.h"

namespace gantorch {

namespace {

// Sets a weight to a value.
Update assign(const PlanUpdate&) {
  return [](const UpdateArguments& arguments) -> std::function<void()> {
    const at::Tensor weight = arguments.weights.at(0);
    const at::Tensor value = arguments.inputs.at(0);
    if (weight.sizes() != value.sizes() || weight.scalar_type() != value.scalar_type()) {
      throw Failure(kShape, "assign", "a new value does not fit its weight");
    }
    return [=] { weight.copy_(value); };
  };
}

// Weights w; slots: all momentums, all velocities, the step count; inputs: learning rate, gradients.
Update adam(const PlanUpdate& update) {
  const kernels::AdamOptions options = {
      update.attributes.number("beta1"), update.attributes.number("beta2"),
      update.attributes.number("epsilon"), update.attributes.number("decay")};
  return [=](const UpdateArguments& arguments) -> std::function<void()> {
    const size_t count = arguments.weights.size();
    if (arguments.slots.size() != 2 * count + 1 || arguments.inputs.size() != count + 1) {
      throw Failure(kNativeFailure, "adam", "expects two slots and a gradient for each weight");
    }
    std::vector<kernels::AdamWeight> weights;
    for (size_t i = 0; i < count; i++) {
      weights.push_back(kernels::prepareAdam(arguments.weights[i], arguments.slots[i],
                                             arguments.slots[count + i],
                                             arguments.inputs[i + 1]));
    }
    const at::Tensor iteration = arguments.slots.back();
    const auto learningRate = arguments.inputs[0].item<float>();
    return [=] { kernels::stepAdam(weights, iteration, learningRate, options); };
  };
}

}  // namespace

Update makeUpdate(const PlanUpdate& update) {
  if (update.op == "assign") return assign(update);
  if (update.op == "adam") return adam(update);
  throw Failure(kNativeFailure, "plan", "native code has no update " + update.op);
}

}  // namespace gantorch
