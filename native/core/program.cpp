#include "core/program.h"

#include <c10/core/GradMode.h>

#include <algorithm>
#include <sstream>
#include <unordered_set>

#include "core/failure.h"

namespace gantorch {

namespace {

// Values that some gradients node of the phase differentiates by.
std::unordered_set<ValueId> leavesOf(const PlanPhase& phase) {
  std::unordered_set<ValueId> leaves;
  for (const PlanNode& node : phase.nodes) {
    if (node.op != "gradients") continue;
    const auto ys = static_cast<size_t>(node.attributes.number("ys"));
    leaves.insert(node.inputs.begin() + ys, node.inputs.end());
  }
  return leaves;
}

// Only the last gradients node of a phase may free what autograd saved.
void retainGraphs(PlanPhase& phase) {
  bool isLast = true;
  for (auto node = phase.nodes.rbegin(); node != phase.nodes.rend(); ++node) {
    if (node->op != "gradients") continue;
    node->attributes.set("retain", !isLast);
    isLast = false;
  }
}

std::string describeInputs(const Tensors& inputs) {
  std::ostringstream text;
  for (size_t i = 0; i < inputs.size(); i++) text << (i ? ", " : "") << inputs[i].sizes();
  return text.str();
}

}  // namespace

Program::Program(std::shared_ptr<Store> store, Plan plan)
    : store_(std::move(store)), plan_(std::move(plan)) {
  plan_.requireDeclaredValues();
  for (PlanPhase& phase : plan_.phases) {
    retainGraphs(phase);
    auto leaves = leavesOf(phase);
    Phase ready;
    for (const PlanWeight& weight : phase.weights) {
      ready.weights.push_back({at::Tensor(), leaves.erase(weight.value) > 0});
    }
    for (const PlanNode& node : phase.nodes) {
      Step step{makeOperation(node), {}};
      for (size_t i = 0; i < node.outputs.size(); i++) {
        if (leaves.erase(node.outputs[i])) step.leaves.push_back(i);
      }
      ready.steps.push_back(std::move(step));
    }
    ready.leaves.assign(leaves.begin(), leaves.end());
    for (const PlanUpdate& update : phase.updates) ready.updates.push_back(makeUpdate(update));
    phases_.push_back(std::move(ready));
  }
}

void Program::findWeights() {
  const auto findAll = [this](const std::vector<WeightId>& ids) {
    std::vector<at::Tensor> tensors;
    for (const WeightId id : ids) tensors.push_back(store_->find(id));
    return tensors;
  };
  for (size_t i = 0; i < phases_.size(); i++) {
    const PlanPhase& plan = plan_.phases[i];
    Phase& phase = phases_[i];
    for (size_t w = 0; w < plan.weights.size(); w++) {
      phase.weights[w].tensor = store_->find(plan.weights[w].weight);
    }
    phase.updated.clear();
    phase.slots.clear();
    for (const PlanUpdate& update : plan.updates) {
      phase.updated.push_back(findAll(update.weights));
      phase.slots.push_back(findAll(update.slots));
    }
  }
  weightsFound_ = true;
}

Tensors Program::run(const Tensors& inputs) {
  if (!weightsFound_) findWeights();
  const c10::AutoGradMode noGradients(false);
  Tensors values(plan_.values.size());
  for (size_t i = 0; i < plan_.inputs.size(); i++) values[plan_.inputs[i].value] = inputs.at(i);
  for (size_t i = 0; i < phases_.size(); i++) runPhase(i, values);
  Tensors outputs;
  for (const ValueId id : plan_.outputs) outputs.push_back(values[id].detach());
  return outputs;
}

void Program::runPhase(size_t index, Tensors& values) {
  const PlanPhase& plan = plan_.phases[index];
  const Phase& phase = phases_[index];
  for (const ValueId id : phase.leaves) values[id] = values[id].detach().requires_grad_();
  for (size_t i = 0; i < plan.weights.size(); i++) {
    const auto& [tensor, isLeaf] = phase.weights[i];
    // A leaf of its own for every run; the memory is the Store's.
    values[plan.weights[i].value] = isLeaf ? tensor.detach().requires_grad_() : tensor;
  }
  for (size_t i = 0; i < plan.nodes.size(); i++) runNode(plan.nodes[i], phase.steps[i], values);
  applyUpdates(plan, phase, values);
  for (const PlanWeight& weight : plan.weights) {
    if (std::find(plan_.outputs.begin(), plan_.outputs.end(), weight.value) ==
        plan_.outputs.end()) {
      values[weight.value].reset();
    }
  }
}

void Program::runNode(const PlanNode& node, const Step& step, Tensors& values) {
  Tensors inputs;
  inputs.reserve(node.inputs.size());
  for (const ValueId id : node.inputs) inputs.push_back(values[id]);
  try {
    const c10::AutoGradMode gradients(node.differentiable);
    Tensors outputs = step.operation(store_->random, inputs);
    for (const size_t leaf : step.leaves) {
      if (!outputs[leaf].requires_grad()) outputs[leaf] = outputs[leaf].detach().requires_grad_();
    }
    for (size_t i = 0; i < node.outputs.size(); i++) {
      values[node.outputs[i]] = std::move(outputs.at(i));
    }
  } catch (...) {
    Failure failure = currentFailure(node.scope.empty() ? "ops." + node.op : node.scope);
    failure.message = node.op + " of " + describeInputs(inputs) + ": " + failure.message;
    throw failure;
  }
  for (const ValueId id : node.release) values[id].reset();
}

void Program::applyUpdates(const PlanPhase& plan, const Phase& phase, const Tensors& values) {
  std::vector<std::function<void()>> writes;
  for (size_t i = 0; i < plan.updates.size(); i++) {
    Tensors inputs;
    for (const ValueId id : plan.updates[i].inputs) inputs.push_back(values[id]);
    writes.push_back(phase.updates[i]({phase.updated[i], phase.slots[i], inputs}));
  }
  for (const auto& write : writes) write();
}

}  // namespace gantorch
