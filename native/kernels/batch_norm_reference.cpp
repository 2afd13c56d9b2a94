#include <ATen/ops/rsqrt.h>
#include <ATen/ops/where.h>

#include "kernels/batch_norm_passes.h"

namespace gantorch::kernels {

BatchNormGradients batchNormReference(const BatchNormInputs& inputs, const at::Tensor& dy,
                                      const Statistics& statistics, bool isOfBatch,
                                      const BatchNormOptions& options) {
  const auto& [x, gamma, beta] = inputs;
  const at::Tensor rows = x.reshape({-1, x.size(-1)}).to(at::kFloat);
  const at::Tensor centered = rows - (isOfBatch ? rows.mean(0) : statistics.mean);
  const at::Tensor variance = isOfBatch ? (centered * centered).mean(0) : statistics.variance;
  const at::Tensor inverse = at::rsqrt(variance + options.epsilon);
  const at::Tensor normalized = centered * inverse;
  const at::Tensor scaled = gamma.defined() ? normalized * gamma : normalized;
  const at::Tensor value = beta.defined() ? scaled + beta : scaled;
  const at::Tensor rises = value.detach() > 0;
  at::Tensor given = dy;
  if (options.dropout)
    given = given * dropoutMask(x.sizes(), *options.dropout).to(dy.scalar_type());
  given = given.reshape({-1, x.size(-1)}).to(at::kFloat);
  const at::Tensor gradient = at::where(rises, given, given * options.slope);
  const at::Tensor dgamma = (gradient * normalized).sum(0);
  const at::Tensor dbeta = gradient.sum(0);
  const auto count = static_cast<double>(rows.size(0));
  const at::Tensor scale = gamma.defined() ? gamma * inverse : inverse;
  const at::Tensor dx = isOfBatch
                            ? scale * (gradient - dbeta / count - normalized * (dgamma / count))
                            : scale * gradient;
  return {dx.reshape(x.sizes()).to(x.scalar_type()), dgamma, dbeta};
}

}  // namespace gantorch::kernels
