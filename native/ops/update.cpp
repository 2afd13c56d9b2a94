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

// Weights; slots: for each weight its momentum, then all velocities, then with amsgrad all largest
// velocities, then the step count; inputs: the learning rate and a gradient for each weight.
Update adam(const PlanUpdate& update) {
  const kernels::AdamOptions options = {
      update.attributes.number("beta1"), update.attributes.number("beta2"),
      update.attributes.number("epsilon"), update.attributes.boolean("amsgrad")};
  return [=](const UpdateArguments& arguments) -> std::function<void()> {
    const auto& [weights, slots, inputs] = arguments;
    const size_t count = weights.size();
    if (slots.size() != (options.amsgrad ? 3 : 2) * count + 1 || inputs.size() != count + 1) {
      throw Failure(kNativeFailure, "adam", "expects a gradient and slots for each weight");
    }
    std::vector<kernels::AdamWeight> prepared;
    for (size_t i = 0; i < count; i++) {
      prepared.push_back({weights[i], slots[i], slots[count + i],
                          options.amsgrad ? slots[2 * count + i] : at::Tensor(), inputs[i + 1]});
      kernels::prepareAdam(prepared.back());
    }
    const at::Tensor iteration = slots.back();
    if (iteration.numel() != 1 || iteration.scalar_type() != at::kFloat) {
      throw Failure(kNativeFailure, "adam", "the step count must be one number");
    }
    const auto learningRate = inputs[0].item<float>();
    return [=] { kernels::stepAdam(prepared, iteration, learningRate, options); };
  };
}

}  // namespace

Update makeUpdate(const PlanUpdate& update) {
  if (update.op == "assign") return assign(update);
  if (update.op == "adam") return adam(update);
  throw Failure(kNativeFailure, "plan", "native code has no update " + update.op);
}

}  // namespace gantorch
