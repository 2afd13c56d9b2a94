#include "ops/element_update.h"

#include <ATen/ops/empty_like.h>

#include <algorithm>
#include <cmath>

#include "core/failure.h"
#include "kernels/dense.h"
#include "kernels/optimizers.h"

namespace gantorch {

namespace {

using kernels::kNoLimit;
using kernels::StepMoment;
using kernels::UpdateRow;

// An optimizer's formula, and how many slots of each weight it changes.
struct Formula {
  kernels::StepMaker maker;
  size_t slots;
};

std::optional<Formula> formulaOf(const PlanUpdate& update) {
  const Attributes& attributes = update.attributes;
  const auto number = [&](const char* name) { return attributes.number(name); };
  if (update.op == "adam") {
    const bool amsgrad = attributes.boolean("amsgrad");
    const auto maker =
        kernels::adam({number("beta1"), number("beta2"), number("epsilon"), amsgrad});
    return Formula{maker, amsgrad ? 3U : 2U};
  }
  if (update.op == "rmsprop") {
    const bool centered = attributes.boolean("centered");
    const bool hasMomentum = number("momentum") > 0;
    const auto maker =
        kernels::rmsprop({number("rho"), number("momentum"), number("epsilon"), centered});
    return Formula{maker, 1U + (hasMomentum ? 1 : 0) + (centered ? 1 : 0)};
  }
  if (update.op == "sgd") {
    const double momentum = number("momentum");
    return Formula{kernels::sgd({momentum, attributes.boolean("nesterov")}), momentum > 0 ? 1U : 0};
  }
  return std::nullopt;
}

// What stands around the formula.
struct Surroundings {
  bool isConditional;
  bool isScaled;
  float clipvalue;
  std::vector<double> decays;
  std::vector<double> lows;
  std::vector<double> highs;
  std::optional<float> emaMomentum;
  std::optional<float> emaOverwriteFrequency;
};

Surroundings surroundingsOf(const Attributes& attributes) {
  const auto number = [&](const char* name) -> std::optional<float> {
    if (!attributes.has(name)) return std::nullopt;
    return static_cast<float>(attributes.number(name));
  };
  const auto numbers = [&](const char* name) {
    return attributes.has(name) ? attributes.numbers(name) : std::vector<double>();
  };
  const auto isSet = [&](const char* name) {
    return attributes.has(name) && attributes.boolean(name);
  };
  return {.isConditional = isSet("conditional"),
          .isScaled = isSet("scaled"),
          .clipvalue = number("clipvalue").value_or(kNoLimit),
          .decays = numbers("weightDecay"),
          .lows = numbers("low"),
          .highs = numbers("high"),
          .emaMomentum = number("emaMomentum"),
          .emaOverwriteFrequency = number("emaOverwriteFrequency")};
}

std::vector<size_t> productsOf(const Attributes& attributes) {
  if (!attributes.has("products")) return {};
  const auto numbers = attributes.numbers("products");
  return {numbers.begin(), numbers.end()};
}

// One number, of an input that may lie on any device.
float scalarOf(const at::Tensor& tensor) { return tensor.item<float>(); }

bool haveEqualStrides(const at::Tensor& a, const at::Tensor& b) {
  for (int64_t axis = 0; axis < a.dim(); axis++) {
    if (a.size(axis) > 1 && a.stride(axis) != b.stride(axis)) return false;
  }
  return true;
}

class ElementUpdate {
 public:
  ElementUpdate(const PlanUpdate& update, Formula formula)
      : op_(update.op),
        count_(update.weights.size()),
        formula_(std::move(formula)),
        around_(surroundingsOf(update.attributes)),
        products_(productsOf(update.attributes)) {
    const size_t slots = formula_.slots + (around_.emaMomentum ? 1 : 0);
    const size_t inputs = 1 + (around_.isConditional ? 1 : 0) + products_.size();
    const auto fits = [&](const std::vector<double>& numbers) {
      return numbers.empty() || numbers.size() == count_;
    };
    if (update.slots.size() != slots * count_ + 1 ||
        update.inputs.size() != inputs + (around_.isScaled ? 2 : 1) * count_ ||
        !std::all_of(products_.begin(), products_.end(), [&](size_t i) { return i < count_; }) ||
        !fits(around_.decays) || !fits(around_.lows) || !fits(around_.highs)) {
      throw Failure(kNativeFailure, op_, "expects a gradient, slots and options for each weight");
    }
  }

