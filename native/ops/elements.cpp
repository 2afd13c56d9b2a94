// Several ops on the same few elements as one node: lib/plan/passes/elements.ts
#include <ATen/EmptyTensor.h>
#include <ATen/ops/log.h>
#include <ATen/ops/sigmoid.h>

#include <algorithm>
#include <sstream>

#include "core/failure.h"
#include "ops/element_functions.h"
#include "ops/operation.h"

namespace gantorch {

namespace {

// More are left to the single ops, which then use several threads.
constexpr int64_t kMost = 4096;
// Up to here a sum is rounded once, as ops/few_elements.cpp has it.
constexpr int64_t kMostAdded = 64;

// A number, or one for each element.
struct Register {
  float* data;
  bool isNumber;
};

struct Numbers {
  float first;
  float second;
};

// Writes an instruction's result, of `size` elements in all, where its own are that many.
using Apply = void (*)(const Register& a, const Register& b, const Register& out, int64_t size,
                       Numbers numbers);

template <auto function>
void each(const Register& a, const Register&, const Register& out, int64_t size, Numbers) {
  std::transform(a.data, a.data + (out.isNumber ? 1 : size), out.data, function);
}

template <typename Function>
void pair(const Register& a, const Register& b, const Register& out, int64_t size,
          Function function) {
  const int64_t count = out.isNumber ? 1 : size;
  if (a.isNumber && !out.isNumber) {
    const float left = *a.data;
    for (int64_t i = 0; i < count; i++) out.data[i] = function(left, b.data[i]);
  } else if (b.isNumber && !out.isNumber) {
    const float right = *b.data;
    for (int64_t i = 0; i < count; i++) out.data[i] = function(a.data[i], right);
  } else {
    for (int64_t i = 0; i < count; i++) out.data[i] = function(a.data[i], b.data[i]);
  }
}

template <auto function>
void pairs(const Register& a, const Register& b, const Register& out, int64_t size, Numbers) {
  pair(a, b, out, size, function);
}

void leakyRelu(const Register& a, const Register&, const Register& out, int64_t size,
               Numbers numbers) {
  std::transform(a.data, a.data + (out.isNumber ? 1 : size), out.data,
                 element::leakyRelu(numbers.first));
}

void leakyReluGradient(const Register& a, const Register& b, const Register& out, int64_t size,
                       Numbers numbers) {
  pair(a, b, out, size, element::leakyReluGradient(numbers.first));
}

void clip(const Register& a, const Register&, const Register& out, int64_t size, Numbers numbers) {
  std::transform(a.data, a.data + (out.isNumber ? 1 : size), out.data,
                 element::clip(numbers.first, numbers.second));
}

void clipGradient(const Register& a, const Register& b, const Register& out, int64_t size,
                  Numbers numbers) {
  pair(a, b, out, size, element::clipGradient(numbers.first, numbers.second));
}

// By ATen, whose vectors nothing else equals bit for bit.
template <at::Tensor (*function)(const at::Tensor&)>
void byATen(const Register& a, const Register&, const Register& out, int64_t size, Numbers) {
  const int64_t count = out.isNumber ? 1 : size;
  const at::Tensor given(at::detail::empty_cpu({count}, at::kFloat));
  std::copy_n(a.data, count, given.mutable_data_ptr<float>());
  std::copy_n(function(given).const_data_ptr<float>(), count, out.data);
}

void same(const Register& a, const Register&, const Register& out, int64_t size, Numbers) {
  std::copy_n(a.data, out.isNumber ? 1 : size, out.data);
}

void fill(const Register&, const Register&, const Register& out, int64_t size, Numbers numbers) {
  std::fill_n(out.data, out.isNumber ? 1 : size, numbers.first);
}

template <bool isMean>
void total(const Register& a, const Register&, const Register& out, int64_t size, Numbers) {
  double sum = 0;
  const int64_t count = a.isNumber ? 1 : size;
  for (int64_t i = 0; i < count; i++) sum += a.data[i];
  *out.data = static_cast<float>(isMean ? sum / static_cast<double>(size) : sum);
}

template <bool isMean>
void spread(const Register& a, const Register&, const Register& out, int64_t size, Numbers) {
  std::fill_n(out.data, size, element::spread(*a.data, size, isMean));
}

struct Function {
  Apply apply;
  int operands;
};

const std::unordered_map<std::string, Function>& functions() {
  static const std::unordered_map<std::string, Function> table = {
      {"constant", {fill, 0}},
      {"neg", {each<element::neg>, 1}},
      {"square", {each<element::square>, 1}},
      {"clip", {clip, 1}},
      {"cast", {same, 1}},
      {"relu", {each<element::relu>, 1}},
      {"leakyRelu", {leakyRelu, 1}},
      {"log", {byATen<at::log>, 1}},
      {"sigmoid", {byATen<at::sigmoid>, 1}},
      {"fullLike", {fill, 1}},
      {"sum", {total<false>, 1}},
      {"mean", {total<true>, 1}},
      {"add", {pairs<element::add>, 2}},
      {"sub", {pairs<element::sub>, 2}},
      {"mul", {pairs<element::mul>, 2}},
      {"div", {pairs<element::div>, 2}},
      {"equal", {pairs<element::equal>, 2}},
      {"greater", {pairs<element::greater>, 2}},
      {"greaterEqual", {pairs<element::greaterEqual>, 2}},
      {"less", {pairs<element::less>, 2}},
      {"sumGradient", {spread<false>, 2}},
      {"meanGradient", {spread<true>, 2}},
      {"clipGradient", {clipGradient, 2}},
      {"reluGradient", {pairs<element::reluGradient>, 2}},
      {"leakyReluGradient", {leakyReluGradient, 2}},
      {"squareGradient", {pairs<element::squareGradient>, 2}},
      {"sigmoidGradient", {pairs<element::sigmoidGradient>, 2}},
  };
  return table;
}

struct Instruction {
  Apply apply;
  bool isSum;
  // Registers: first the node's inputs, then the results of the instructions; -1 for none.
  int64_t left;
  int64_t right;
  Numbers numbers;
  // The same by an op of its own.
  Operation usual;
};

// The node that an instruction stands for. Each op reads the attributes that it knows.
PlanNode nodeOf(const std::string& op, double first, double second, const PlanNode& all) {
  PlanNode node{op, {}, {}, {}, all.scope, false, {}};
  const std::vector<double> axes = all.attributes.numbers("axes");
  for (const char* name : {"value", "slope", "low"}) node.attributes.set(name, first);
  node.attributes.set("high", second);
  node.attributes.set("dtype", std::string("float32"));
  node.attributes.set("axes", axes);
  node.attributes.set("keepdims", false);
  return node;
}

// Whether an instruction takes what its function does, from registers that are there.
bool isLegal(const Function& function, int64_t left, int64_t right, int64_t known) {
  const auto fits = [&](int64_t place, bool isTaken) {
    return isTaken ? place >= 0 && place < known : place == -1;
  };
  return fits(left, function.operands > 0) && fits(right, function.operands > 1);
}

std::vector<Instruction> instructionsOf(const PlanNode& node) {
  std::istringstream names(node.attributes.text("ops"));
  const std::vector<int64_t> operands = node.attributes.integers("operands");
  const std::vector<double>& numbers = node.attributes.numbers("numbers");
  std::vector<Instruction> instructions;
  const auto inputs = static_cast<int64_t>(node.inputs.size());
  for (std::string op; names >> op;) {
    const auto found = functions().find(op);
    const size_t place = 2 * instructions.size();
    const int64_t known = inputs + static_cast<int64_t>(instructions.size());
    const bool isKnown = found != functions().end() && place + 1 < operands.size() &&
                         place + 1 < numbers.size() &&
                         isLegal(found->second, operands[place], operands[place + 1], known);
    if (!isKnown) throw Failure(kNativeFailure, node.scope, "elements can't do " + op);
    const double first = numbers[place], second = numbers[place + 1];
    instructions.push_back({found->second.apply,
                            op == "sum" || op == "mean",
                            operands[place],
                            operands[place + 1],
                            {static_cast<float>(first), static_cast<float>(second)},
                            makeOperation(nodeOf(op, first, second, node))});
  }
  return instructions;
}

class Elements {
 public:
  explicit Elements(const PlanNode& node)
      : instructions_(instructionsOf(node)),
        results_(node.attributes.integers("results")),
        adds_(std::any_of(instructions_.begin(), instructions_.end(),
                          [](const Instruction& each) { return each.isSum; })) {
    const auto registers = static_cast<int64_t>(node.inputs.size() + instructions_.size());
    for (const int64_t place : results_) {
      if (place >= 0 && place < registers) continue;
      throw Failure(kNativeFailure, node.scope, "elements have no result " + std::to_string(place));
    }
  }

