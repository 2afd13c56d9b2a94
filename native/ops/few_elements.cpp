#include "ops/few_elements.h"

#include <ATen/EmptyTensor.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <array>
#include <utility>

#include "ops/element_functions.h"

namespace gantorch {

namespace {

constexpr int64_t kFew = 64;

// Undefined where the usual op is needed.
using Few = std::function<at::Tensor(const Tensors&)>;
using FewFactory = Few (*)(const PlanNode&);

bool isFew(const at::Tensor& x, at::ScalarType type = at::kFloat) {
  return x.numel() <= kFew && x.scalar_type() == type && x.is_cpu() && x.is_contiguous();
}

at::Tensor room(at::IntArrayRef sizes, at::ScalarType type = at::kFloat) {
  return at::Tensor(at::detail::empty_cpu(sizes, type));
}

at::Tensor filled(at::IntArrayRef sizes, float value) {
  const at::Tensor result = room(sizes);
  std::fill_n(result.mutable_data_ptr<float>(), result.numel(), value);
  return result;
}

template <typename Function>
Few each(Function function) {
  return [=](const Tensors& in) -> at::Tensor {
    const at::Tensor& x = in[0];
    if (!isFew(x)) return {};
    const at::Tensor result = room(x.sizes());
    const float* from = x.const_data_ptr<float>();
    std::transform(from, from + x.numel(), result.mutable_data_ptr<float>(), function);
    return result;
  };
}

// Of two tensors of one shape, or of a tensor and a number.
template <typename Function>
Few pairs(Function function) {
  using Result = decltype(function(0.0F, 0.0F));
  constexpr at::ScalarType kType = std::is_same_v<Result, bool> ? at::kBool : at::kFloat;
  return [=](const Tensors& in) -> at::Tensor {
    const at::Tensor &a = in[0], &b = in[1];
    const bool isNumber = b.dim() == 0;
    if (!isFew(a) || !isFew(b)) return {};
    if (a.sizes() != b.sizes() && a.dim() != 0 && !isNumber) return {};
    const at::Tensor result = room(isNumber ? a.sizes() : b.sizes(), kType);
    const float *left = a.const_data_ptr<float>(), *right = b.const_data_ptr<float>();
    const int64_t leftStep = a.dim() == 0 ? 0 : 1;
    const int64_t rightStep = isNumber ? 0 : 1;
    auto* out = result.mutable_data_ptr<Result>();
    for (int64_t i = 0; i < result.numel(); i++) {
      out[i] = function(left[i * leftStep], right[i * rightStep]);
    }
    return result;
  };
}

float numberOf(const PlanNode& node, const char* name) {
  return static_cast<float>(node.attributes.number(name));
}

Few add(const PlanNode&) { return pairs(element::add); }
Few sub(const PlanNode&) { return pairs(element::sub); }
Few mul(const PlanNode&) { return pairs(element::mul); }
Few div(const PlanNode&) { return pairs(element::div); }
Few equal(const PlanNode&) { return pairs(element::equal); }
Few greater(const PlanNode&) { return pairs(element::greater); }
Few greaterEqual(const PlanNode&) { return pairs(element::greaterEqual); }
Few less(const PlanNode&) { return pairs(element::less); }
Few reluGradient(const PlanNode&) { return pairs(element::reluGradient); }
Few sigmoidGradient(const PlanNode&) { return pairs(element::sigmoidGradient); }

Few neg(const PlanNode&) { return each(element::neg); }
Few square(const PlanNode&) { return each(element::square); }
Few relu(const PlanNode&) { return each(element::relu); }
Few leakyRelu(const PlanNode& node) { return each(element::leakyRelu(numberOf(node, "slope"))); }
Few clip(const PlanNode& node) {
  return each(element::clip(numberOf(node, "low"), numberOf(node, "high")));
}

Few leakyReluGradient(const PlanNode& node) {
  return pairs(element::leakyReluGradient(numberOf(node, "slope")));
}
Few clipGradient(const PlanNode& node) {
  return pairs(element::clipGradient(numberOf(node, "low"), numberOf(node, "high")));
}

bool isToFloat(const PlanNode& node) { return node.attributes.text("dtype") == "float32"; }

Few cast(const PlanNode& node) {
  if (!isToFloat(node)) return nullptr;
  return [](const Tensors& in) -> at::Tensor {
    if (!isFew(in[0], at::kBool)) return {};
    const at::Tensor result = room(in[0].sizes());
    std::copy_n(in[0].const_data_ptr<bool>(), in[0].numel(), result.mutable_data_ptr<float>());
    return result;
  };
}

Few fullLike(const PlanNode& node) {
  if (!isToFloat(node)) return nullptr;
  return [value = numberOf(node, "value")](const Tensors& in) -> at::Tensor {
    return isFew(in[0]) ? filled(in[0].sizes(), value) : at::Tensor();
  };
}

// Sums or means along axes, added up in double and rounded once.
Few reduction(const PlanNode& node, bool isMean) {
  const std::vector<int64_t> axes = node.attributes.integers("axes");
  const bool keepdims = node.attributes.boolean("keepdims");
  return [=](const Tensors& in) -> at::Tensor {
    const at::Tensor& x = in[0];
    // Axes that x does not have are left to ATen, which refuses them.
    const auto isOwn = [&](int64_t axis) { return axis >= 0 && axis < x.dim(); };
    if (!isFew(x) || x.numel() == 0 || !std::all_of(axes.begin(), axes.end(), isOwn)) return {};
    // How many results lie between two elements along each axis; of an axis that is summed up, 0.
    std::vector<int64_t> steps(x.dim(), 1), sizes;
    for (const int64_t axis : axes) steps[axis] = 0;
    int64_t count = 1;
    for (int64_t axis = x.dim() - 1; axis >= 0; axis--) {
      steps[axis] *= count;
      if (steps[axis] > 0) count *= x.size(axis);
    }
    for (int64_t axis = 0; axis < x.dim(); axis++) {
      if (steps[axis] > 0 || keepdims) sizes.push_back(steps[axis] > 0 ? x.size(axis) : 1);
    }
    std::array<double, kFew> sums{};
    const float* from = x.const_data_ptr<float>();
    for (int64_t i = 0; i < x.numel(); i++) {
      int64_t place = 0, rest = i;
      for (int64_t axis = x.dim() - 1; count > 1 && axis >= 0; rest /= x.size(axis--)) {
        place += rest % x.size(axis) * steps[axis];
      }
      sums[place] += from[i];
    }
    const double each = isMean ? static_cast<double>(x.numel() / count) : 1;
    const at::Tensor result = room(sizes);
    auto* out = result.mutable_data_ptr<float>();
    for (int64_t i = 0; i < count; i++) out[i] = static_cast<float>(sums[i] / each);
    return result;
  };
}
Few sum(const PlanNode& node) { return reduction(node, false); }
Few mean(const PlanNode& node) { return reduction(node, true); }

// One number, the gradient of a sum or mean, at each element.
Few spread(bool isMean) {
  return [=](const Tensors& in) -> at::Tensor {
    const at::Tensor &g = in[0], &x = in[1];
    if (!isFew(g) || g.numel() != 1 || !isFew(x)) return {};
    return filled(x.sizes(), element::spread(*g.const_data_ptr<float>(), x.numel(), isMean));
  };
}
Few sumGradient(const PlanNode&) { return spread(false); }
Few meanGradient(const PlanNode&) { return spread(true); }

const std::unordered_map<std::string, FewFactory>& factories() {
  static const std::unordered_map<std::string, FewFactory> table = {
      {"add", add},
      {"sub", sub},
      {"mul", mul},
      {"div", div},
      {"neg", neg},
      {"square", square},
      {"clip", clip},
      {"equal", equal},
      {"greater", greater},
      {"greaterEqual", greaterEqual},
      {"less", less},
      {"relu", relu},
      {"leakyRelu", leakyRelu},
      {"cast", cast},
      {"fullLike", fullLike},
      {"sum", sum},
      {"mean", mean},
      {"sumGradient", sumGradient},
      {"meanGradient", meanGradient},
      {"clipGradient", clipGradient},
      {"reluGradient", reluGradient},
      {"leakyReluGradient", leakyReluGradient},
      {"sigmoidGradient", sigmoidGradient},
  };
  return table;
}

}  // namespace

Operation withFewElements(const PlanNode& node, Operation usual) {
  const auto found = factories().find(node.op);
  const Few few = found == factories().end() ? nullptr : found->second(node);
  if (!few) return usual;
  return [usual = std::move(usual), few](RandomState& random, const Tensors& in) -> Tensors {
    if (!c10::GradMode::is_enabled()) {
      const at::Tensor result = few(in);
      if (result.defined()) return {result};
    }
    return usual(random, in);
  };
}

}  // namespace gantorch
