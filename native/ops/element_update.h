// Updates by element-wise optimizers: lib/optimizers/native_update.ts describes them.
#pragma once

#include <optional>

#include "ops/update.h"

namespace gantorch {

// Nothing where native code has no optimizer of this name.
std::optional<Update> elementUpdate(const PlanUpdate& update);

}  // namespace gantorch