  Tensors operator()(RandomState& random, const Tensors& in) const {
    const at::Tensor* like = elementsIn(in);
    return like ? quick(in, *like) : usual(random, in);
  }

 private:
  // One that has all elements; none where the single ops are to run.
  const at::Tensor* elementsIn(const Tensors& in) const {
    const at::Tensor* like = nullptr;
    for (const at::Tensor& x : in) {
      if (x.scalar_type() != at::kFloat || !x.is_cpu() || !x.is_contiguous()) return nullptr;
      if (x.dim() == 0) continue;
      if (like && x.sizes() != like->sizes()) return nullptr;
      like = &x;
    }
    const bool isQuick = like && like->numel() > 0 && like->numel() <= (adds_ ? kMostAdded : kMost);
    return isQuick ? like : nullptr;
  }

  Tensors quick(const Tensors& in, const at::Tensor& like) const {
    const int64_t size = like.numel();
    const auto steps = static_cast<int64_t>(instructions_.size());
    const at::Tensor room(at::detail::empty_cpu({steps * size}, at::kFloat));
    auto* free = room.mutable_data_ptr<float>();
    std::vector<Register> registers;
    registers.reserve(in.size() + steps);
    // Only read: instructions write to registers of their own.
    for (const at::Tensor& x : in) {
      registers.push_back({const_cast<float*>(x.const_data_ptr<float>()), x.dim() == 0});
    }
    for (int64_t i = 0; i < steps; i++, free += size) registers.push_back({free, false});
    Register* next = registers.data() + in.size();
    const Register none{nullptr, true};
    const auto operand = [&](int64_t place) { return place < 0 ? none : registers[place]; };
    for (const Instruction& each : instructions_) {
      const Register left = operand(each.left), right = operand(each.right);
      next->isNumber = each.isSum || (left.isNumber && right.isNumber);
      each.apply(left, right, *next++, size, each.numbers);
    }
    Tensors results;
    for (const int64_t place : results_) {
      const Register& from = registers[place];
      const auto sizes = from.isNumber ? at::IntArrayRef() : like.sizes();
      results.emplace_back(at::detail::empty_cpu(sizes, at::kFloat));
      std::copy_n(from.data, from.isNumber ? 1 : size, results.back().mutable_data_ptr<float>());
    }
    return results;
  }

  Tensors usual(RandomState& random, const Tensors& in) const {
    Tensors registers = in;
    for (const Instruction& each : instructions_) {
      Tensors operands;
      if (each.left >= 0) operands.push_back(registers[each.left]);
      if (each.right >= 0) operands.push_back(registers[each.right]);
      registers.push_back(each.usual(random, operands).at(0));
    }
    Tensors results;
    for (const int64_t place : results_) results.push_back(registers[place]);
    return results;
  }

  std::vector<Instruction> instructions_;
  std::vector<int64_t> results_;
  bool adds_;
};

Operation elements(const PlanNode& node) { return Elements(node); }

}  // namespace

void registerElements(OperationTable& table) { table["elements"] = elements; }

}  // namespace gantorch
