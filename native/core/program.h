// A Plan made ready to run: ops looked up, attributes read, weights found.
#pragma once

#include <memory>
#include <vector>

#include "core/plan.h"
#include "core/store.h"
#include "ops/operation.h"
#include "ops/update.h"

namespace gantorch {

class Program {
 public:
  Program(std::shared_ptr<Store> store, Plan plan);

  const Plan& plan() const { return plan_; }

  // Runs all phases; only as a job of the Runtime. When it throws, the phase that failed has
  // changed no weight.
  Tensors run(Tensors inputs);

  // Whether no value has more than a few thousand elements. Such programs use one thread, so that
  // the Runtime may run them on any.
  bool isSmall(const Tensors& inputs) const;

 private:
  struct Step {
    Operation operation;
    // Outputs that a gradients node differentiates by.
    std::vector<size_t> leaves;
  };

  struct WeightUse {
    at::Tensor tensor;
    bool isLeaf;
  };

  struct Phase {
    std::vector<WeightUse> weights;
    std::vector<Step> steps;
    std::vector<Update> updates;
    std::vector<std::vector<at::Tensor>> updated;
    std::vector<std::vector<at::Tensor>> slots;
    // Indices into Plan::outputs of what this phase computes.
    std::vector<size_t> outputs;
    // Of a kept phase: its values, and the Store's version that they hold for.
    std::vector<std::pair<ValueId, at::Tensor>> kept;
    uint64_t version = 0;
  };

  Tensors runPhases(Tensors inputs);
  void findWeights();
  void runPhase(size_t index, Tensors& values, Tensors& outputs);
  void runNodes(const PlanPhase& plan, const Phase& phase, Tensors& values);
  // The same for a kept phase, where a weight has changed since; otherwise its values come back.
  void recallNodes(const PlanPhase& plan, Phase& phase, Tensors& values);
  void runNode(const PlanNode& node, const Step& step, Tensors& values);
  at::Tensor resultOf(const at::Tensor& value) const;
  void applyUpdates(const PlanPhase& plan, const Phase& phase, const Tensors& values);
  void markFilled(const PlanPhase& plan);

  std::shared_ptr<Store> store_;
  Plan plan_;
  // Elements of the largest value: of those that have no batch axis, and of one item of the others.
  double largestFixed_ = 0;
  double largestItem_ = 0;
  // Inputs that are differentiated by.
  std::vector<ValueId> leaves_;
  std::vector<Phase> phases_;
  // The Store's when the weights were found.
  uint64_t generation_ = 0;
  // The Store knows that the weights that this program assigns have values.
  bool isFilled_ = false;
};

}  // namespace gantorch
