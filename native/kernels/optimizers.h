// Formulas of optimizers; they and their order are Keras 3's, as in lib/optimizers.
#pragma once

#include "kernels/element_update.h"

namespace gantorch::kernels {

struct AdamOptions {
  double beta1;
  double beta2;
  double epsilon;
  bool amsgrad;
};

// Slots: momentum, velocity, and with amsgrad the largest velocity.
StepMaker adam(const AdamOptions& options);

struct RMSpropOptions {
  double rho;
  double momentum;
  double epsilon;
  bool centered;
};

// Slots: velocity, with momentum the last change, with `centered` the mean gradient.
StepMaker rmsprop(const RMSpropOptions& options);

struct SGDOptions {
  double momentum;
  bool nesterov;
};

// Slots: with momentum the last change.
StepMaker sgd(const SGDOptions& options);

}  // namespace gantorch::kernels
