#include "core/program.h"

#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>
#include <omp.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <string_view>
#include <unordered_set>

#include "core/allocator.h"
#include "core/failure.h"
#include "core/profile.h"
#include "core/runtime.h"

namespace gantorch {

namespace {

// Values that some gradients node differentiates by. They are leaves from where they come in, since
// a later phase may differentiate through what an earlier one computed.
std::unordered_set<ValueId> leavesOf(const Plan& plan) {
  std::unordered_set<ValueId> leaves;
  for (const PlanPhase& phase : plan.phases) {
    for (const PlanNode& node : phase.nodes) {
      if (node.op != "gradients") continue;
      const auto ys = static_cast<size_t>(node.attributes.number("ys"));
      leaves.insert(node.inputs.begin() + ys, node.inputs.end());
    }
  }
  return leaves;
}

// Indices of the outputs that the phase computes or reads from the Store.
std::vector<size_t> outputsOf(const PlanPhase& phase, const std::vector<ValueId>& outputs) {
  std::unordered_set<ValueId> values;
  for (const PlanWeight& weight : phase.weights) values.insert(weight.value);
  for (const PlanNode& node : phase.nodes) values.insert(node.outputs.begin(), node.outputs.end());
  std::vector<size_t> found;
  for (size_t i = 0; i < outputs.size(); i++) {
    if (values.count(outputs[i])) found.push_back(i);
  }
  return found;
}

// Elements up to which a second thread makes no op faster.
constexpr double kSmall = 4096;

// While one exists, this thread's ops use no other thread.
class OneThread {
 public:
  // Asked of libtorch, which sets the number when it is first asked on a thread.
  OneThread() : before_(at::get_num_threads()) { omp_set_num_threads(1); }
  ~OneThread() { omp_set_num_threads(before_); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
};

std::string describeInputs(const Tensors& inputs) {
  std::ostringstream text;
  for (size_t i = 0; i < inputs.size(); i++) {
    text << (i ? ", " : "");
    if (inputs[i].defined()) text << inputs[i].sizes();
  }
  return text.str();
}

}  // namespace

Program::Program(std::shared_ptr<Store> store, Plan plan)
    : store_(std::move(store)), plan_(std::move(plan)) {
  plan_.requireLegal();
  for (const PlanValue& value : plan_.values) {
    double size = 1;
    for (const auto& length : value.shape) size *= static_cast<double>(length.value_or(1));
    const bool isBatch = !value.shape.empty() && !value.shape[0];
    double& largest = isBatch ? largestItem_ : largestFixed_;
    largest = std::max(largest, size);
  }
  const auto leaves = leavesOf(plan_);
  for (const PlanInput& input : plan_.inputs) {
    if (leaves.count(input.value)) leaves_.push_back(input.value);
  }
  for (const PlanPhase& phase : plan_.phases) {
    Phase ready;
    for (const PlanWeight& weight : phase.weights) {
      ready.weights.push_back({at::Tensor(), leaves.count(weight.value) > 0});
    }
    for (const PlanNode& node : phase.nodes) {
      Step step{makeOperation(node), {}};
      for (size_t i = 0; i < node.outputs.size(); i++) {
        if (leaves.count(node.outputs[i])) step.leaves.push_back(i);
      }
      ready.steps.push_back(std::move(step));
    }
    for (const PlanUpdate& update : phase.updates) ready.updates.push_back(makeUpdate(update));
    ready.outputs = outputsOf(phase, plan_.outputs);
    phases_.push_back(std::move(ready));
  }
}

void Program::findWeights() {
  const uint64_t generation = store_->generation();
  const auto findAll = [this](const std::vector<WeightId>& ids, std::vector<at::Tensor>& found,
                              bool isFirstValue) {
    found.resize(ids.size());
    for (size_t i = 0; i < ids.size(); i++) {
      found[i] = isFirstValue ? store_->room(ids[i], found[i]) : store_->find(ids[i], found[i]);
    }
  };
  for (size_t i = 0; i < phases_.size(); i++) {
    const PlanPhase& plan = plan_.phases[i];
    Phase& phase = phases_[i];
    for (size_t w = 0; w < plan.weights.size(); w++) {
      at::Tensor& tensor = phase.weights[w].tensor;
      tensor = store_->find(plan.weights[w].weight, tensor);
    }
    phase.updated.resize(plan.updates.size());
    phase.slots.resize(plan.updates.size());
    for (size_t u = 0; u < plan.updates.size(); u++) {
      findAll(plan.updates[u].weights, phase.updated[u], plan.updates[u].op == "assign");
      findAll(plan.updates[u].slots, phase.slots[u], false);
    }
  }
  generation_ = generation;
  isFilled_ = false;
}

bool Program::isSmall(const Tensors& inputs) const {
  double batch = 1;
  for (size_t i = 0; i < inputs.size(); i++) {
    const PlanValue& value = plan_.values[plan_.inputs[i].value];
    if (!value.shape.empty() && !value.shape[0]) batch = static_cast<double>(inputs[i].size(0));
  }
  return largestFixed_ <= kSmall && largestItem_ * batch <= kSmall;
}

Tensors Program::run(Tensors inputs) {
  try {
    return runPhases(std::move(inputs));
  } catch (const Failure& failure) {
    // All that the run held is free again, and of use to others too: libtorch's products end the
    // process where there is no memory for their code.
    if (std::string_view(failure.code) == kOutOfMemory) emptyAllocatorCache();
    throw;
  }
}

Tensors Program::runPhases(Tensors inputs) {
  std::optional<OneThread> oneThread;
  if (isSmall(inputs)) oneThread.emplace();
  if (generation_ != store_->generation()) findWeights();
  const c10::AutoGradMode noGradients(false);
  Tensors values(plan_.values.size());
  for (size_t i = 0; i < plan_.inputs.size(); i++) {
    values[plan_.inputs[i].value] = std::move(inputs[i]);
  }
  Tensors outputs(plan_.outputs.size());
  for (size_t i = 0; i < outputs.size(); i++) outputs[i] = values[plan_.outputs[i]];
  for (const ValueId id : leaves_) values[id] = values[id].detach().requires_grad_();
  for (size_t i = 0; i < phases_.size(); i++) {
    const uint64_t sequence = store_->random.sequence;
    try {
      runPhase(i, values, outputs);
      if (!isFilled_) markFilled(plan_.phases[i]);
    } catch (...) {
      // Later random numbers are those of a run without the failure.
      store_->random.sequence = sequence;
      throw;
    }
  }
  isFilled_ = true;
  return outputs;
}

void Program::runPhase(size_t index, Tensors& values, Tensors& outputs) {
  const PlanPhase& plan = plan_.phases[index];
  Phase& phase = phases_[index];
  const ProfileScope profile(plan.name, static_cast<const void*>(&plan));
  if (plan.isKept) {
    recallNodes(plan, phase, values);
  } else {
    runNodes(plan, phase, values);
  }
  // Before the updates: they may change a weight that is an output, and nothing may fail after
  // them.
  for (const size_t i : phase.outputs) outputs[i] = resultOf(values[plan_.outputs[i]]);
  applyUpdates(plan, phase, values);
}

void Program::recallNodes(const PlanPhase& plan, Phase& phase, Tensors& values) {
  const uint64_t version = store_->version();
  if (phase.version != version) {
    phase.kept.clear();
    phase.version = 0;
    runNodes(plan, phase, values);
    const auto keep = [&](ValueId id) {
      if (values[id].defined()) phase.kept.emplace_back(id, values[id]);
    };
    for (const PlanWeight& weight : plan.weights) keep(weight.value);
    for (const PlanNode& node : plan.nodes)
      std::for_each(node.outputs.begin(), node.outputs.end(), keep);
    phase.version = version;
  } else {
    for (const auto& [id, tensor] : phase.kept) values[id] = tensor;
  }
}

void Program::runNodes(const PlanPhase& plan, const Phase& phase, Tensors& values) {
  for (size_t i = 0; i < plan.weights.size(); i++) {
    const auto& [tensor, isLeaf] = phase.weights[i];
    // A leaf of its own for every run; the memory is the Store's.
    values[plan.weights[i].value] = isLeaf ? tensor.detach().requires_grad_() : tensor;
  }
  for (size_t i = 0; i < plan.nodes.size(); i++) runNode(plan.nodes[i], phase.steps[i], values);
}

at::Tensor Program::resultOf(const at::Tensor& value) const {
  const at::Tensor result = value.detach().contiguous();
  for (const Phase& phase : phases_) {
    for (const WeightUse& use : phase.weights) {
      if (result.is_alias_of(use.tensor)) return result.clone();
    }
  }
  return result;
}

void Program::runNode(const PlanNode& node, const Step& step, Tensors& values) {
  Runtime::instance().checkAbandoned();
  const ProfileScope profile(node.op, node.scope);
  Tensors inputs;
  inputs.reserve(node.inputs.size());
  for (const ValueId id : node.inputs) inputs.push_back(values[id]);
  // Before the op runs, which may write over what only it sees; unused outputs go after it.
  for (const ValueId id : node.release) values[id].reset();
  try {
    const c10::AutoGradMode gradients(node.differentiable);
    Tensors outputs = step.operation(store_->random, inputs);
    for (const size_t leaf : step.leaves) {
      if (!outputs[leaf].requires_grad()) outputs[leaf] = outputs[leaf].detach().requires_grad_();
    }
    for (size_t i = 0; i < node.outputs.size(); i++) {
      const ValueId id = node.outputs[i];
      const bool isUnused = std::count(node.release.begin(), node.release.end(), id) > 0;
      values[id] = isUnused ? at::Tensor() : std::move(outputs.at(i));
    }
  } catch (...) {
    Failure failure = currentFailure(node.scope.empty() ? "ops." + node.op : node.scope);
    failure.message = node.op + " of " + describeInputs(inputs) + ": " + failure.message;
    throw failure;
  }
}

void Program::applyUpdates(const PlanPhase& plan, const Phase& phase, const Tensors& values) {
  const ProfileScope profile("update", plan.name);
  std::vector<std::function<void()>> writes;
  for (size_t i = 0; i < plan.updates.size(); i++) {
    Tensors inputs;
    for (const ValueId id : plan.updates[i].inputs) inputs.push_back(values[id]);
    writes.push_back(phase.updates[i]({phase.updated[i], phase.slots[i], inputs}));
  }
  if (!writes.empty()) store_->noteChange();
  for (const auto& write : writes) write();
}

void Program::markFilled(const PlanPhase& plan) {
  for (const PlanUpdate& update : plan.updates) {
    for (const WeightId id : update.weights) store_->markFilled(id);
  }
}

}  // namespace gantorch
