// The C++ mirror of the Plan types of binding.d.ts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace gantorch {

using ValueId = uint32_t;
using WeightId = int64_t;

enum class DType { float32, int32, uint8, boolean, bfloat16, float16 };

DType dtypeNamed(const std::string& name);

// Named options of an op. Each op reads its own by name, once, when a Program is made.
class Attributes {
 public:
  using Value = std::variant<bool, double, std::string, std::vector<double>>;

  void set(std::string name, Value value) { values_[std::move(name)] = std::move(value); }
  bool has(const std::string& name) const { return values_.count(name) > 0; }

  bool boolean(const std::string& name) const { return get<bool>(name); }
  double number(const std::string& name) const { return get<double>(name); }
  const std::string& text(const std::string& name) const { return get<std::string>(name); }
  const std::vector<double>& numbers(const std::string& name) const {
    return get<std::vector<double>>(name);
  }
  std::vector<int64_t> integers(const std::string& name) const;
  // One positive number for each of two axes, such as strides.
  std::vector<int64_t> pair(const std::string& name) const;

 private:
  template <typename T>
  const T& get(const std::string& name) const;

  std::unordered_map<std::string, Value> values_;
};

struct PlanValue {
  // No length where the batch size decides.
  std::vector<std::optional<int64_t>> shape;
  DType dtype;
};

struct PlanInput {
  ValueId value;
  std::string name;
  bool requireFinite;
};

struct PlanNode {
  std::string op;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  Attributes attributes;
  std::string scope;
  bool differentiable;
  std::vector<ValueId> release;
};

struct PlanUpdate {
  std::string op;
  std::vector<WeightId> weights;
  std::vector<WeightId> slots;
  std::vector<ValueId> inputs;
  Attributes attributes;
};

struct PlanWeight {
  WeightId weight;
  ValueId value;
};

struct PlanPhase {
  std::string name;
  std::vector<PlanWeight> weights;
  std::vector<PlanNode> nodes;
  std::vector<PlanUpdate> updates;
  // What its values are made of doesn't change from run to run, weights apart.
  bool isKept;
};

struct Plan {
  std::vector<PlanValue> values;
  std::vector<PlanInput> inputs;
  std::vector<PlanPhase> phases;
  std::vector<ValueId> outputs;

  // Throws unless every value is declared, and computed once and before its uses;
  // lib/plan/validate.ts checks the rest.
  void requireLegal() const;
};

}  // namespace gantorch
