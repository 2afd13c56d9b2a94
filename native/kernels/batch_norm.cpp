#include "kernels/batch_norm.h"

#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include "kernels/batch_norm_passes.h"
#include "kernels/kernel_record.h"
#include "kernels/saved_dropout.h"

namespace gantorch::kernels {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

void save(AutogradContext* context, const BatchNormOptions& options, bool isOfBatch) {
  context->saved_data["epsilon"] = options.epsilon;
  context->saved_data["slope"] = options.slope;
  context->saved_data["isOfBatch"] = isOfBatch;
  saveDropout(context, options.dropout);
}

BatchNormOptions savedOptions(AutogradContext* context) {
  return {context->saved_data["epsilon"].toDouble(), context->saved_data["slope"].toDouble(),
          savedDropout(context)};
}

at::Tensor orNone(const OptionalTensor& tensor) { return tensor.value_or(at::Tensor()); }

// The gradients as a function of what they are computed from; differentiated once more by a kernel,
// beyond that by ATen. float only.
struct BatchNormGradient : torch::autograd::Function<BatchNormGradient> {
  static variable_list forward(AutogradContext* context, const at::Tensor& dy, const at::Tensor& x,
                               const OptionalTensor& gamma, const OptionalTensor& beta,
                               const Statistics& statistics, bool isOfBatch,
                               const BatchNormOptions& options) {
    const BatchNormInputs inputs = {x, orNone(gamma), orNone(beta)};
    context->save_for_backward(
        {dy, x, inputs.gamma, inputs.beta, statistics.mean, statistics.variance});
    save(context, options, isOfBatch);
    const BatchNormGradients result = batchNormBackward(inputs, dy, statistics, isOfBatch, options);
    return {result.x, result.gamma, result.beta};
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor& dy = saved[0];
    const BatchNormInputs inputs = {saved[1], saved[2], saved[3]};
    const Statistics statistics = {saved[4], saved[5]};
    const bool isOfBatch = context->saved_data["isOfBatch"].toBool();
    const BatchNormOptions options = savedOptions(context);
    const at::Tensor none;
    if (!c10::GradMode::is_enabled()) {
      const BatchNormSecond result = batchNormSecond(
          inputs, dy,
          {gradients[0].contiguous(), gradients[1].contiguous(), gradients[2].contiguous()},
          statistics, isOfBatch, options);
      return {result.dy, result.x, inputs.gamma.defined() ? result.gamma : none, none, none,
              none,      none};
    }
    // Views, since dy may itself depend on x: each counts what goes through it alone.
    variable_list given(4);
    for (size_t i = 0; i < 4; i++)
      given[i] = saved[i].defined() ? saved[i].view_as(saved[i]) : none;
    const BatchNormGradients first = batchNormReference({given[1], given[2], given[3]}, given[0],
                                                        statistics, isOfBatch, options);
    variable_list leaves;
    for (size_t i = 0; i < 3; i++) {
      if (context->needs_input_grad(i)) leaves.push_back(given[i]);
    }
    const variable_list found = torch::autograd::grad({first.x, first.gamma, first.beta}, leaves,
                                                      gradients, true, true, true);
    variable_list results(7);
    for (size_t i = 0, next = 0; i < 3; i++) {
      if (context->needs_input_grad(i)) results[i] = found[next++];
    }
    return results;
  }
};

BatchNormGradients gradientsOf(const BatchNormInputs& inputs, const at::Tensor& dy,
                               const Statistics& statistics, bool isOfBatch,
                               const BatchNormOptions& options) {
  if (!c10::GradMode::is_enabled()) {
    return batchNormBackward(inputs, dy, statistics, isOfBatch, options);
  }
  // These will be differentiated too.
  if (inputs.x.scalar_type() != at::kFloat) {
    return batchNormReference(inputs, dy, statistics, isOfBatch, options);
  }
  const auto optional = [](const at::Tensor& tensor) {
    return tensor.defined() ? OptionalTensor(tensor) : std::nullopt;
  };
  const variable_list found = BatchNormGradient::apply(
      dy, inputs.x, optional(inputs.gamma), optional(inputs.beta), statistics, isOfBatch, options);
  return {found[0], found[1], found[2]};
}

struct BatchNormFunction : torch::autograd::Function<BatchNormFunction> {
  static variable_list forward(AutogradContext* context, const at::Tensor& x,
                               const OptionalTensor& gamma, const OptionalTensor& beta,
                               const BatchNormOptions& options,
                               const std::optional<Statistics>& given) {
    const BatchNormInputs inputs = {x, orNone(gamma), orNone(beta)};
    const Statistics statistics = given ? *given : batchStatistics(x);
    context->save_for_backward(
        {x, inputs.gamma, inputs.beta, statistics.mean, statistics.variance});
    save(context, options, !given);
    const at::Tensor y = batchNormForward(inputs, statistics, options);
    if (given) return {y};
    context->mark_non_differentiable({statistics.mean, statistics.variance});
    return {y, statistics.mean, statistics.variance};
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const BatchNormInputs inputs = {saved[0], saved[1], saved[2]};
    const Statistics statistics = {saved[3], saved[4]};
    const bool isOfBatch = context->saved_data["isOfBatch"].toBool();
    const at::Tensor dy = gradients[0].contiguous();
    const KernelRecord record("gantorch::batchNormGradient", 0,
                              {inputs.x, inputs.x, inputs.x, dy, dy});
    const BatchNormGradients result =
        gradientsOf(inputs, dy, statistics, isOfBatch, savedOptions(context));
    return {result.x, inputs.gamma.defined() ? result.gamma : at::Tensor(),
            inputs.beta.defined() ? result.beta : at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

at::Tensor asFloat(const at::Tensor& parameter) { return parameter.to(at::kFloat).contiguous(); }

OptionalTensor asFloat(const OptionalTensor& parameter) {
  return parameter ? OptionalTensor(asFloat(*parameter)) : std::nullopt;
}

}  // namespace

BatchNormResult batchNorm(const at::Tensor& x, const OptionalTensor& gamma,
                          const OptionalTensor& beta, const BatchNormOptions& options,
                          const std::optional<Statistics>& given) {
  if (x.scalar_type() == at::kHalf) {
    BatchNormResult result = batchNorm(x.to(at::kFloat), gamma, beta, options, given);
    return {result.y.to(at::kHalf), result.statistics};
  }
  // x is read twice, once for the statistics.
  const KernelRecord record("gantorch::batchNorm", 0, {x, x, x});
  const at::Tensor rows = x.contiguous();
  const OptionalTensor scale = asFloat(gamma);
  const OptionalTensor shift = asFloat(beta);
  std::optional<Statistics> statistics;
  if (given) statistics = {asFloat(given->mean), asFloat(given->variance)};
  if (!c10::GradMode::is_enabled()) {
    if (!statistics) statistics = batchStatistics(rows);
    const BatchNormInputs inputs = {rows, orNone(scale), orNone(shift)};
    return {batchNormForward(inputs, *statistics, options), *statistics};
  }
  const variable_list results = BatchNormFunction::apply(rows, scale, shift, options, statistics);
  return {results[0], statistics ? *statistics : Statistics{results[1], results[2]}};
}

}  // namespace gantorch::kernels
