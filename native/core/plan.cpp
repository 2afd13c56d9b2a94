#include "core/plan.h"

#include <algorithm>
#include <cmath>

#include "core/failure.h"

namespace gantorch {

DType dtypeNamed(const std::string& name) {
  if (name == "float32") return DType::float32;
  if (name == "int32") return DType::int32;
  if (name == "uint8") return DType::uint8;
  if (name == "bool") return DType::boolean;
  if (name == "bfloat16") return DType::bfloat16;
  if (name == "float16") return DType::float16;
  throw Failure(kNativeFailure, "plan", "unknown element type " + name);
}

template <typename T>
const T& Attributes::get(const std::string& name) const {
  const auto found = values_.find(name);
  const T* value = found == values_.end() ? nullptr : std::get_if<T>(&found->second);
  if (!value) throw Failure(kNativeFailure, "plan", "an op lacks its attribute " + name);
  return *value;
}

template const bool& Attributes::get(const std::string&) const;
template const double& Attributes::get(const std::string&) const;
template const std::string& Attributes::get(const std::string&) const;
template const std::vector<double>& Attributes::get(const std::string&) const;

std::vector<int64_t> Attributes::integers(const std::string& name) const {
  constexpr double kLargest = 9007199254740991.0;
  const auto& numbers = get<std::vector<double>>(name);
  std::vector<int64_t> integers;
  for (const double number : numbers) {
    if (!(std::abs(number) <= kLargest) || number != std::floor(number)) {
      throw Failure(kNativeFailure, "plan", name + " must be whole numbers");
    }
    integers.push_back(static_cast<int64_t>(number));
  }
  return integers;
}

std::vector<int64_t> Attributes::pair(const std::string& name) const {
  std::vector<int64_t> numbers = integers(name);
  if (numbers.size() != 2 || numbers[0] < 1 || numbers[1] < 1) {
    throw Failure(kNativeFailure, "plan", name + " must be two positive numbers");
  }
  return numbers;
}

namespace {

// Follows the values of a Plan from line to line.
class Values {
 public:
  explicit Values(size_t count) : states_(count, State::unknown) {}

  void define(ValueId id) { change(id, State::unknown, State::live, "is computed twice"); }

  void release(ValueId id) { change(id, State::live, State::gone, "is not there to release"); }

  void use(const std::vector<ValueId>& ids) {
    for (const ValueId id : ids)
      change(id, State::live, State::live, "is not there when it is used");
  }

 private:
  enum class State { unknown, live, gone };

  void change(ValueId id, State from, State to, const char* otherwise) {
    const std::string value = "value " + std::to_string(id) + " ";
    if (id >= states_.size()) throw Failure(kNativeFailure, "plan", value + "is not declared");
    if (states_[id] != from) throw Failure(kNativeFailure, "plan", value + otherwise);
    states_[id] = to;
  }

  std::vector<State> states_;
};

void requireGradientEnds(const PlanNode& node) {
  const double ys = node.attributes.number("ys");
  const auto xs = static_cast<double>(node.outputs.size());
  if (!(ys >= 0) || ys + xs != static_cast<double>(node.inputs.size())) {
    throw Failure(kNativeFailure, "plan", "gradients must give one result for each x");
  }
}

}  // namespace

void Plan::requireLegal() const {
  Values state(values.size());
  const auto isOfRun = [](const PlanPhase& phase) { return !phase.isKept; };
  const auto ofRun = std::find_if(phases.begin(), phases.end(), isOfRun);
  if (!std::all_of(ofRun, phases.end(), isOfRun)) {
    throw Failure(kNativeFailure, "plan", "kept phases must come first");
  }
  const auto walk = [&state](const PlanPhase& phase) {
    for (const PlanWeight& weight : phase.weights) state.define(weight.value);
    for (const PlanNode& node : phase.nodes) {
      state.use(node.inputs);
      for (const ValueId id : node.outputs) state.define(id);
      for (const ValueId id : node.release) state.release(id);
      if (node.op == "gradients") requireGradientEnds(node);
    }
    for (const PlanUpdate& update : phase.updates) state.use(update.inputs);
    if (phase.isKept && !phase.updates.empty()) {
      throw Failure(kNativeFailure, "plan", "a kept phase must change no weight");
    }
  };
  std::for_each(phases.begin(), ofRun, walk);
  for (const PlanInput& input : inputs) state.define(input.value);
  std::for_each(ofRun, phases.end(), walk);
  state.use(outputs);
}

}  // namespace gantorch
