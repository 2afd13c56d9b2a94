#include "ops/update.h"

#include "core/failure.h"
#include "core/store.h"
#include "ops/element_update.h"

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
    return [=] { copyElements(weight, value); };
  };
}

}  // namespace

Update makeUpdate(const PlanUpdate& update) {
  if (update.op == "assign") return assign(update);
  if (auto made = elementUpdate(update)) return *std::move(made);
  throw Failure(kNativeFailure, "plan", "native code has no update " + update.op);
}

}  // namespace gantorch
