#include "core/plan.h"

#include "core/failure.h"

namespace gantorch {

DType dtypeNamed(const std::string& name) {
  if (name == "float32") return DType::float32;
  if (name == "int32") return DType::int32;
  if (name == "uint8") return DType::uint8;
  if (name == "bool") return DType::boolean;
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

std::vector<int64_t> Attributes::integers(const std::string& name) const {
  const auto& numbers = get<std::vector<double>>(name);
  return {numbers.begin(), numbers.end()};
}

void Plan::requireDeclaredValues() const {
  const auto check = [this](const std::vector<ValueId>& ids) {
    for (const ValueId id : ids) {
      if (id >= values.size()) {
        throw Failure(kNativeFailure, "plan", "value " + std::to_string(id) + " is not declared");
      }
    }
  };
  for (const auto& input : inputs) check({input.value});
  for (const auto& phase : phases) {
    for (const auto& weight : phase.weights) check({weight.value});
    for (const auto& node : phase.nodes) {
      check(node.inputs);
      check(node.outputs);
      check(node.release);
    }
    for (const auto& update : phase.updates) check(update.inputs);
  }
  check(outputs);
}

}  // namespace gantorch