  // Slots: for each weight its first kind, then all of the second kind and so on, the averages, the
  // step count. Inputs: the learning rate, the condition, the gradients, the scales. A gradient
  // that is a product has x in its place and dy behind all others.
  std::function<void()> operator()(const UpdateArguments& arguments) const {
    const auto& [weights, slots, inputs] = arguments;
    if (around_.isConditional && !inputs[1].item<bool>()) return [] {};
    const at::Tensor iteration = slots.back();
    if (iteration.numel() != 1 || iteration.scalar_type() != at::kFloat) {
      throw Failure(kNativeFailure, op_, "the step count must be one number");
    }
    std::vector<UpdateRow> rows(count_);
    std::vector<at::Tensor> kept;
    for (size_t i = 0; i < count_; i++) {
      rows[i] = rowOf(i, arguments, kept);
    }
    auto* const count = iteration.mutable_data_ptr<float>();
    const auto step = formula_.maker(momentOf(scalarOf(inputs[0]), *count + 1));
    return [=, rows = kernels::UpdateRows(std::move(rows)), kept = std::move(kept)] {
      rows.step(step);
      *count += 1;
    };
  }

 private:
  StepMoment momentOf(float rate, float count) const {
    StepMoment moment{.rate = rate, .count = count, .clipvalue = around_.clipvalue};
    if (count > 1) moment.kept = around_.emaMomentum.value_or(0);
    if (const auto frequency = around_.emaOverwriteFrequency) {
      moment.isOverwritten = std::fmod(count, *frequency) == 0;
    }
    return moment;
  }

  // `kept` gets what must live until the row is used and is not among the arguments.
  UpdateRow rowOf(size_t i, const UpdateArguments& arguments, std::vector<at::Tensor>& kept) const {
    const at::Tensor& weight = arguments.weights[i];
    const auto memoryOf = [&](const at::Tensor& tensor) {
      if (tensor.sizes() != weight.sizes() || tensor.strides() != weight.strides() ||
          tensor.scalar_type() != at::kFloat) {
        throw Failure(kShape, op_, "a slot does not fit its weight");
      }
      return tensor.mutable_data_ptr<float>();
    };
    UpdateRow row{.size = weight.numel(), .weight = memoryOf(weight)};
    for (size_t kind = 0; kind < formula_.slots; kind++) {
      row.slots[kind] = memoryOf(arguments.slots[kind * count_ + i]);
    }
    if (around_.emaMomentum) {
      row.average = memoryOf(arguments.slots[formula_.slots * count_ + i]);
    }
    const size_t first = around_.isConditional ? 2 : 1;
    const at::Tensor& gradient = arguments.inputs[first + i];
    const auto product = std::find(products_.begin(), products_.end(), i);
    if (product == products_.end()) {
      row.gradient = gradientLike(weight, gradient, kept);
    } else {
      const auto place = static_cast<size_t>(products_.end() - product);
      setProduct(row, weight, gradient, arguments.inputs[arguments.inputs.size() - place], kept);
    }
    if (around_.isScaled) row.scale = scalarOf(arguments.inputs[first + count_ + i]);
    const auto numberOf = [&](const std::vector<double>& numbers, float otherwise) {
      return numbers.empty() ? otherwise : static_cast<float>(numbers[i]);
    };
    row.decay = numberOf(around_.decays, row.decay);
    row.low = numberOf(around_.lows, row.low);
    row.high = numberOf(around_.highs, row.high);
    return row;
  }

  // The gradient x transposed times dy, in memory where it can't be found piece by piece.
  void setProduct(UpdateRow& row, const at::Tensor& weight, const at::Tensor& x,
                  const at::Tensor& dy, std::vector<at::Tensor>& kept) const {
    if (weight.dim() != 2 || x.dim() != 2 || dy.dim() != 2 || x.size(0) != dy.size(0) ||
        x.size(1) != weight.size(0) || dy.size(1) != weight.size(1)) {
      throw Failure(kShape, op_, "the factors of a gradient do not fit their weight");
    }
    const at::Tensor rows = x.contiguous();
    const at::Tensor given = dy.contiguous();
    if (weight.is_contiguous() && kernels::DenseKernelGradient::suits(rows, given)) {
      kept.insert(kept.end(), {rows, given});
      row.product.emplace(rows, given);
      return;
    }
    const at::Tensor gradient =
        kernels::denseGradients(given, rows, weight, {false, true, false}).kernel;
    kept.push_back(gradient);
    row.gradient = gradientLike(weight, gradient, kept);
  }

  // The gradient's memory, laid out as the weight's.
  const float* gradientLike(const at::Tensor& weight, at::Tensor gradient,
                            std::vector<at::Tensor>& kept) const {
    if (gradient.sizes() != weight.sizes() || gradient.scalar_type() != at::kFloat) {
      throw Failure(kShape, op_, "a gradient does not fit its weight");
    }
    if (!haveEqualStrides(gradient, weight)) {
      gradient = at::empty_like(weight).copy_(gradient);
      kept.push_back(gradient);
    }
    return gradient.const_data_ptr<float>();
  }

  std::string op_;
  size_t count_;
  Formula formula_;
  Surroundings around_;
  // Weights whose gradients are products, in order.
  std::vector<size_t> products_;
};

}  // namespace

std::optional<Update> elementUpdate(const PlanUpdate& update) {
  auto formula = formulaOf(update);
  if (!formula) return std::nullopt;
  return ElementUpdate(update, *std::move(formula));
}

}  // namespace gantorch
