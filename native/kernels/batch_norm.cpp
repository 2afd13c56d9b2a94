#include "kernels/batch_norm.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/where.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <vector>

#include "kernels/batch_norm_rows.h"

namespace gantorch::kernels {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// A tensor seen as rows of channels, cut into blocks that stay in the cache. Sums are made in float
// inside a block and in double over the blocks, in a fixed order: exact to float's own rounding
// however long the axis, and the same for every number of threads.
struct Rows {
  explicit Rows(const at::Tensor& tensor)
      : channels(tensor.size(-1)),
        count(channels == 0 ? 0 : tensor.numel() / channels),
        perBlock(std::clamp<int64_t>(8192 / std::max<int64_t>(channels, 1), 8, 256)),
        blocks((count + perBlock - 1) / perBlock) {}

  int64_t first(int64_t block) const { return block * perBlock; }
  int64_t last(int64_t block) const { return std::min(count, first(block) + perBlock); }

  int64_t channels;
  int64_t count;
  int64_t perBlock;
  int64_t blocks;
};

void forBlocks(const Rows& rows, const std::function<void(int64_t block)>& body) {
  at::parallel_for(0, rows.blocks, 4, [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; block++) body(block);
  });
}

struct Statistics {
  at::Tensor mean;
  at::Tensor variance;
};

// Each block's mean and squares, merged by the formula of Chan, Golub and LeVeque (1979).
Statistics statistics(const float* x, const Rows& rows) {
  const int64_t channels = rows.channels;
  std::vector<float> means(rows.blocks * channels);
  std::vector<float> squares(rows.blocks * channels);
  forBlocks(rows, [&](int64_t block) {
    float* mean = means.data() + block * channels;
    const float* data = x + rows.first(block) * channels;
    const int64_t count = rows.last(block) - rows.first(block);
    addRows(data, count, channels, mean);
    for (int64_t c = 0; c < channels; c++) mean[c] /= static_cast<float>(count);
    addSquares(data, count, channels, mean, squares.data() + block * channels);
  });
  const Statistics result = {at::empty({channels}, at::kFloat), at::empty({channels}, at::kFloat)};
  auto* mean = result.mean.mutable_data_ptr<float>();
  auto* variance = result.variance.mutable_data_ptr<float>();
  std::vector<double> total(channels);
  std::vector<double> spread(channels);
  for (int64_t block = 0; block < rows.blocks; block++) {
    const auto before = static_cast<double>(rows.first(block));
    const auto count = static_cast<double>(rows.last(block) - rows.first(block));
    for (int64_t c = 0; c < channels; c++) {
      const double difference = means[block * channels + c] - total[c];
      total[c] += difference * count / (before + count);
      spread[c] += squares[block * channels + c] +
                   difference * difference * before * count / (before + count);
    }
  }
  for (int64_t c = 0; c < channels; c++) {
    mean[c] = static_cast<float>(total[c]);
    variance[c] = static_cast<float>(spread[c] / static_cast<double>(rows.count));
  }
  return result;
}

// The numbers of a Line, owned.
class Coefficients {
 public:
  Coefficients(const Statistics& batch, const at::Tensor& gamma, const at::Tensor& beta,
               const BatchNormOptions& options)
      : mean_(batch.mean), scale_(batch.mean.numel()), shift_(batch.mean.numel()) {
    const auto* variance = batch.variance.const_data_ptr<float>();
    const float* factor = gamma.defined() ? gamma.const_data_ptr<float>() : nullptr;
    for (size_t c = 0; c < scale_.size(); c++) {
      const double deviation = std::sqrt(variance[c] + options.epsilon);
      scale_[c] = static_cast<float>((factor ? factor[c] : 1.0) / deviation);
    }
    if (beta.defined()) std::copy_n(beta.const_data_ptr<float>(), shift_.size(), shift_.begin());
    line_ = {mean_.const_data_ptr<float>(), scale_.data(), shift_.data(),
             static_cast<float>(options.slope)};
  }

  const Line& line() const { return line_; }

 private:
  at::Tensor mean_;
  std::vector<float> scale_;
  std::vector<float> shift_;
  Line line_;
};

BatchNormResult forward(const at::Tensor& x, const at::Tensor& gamma, const at::Tensor& beta,
                        const BatchNormOptions& options) {
  const Rows rows(x);
  const auto* data = x.const_data_ptr<float>();
  const Statistics batch = statistics(data, rows);
  const Coefficients coefficients(batch, gamma, beta, options);
  const at::Tensor y = at::empty(x.sizes(), x.options());
  auto* out = y.mutable_data_ptr<float>();
  forBlocks(rows, [&](int64_t block) {
    const int64_t start = rows.first(block) * rows.channels;
    normalizeRows(data + start, out + start, rows.last(block) - rows.first(block), rows.channels,
                  coefficients.line());
  });
  return {y, batch.mean, batch.variance};
}

struct Gradients {
  at::Tensor x;
  at::Tensor gamma;
  at::Tensor beta;
};

