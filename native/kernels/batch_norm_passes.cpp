#include "kernels/batch_norm_passes.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>

#include <algorithm>
#include <vector>

#include "kernels/batch_norm_blocks.h"
#include "kernels/batch_norm_channels.h"
#include "kernels/element.h"

namespace gantorch::kernels {

namespace {

// Sums are made in float inside a block and in double over the blocks, in a fixed order: exact to
// float's own rounding however long the axis, and the same for every number of threads. Each
// block's mean and squares, merged by the formula of Chan, Golub and LeVeque (1979).
template <typename T>
Statistics statisticsOf(const at::Tensor& tensor) {
  const ChannelRows rows(tensor);
  const int64_t channels = rows.channels;
  const T* x = tensor.const_data_ptr<T>();
  std::vector<float> means(rows.blocks * channels);
  std::vector<float> squares(rows.blocks * channels);
  rows.forBlocks([] { return nullptr; },
                 [&](int64_t block, auto) {
                   float* mean = means.data() + block * channels;
                   const T* data = x + rows.start(block);
                   const Extent extent = rows.extent(block);
                   addRows(data, extent, mean);
                   for (int64_t c = 0; c < channels; c++)
                     mean[c] /= static_cast<float>(extent.rows);
                   addSquares(data, extent, mean, squares.data() + block * channels);
                 });
  const Statistics result = {at::empty({channels}, at::kFloat), at::empty({channels}, at::kFloat)};
  auto* mean = result.mean.mutable_data_ptr<float>();
  auto* variance = result.variance.mutable_data_ptr<float>();
  std::vector<double> total(channels);
  std::vector<double> spread(channels);
  for (int64_t block = 0; block < rows.blocks; block++) {
    mergeBlock(means.data() + block * channels, squares.data() + block * channels, channels,
               static_cast<double>(rows.firstRow(block)),
               static_cast<double>(rows.extent(block).rows), total.data(), spread.data());
  }
  for (int64_t c = 0; c < channels; c++) {
    mean[c] = static_cast<float>(total[c]);
    variance[c] = static_cast<float>(spread[c] / static_cast<double>(rows.count));
  }
  return result;
}

template <typename T>
at::Tensor forward(const BatchNormInputs& inputs, const Statistics& statistics,
                   const BatchNormOptions& options) {
  const ChannelRows rows(inputs.x);
  const Coefficients coefficients(inputs, statistics, options);
  const at::Tensor result = at::empty_like(inputs.x);
  const T* x = inputs.x.const_data_ptr<T>();
  T* y = result.mutable_data_ptr<T>();
  rows.forBlocks([&] { return BlockMask::make<T>(options); },
                 [&](int64_t block, BlockMask& mask) {
                   const int64_t start = rows.start(block);
                   normalizeRows(x + start, mask.of(rows, block), y + start, rows.extent(block),
                                 coefficients.line());
                 });
  return result;
}

// For each channel the sums over the gradients g, and those over g * (x - mean).
template <typename T>
std::vector<double> gradientSums(const BatchNormInputs& inputs, const at::Tensor& dy,
                                 const Line& line, const BatchNormOptions& options) {
  const ChannelRows rows(inputs.x);
  const int64_t channels = rows.channels;
  const T* x = inputs.x.const_data_ptr<T>();
  const T* gradient = dy.const_data_ptr<T>();
  std::vector<float> sums(2 * rows.blocks * channels);
  rows.forBlocks([&] { return BlockMask::make<T>(options); },
                 [&](int64_t block, BlockMask& mask) {
                   const int64_t start = rows.start(block);
                   float* sum = sums.data() + 2 * block * channels;
                   addGradients(x + start, gradient + start, mask.of(rows, block),
                                rows.extent(block), line, sum, sum + channels);
                 });
  std::vector<double> totals(2 * channels);
  for (int64_t block = 0; block < rows.blocks; block++) {
    for (int64_t c = 0; c < 2 * channels; c++) totals[c] += sums[2 * block * channels + c];
  }
  return totals;
}

template <typename T>
BatchNormGradients backward(const BatchNormInputs& inputs, const at::Tensor& dy,
                            const Statistics& statistics, bool isOfBatch,
                            const BatchNormOptions& options, float inputSlope) {
  const ChannelRows rows(inputs.x);
  const int64_t channels = rows.channels;
  const Coefficients coefficients(inputs, statistics, options);
  const std::vector<double> totals = gradientSums<T>(inputs, dy, coefficients.line(), options);
  const BatchNormGradients result = {at::empty_like(inputs.x), at::empty({channels}, at::kFloat),
                                     at::empty({channels}, at::kFloat)};
  auto* dgamma = result.gamma.mutable_data_ptr<float>();
  auto* dbeta = result.beta.mutable_data_ptr<float>();
  const auto* variance = statistics.variance.const_data_ptr<float>();
  const auto count = static_cast<double>(rows.count);
  std::vector<float> meanGradient(channels);
  std::vector<float> tilt(channels);
  gradientChannels(totals.data(), totals.data() + channels, variance, options.epsilon, count,
                   channels, {dgamma, meanGradient.data(), tilt.data()});
  std::copy_n(totals.data(), channels, dbeta);
  // Statistics that are given don't depend on x.
  if (!isOfBatch) {
    std::fill(meanGradient.begin(), meanGradient.end(), 0.0F);
    std::fill(tilt.begin(), tilt.end(), 0.0F);
  }
  const T* x = inputs.x.const_data_ptr<T>();
  const T* gradient = dy.const_data_ptr<T>();
  T* dx = result.x.mutable_data_ptr<T>();
  rows.forBlocks([&] { return BlockMask::make<T>(options); },
                 [&](int64_t block, BlockMask& mask) {
                   const int64_t start = rows.start(block);
                   gradientRows(x + start, gradient + start, mask.of(rows, block), dx + start,
                                rows.extent(block), coefficients.line(), meanGradient.data(),
                                tilt.data(), inputSlope);
                 });
  return result;
}

}  // namespace

Statistics batchStatistics(const at::Tensor& x) {
  return forElementType(x.scalar_type(), [&]<typename T>() { return statisticsOf<T>(x); });
}

at::Tensor batchNormForward(const BatchNormInputs& inputs, const Statistics& statistics,
                            const BatchNormOptions& options) {
  return forElementType(inputs.x.scalar_type(),
                        [&]<typename T>() { return forward<T>(inputs, statistics, options); });
}

BatchNormGradients batchNormBackward(const BatchNormInputs& inputs, const at::Tensor& dy,
                                     const Statistics& statistics, bool isOfBatch,
                                     const BatchNormOptions& options, float inputSlope) {
  return forElementType(inputs.x.scalar_type(), [&]<typename T>() {
    return backward<T>(inputs, dy, statistics, isOfBatch, options, inputSlope);
  });
}

}  // namespace gantorch::kernels
