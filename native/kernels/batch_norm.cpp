#include "kernels/batch_norm.h"

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

struct BatchNormFunction : torch::autograd::Function<BatchNormFunction> {
  static variable_list forward(AutogradContext* context, const at::Tensor& x,
                               const OptionalTensor& gamma, const OptionalTensor& beta,
                               const BatchNormOptions& options,
                               const std::optional<Statistics>& given) {
    const BatchNormInputs inputs = {x, gamma.value_or(at::Tensor()), beta.value_or(at::Tensor())};
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
    const KernelRecord record("gantorch::batchNormGradient", 0,
                              {inputs.x, inputs.x, inputs.x, gradients[0], gradients[0]});
    const auto compute = c10::GradMode::is_enabled() ? batchNormReference : batchNormBackward;
    const BatchNormGradients result =
        compute(inputs, gradients[0].contiguous(), statistics, isOfBatch, savedOptions(context));
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
    const BatchNormInputs inputs = {rows, scale.value_or(at::Tensor()),
                                    shift.value_or(at::Tensor())};
    return {batchNormForward(inputs, *statistics, options), *statistics};
  }
  const variable_list results = BatchNormFunction::apply(rows, scale, shift, options, statistics);
  return {results[0], statistics ? *statistics : Statistics{results[1], results[2]}};
}

}  // namespace gantorch::kernels