Gradients backward(const at::Tensor& x, const at::Tensor& dy, const at::Tensor& gamma,
                   const at::Tensor& beta, const Statistics& batch,
                   const BatchNormOptions& options) {
  const Rows rows(x);
  const int64_t channels = rows.channels;
  const auto* data = x.const_data_ptr<float>();
  const auto* gradient = dy.const_data_ptr<float>();
  const Coefficients coefficients(batch, gamma, beta, options);
  std::vector<float> sums(2 * rows.blocks * channels);
  forBlocks(rows, [&](int64_t block) {
    const int64_t start = rows.first(block) * channels;
    float* sum = sums.data() + 2 * block * channels;
    addGradients(data + start, gradient + start, rows.last(block) - rows.first(block), channels,
                 coefficients.line(), sum, sum + channels);
  });
  std::vector<double> totals(2 * channels);
  for (int64_t block = 0; block < rows.blocks; block++) {
    for (int64_t c = 0; c < 2 * channels; c++) totals[c] += sums[2 * block * channels + c];
  }
  const Gradients result = {at::empty_like(x), at::empty({channels}, at::kFloat),
                            at::empty({channels}, at::kFloat)};
  auto* dgamma = result.gamma.mutable_data_ptr<float>();
  auto* dbeta = result.beta.mutable_data_ptr<float>();
  const auto* variance = batch.variance.const_data_ptr<float>();
  const auto count = static_cast<double>(rows.count);
  std::vector<float> meanGradient(channels);
  std::vector<float> tilt(channels);
  for (int64_t c = 0; c < channels; c++) {
    const double inverse = 1 / (variance[c] + options.epsilon);
    dbeta[c] = static_cast<float>(totals[c]);
    dgamma[c] = static_cast<float>(totals[channels + c] * std::sqrt(inverse));
    meanGradient[c] = static_cast<float>(totals[c] / count);
    tilt[c] = static_cast<float>(totals[channels + c] * inverse / count);
  }
  auto* dx = result.x.mutable_data_ptr<float>();
  forBlocks(rows, [&](int64_t block) {
    const int64_t start = rows.first(block) * channels;
    gradientRows(data + start, gradient + start, dx + start, rows.last(block) - rows.first(block),
                 channels, coefficients.line(), meanGradient.data(), tilt.data());
  });
  return result;
}

// The same gradients over ATen: slower, and differentiable again.
Gradients referenceBackward(const at::Tensor& x, const at::Tensor& dy, const at::Tensor& gamma,
                            const at::Tensor& beta, const BatchNormOptions& options) {
  const at::Tensor rows = x.reshape({-1, x.size(-1)});
  const at::Tensor centered = rows - rows.mean(0);
  const at::Tensor inverse = at::rsqrt((centered * centered).mean(0) + options.epsilon);
  const at::Tensor normalized = centered * inverse;
  const at::Tensor scaled = gamma.defined() ? normalized * gamma : normalized;
  const at::Tensor value = beta.defined() ? scaled + beta : scaled;
  const at::Tensor rises = value.detach() > 0;
  const at::Tensor given = dy.reshape({-1, x.size(-1)});
  const at::Tensor gradient = at::where(rises, given, given * options.slope);
  const at::Tensor dgamma = (gradient * normalized).sum(0);
  const at::Tensor dbeta = gradient.sum(0);
  const auto count = static_cast<double>(rows.size(0));
  const at::Tensor scale = gamma.defined() ? gamma * inverse : inverse;
  const at::Tensor dx = scale * (gradient - dbeta / count - normalized * (dgamma / count));
  return {dx.reshape(x.sizes()), dgamma, dbeta};
}

struct BatchNormFunction : torch::autograd::Function<BatchNormFunction> {
  static variable_list forward(AutogradContext* context, const at::Tensor& x,
                               const OptionalTensor& gamma, const OptionalTensor& beta,
                               const BatchNormOptions& options) {
    const at::Tensor scale = gamma.value_or(at::Tensor());
    const at::Tensor shift = beta.value_or(at::Tensor());
    const BatchNormResult result = kernels::forward(x, scale, shift, options);
    context->save_for_backward({x, scale, shift, result.mean, result.variance});
    context->saved_data["epsilon"] = options.epsilon;
    context->saved_data["slope"] = options.slope;
    context->mark_non_differentiable({result.mean, result.variance});
    return {result.y, result.mean, result.variance};
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const BatchNormOptions options = {context->saved_data["epsilon"].toDouble(),
                                      context->saved_data["slope"].toDouble()};
    const auto& [x, gamma, beta] = std::tie(saved[0], saved[1], saved[2]);
    const at::Tensor& dy = gradients[0];
    const Gradients result =
        c10::GradMode::is_enabled()
            ? referenceBackward(x, dy, gamma, beta, options)
            : kernels::backward(x, dy.contiguous(), gamma, beta, {saved[3], saved[4]}, options);
    return {result.x, gamma.defined() ? result.gamma : at::Tensor(),
            beta.defined() ? result.beta : at::Tensor(), at::Tensor()};
  }
};

}  // namespace

BatchNormResult batchNorm(const at::Tensor& x, const OptionalTensor& gamma,
                          const OptionalTensor& beta, const BatchNormOptions& options) {
  const at::Tensor rows = x.contiguous();
  if (!c10::GradMode::is_enabled()) {
    return forward(rows, gamma.value_or(at::Tensor()), beta.value_or(at::Tensor()), options);
  }
  const variable_list results = BatchNormFunction::apply(rows, gamma, beta, options);
  return {results[0], results[1], results[2]};
}

}  // namespace gantorch::kernels
