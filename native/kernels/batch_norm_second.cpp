#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>

#include "kernels/batch_norm_blocks.h"
#include "kernels/vectorize.h"

namespace gantorch::kernels {

namespace {

// For each element: x, dy, the mask (1 where there is none), and the weight u of dx.
struct Given {
  const float* x;
  const float* dy;
  const float* mask;
  const float* u;
};

// Sums over all elements of a channel; c is x - mean, g the gradient before the activation.
enum Sum { kU, kG, kUC, kGC, kUG, kSums };

// Of each channel: ddy = d(g) / d(dy) * (byU * u + constant + byC * c), and
// ddx = xByU * u + xByG * g + xConstant + xByC * c.
struct Factors {
  explicit Factors(int64_t channels) {
    for (auto* each : {&byU, &constant, &byC, &xByU, &xByG, &xConstant, &xByC}) {
      each->resize(static_cast<size_t>(channels));
    }
  }

  std::vector<float> byU, constant, byC, xByU, xByG, xConstant, xByC;
};

// By what dy is multiplied on its way to g.
inline __attribute__((always_inline)) float wayOf(float value, float mask, float slope) {
  return mask * (value > 0 ? 1.0F : slope);
}

// Copies of all pointers, which the compiler would otherwise take for changed by each store.
GANTORCH_VECTORIZED void addSums(const Given& given, Extent extent, const Line& line, float* sums) {
  const auto [rows, channels] = extent;
  const float* __restrict x = given.x, * __restrict dy = given.dy;
  const float* __restrict mask = given.mask, * __restrict weight = given.u;
  const float* __restrict mean = line.mean, * __restrict scale = line.scale;
  const float* __restrict shift = line.shift;
  const float slope = line.slope;
  float* __restrict sumU = sums + kU * channels, * __restrict sumG = sums + kG * channels;
  float* __restrict sumUC = sums + kUC * channels, * __restrict sumGC = sums + kGC * channels;
  float* __restrict sumUG = sums + kUG * channels;
  for (int64_t row = 0, start = 0; row < rows; row++, start += channels) {
    for (int64_t k = 0; k < channels; k++) {
      const int64_t i = start + k;
      const float c = x[i] - mean[k];
      const float u = weight[i];
      const float g = dy[i] * wayOf(c * scale[k] + shift[k], mask[i], slope);
      sumU[k] += u;
      sumG[k] += g;
      sumUC[k] += u * c;
      sumGC[k] += g * c;
      sumUG[k] += u * g;
    }
  }
}

GANTORCH_VECTORIZED void combine(const Given& given, Extent extent, const Line& line,
                                 const Factors& factors, float* __restrict ddy,
                                 float* __restrict ddx) {
  const auto [rows, channels] = extent;
  const float* __restrict x = given.x, * __restrict dy = given.dy;
  const float* __restrict mask = given.mask, * __restrict weight = given.u;
  const float* __restrict mean = line.mean, * __restrict scale = line.scale;
  const float* __restrict shift = line.shift;
  const float slope = line.slope;
  const float* __restrict byU = factors.byU.data(), * __restrict byC = factors.byC.data();
  const float* __restrict constant = factors.constant.data(), * __restrict xConstant =
                                                                  factors.xConstant.data();
  const float* __restrict xByU = factors.xByU.data(), * __restrict xByG = factors.xByG.data();
  const float* __restrict xByC = factors.xByC.data();
  for (int64_t row = 0, start = 0; row < rows; row++, start += channels) {
    for (int64_t k = 0; k < channels; k++) {
      const int64_t i = start + k;
      const float c = x[i] - mean[k];
      const float u = weight[i];
      const float way = wayOf(c * scale[k] + shift[k], mask[i], slope);
      ddy[i] = way * (byU[k] * u + constant[k] + byC[k] * c);
      ddx[i] = xByU[k] * u + xByG[k] * (dy[i] * way) + xConstant[k] + xByC[k] * c;
    }
  }
}

// Calls body(block, given) for all blocks of the tensors.
template <typename Body>
void forGiven(const ChannelRows& rows, const Given& all, const BatchNormOptions& options,
              Body body) {
  const std::vector<float> ones(static_cast<size_t>(rows.perBlock * rows.channels), 1.0F);
  rows.forBlocks(
      [&] { return BlockMask::make<float>(options); },
      [&](int64_t block, BlockMask& mask) {
        const int64_t start = rows.start(block);
        const float* kept = mask.of(rows, block);
        body(block, Given{all.x + start, all.dy + start, kept ? kept : ones.data(), all.u + start});
      });
}

// The means of each sum, in a fixed order as in batch_norm_passes.cpp.
std::vector<double> meansOf(const ChannelRows& rows, const Given& all, const Line& line,
                            const BatchNormOptions& options) {
  const int64_t numbers = kSums * rows.channels;
  std::vector<float> sums(static_cast<size_t>(rows.blocks * numbers));
  forGiven(rows, all, options, [&](int64_t block, const Given& given) {
    addSums(given, rows.extent(block), line, sums.data() + block * numbers);
  });
  std::vector<double> means(static_cast<size_t>(numbers));
  for (size_t i = 0; i < sums.size(); i++) {
    means[i % means.size()] += sums[i] / static_cast<double>(rows.count);
  }
  return means;
}

}  // namespace

// With s = 1 / deviation, n = s c and means over a channel:
//   dx = gamma s (g - mean(g) - n mean(g n)), dgamma = sum(g n), dbeta = sum(g).
// What is summed up is u dx + a dgamma + b dbeta = gamma s N A + a sum(g n) + b sum(g), where
//   A = mean(u g) - mean(u) mean(g) - mean(u n) mean(g n).
// Its gradient by n is v = a g - gamma s (u mean(g n) + g mean(u n)); on to x it goes as dx does,
// and s itself changes by -s^2 n / N with x. Statistics that are given are constants.
BatchNormSecond batchNormSecond(const BatchNormInputs& inputs, const at::Tensor& dy,
                                const BatchNormGradients& weights, const Statistics& statistics,
                                bool isOfBatch, const BatchNormOptions& options) {
  const ChannelRows rows(inputs.x);
  const int64_t channels = rows.channels;
  const Coefficients coefficients(inputs, statistics, options);
  const Line& line = coefficients.line();
  const Given all = {inputs.x.const_data_ptr<float>(), dy.const_data_ptr<float>(), nullptr,
                     weights.x.const_data_ptr<float>()};
  const std::vector<double> means = meansOf(rows, all, line, options);
  const BatchNormSecond result = {at::empty_like(dy), at::empty_like(inputs.x),
                                  at::empty({channels}, at::kFloat)};
  const auto* variance = statistics.variance.const_data_ptr<float>();
  const auto* ofGamma = weights.gamma.const_data_ptr<float>();
  const auto* ofBeta = weights.beta.const_data_ptr<float>();
  const auto* gamma = inputs.gamma.defined() ? inputs.gamma.const_data_ptr<float>() : nullptr;
  auto* dgamma = result.gamma.mutable_data_ptr<float>();
  Factors factors(channels);
  for (int64_t k = 0; k < channels; k++) {
    const double s = 1 / std::sqrt(variance[k] + options.epsilon);
    const double scale = (gamma ? gamma[k] : 1.0) * s;
    const double a = ofGamma[k];
    const auto mean = [&](Sum sum) {
      return isOfBatch || sum == kUG ? means[static_cast<size_t>(sum * channels + k)] : 0;
    };
    const double u = mean(kU), g = mean(kG), un = s * mean(kUC), gn = s * mean(kGC);
    const double common = mean(kUG) - u * g - un * gn;
    const double v = a * g - scale * (u * gn + g * un);
    const double vn = a * gn - 2 * scale * un * gn;
    const auto channel = static_cast<size_t>(k);
    factors.byU[channel] = static_cast<float>(scale);
    factors.constant[channel] = static_cast<float>(ofBeta[k] - scale * u);
    factors.byC[channel] = static_cast<float>(s * (a - scale * un));
    factors.xByU[channel] = static_cast<float>(-s * scale * gn);
    factors.xByG[channel] = static_cast<float>(s * (a - scale * un));
    factors.xConstant[channel] = static_cast<float>(-s * v);
    factors.xByC[channel] = isOfBatch ? static_cast<float>(-s * s * (vn + scale * common)) : 0;
    dgamma[k] = static_cast<float>(s * static_cast<double>(rows.count) * common);
  }
  auto* ddy = result.dy.mutable_data_ptr<float>();
  auto* ddx = result.x.mutable_data_ptr<float>();
  forGiven(rows, all, options, [&](int64_t block, const Given& given) {
    const int64_t start = rows.start(block);
    combine(given, rows.extent(block), line, factors, ddy + start, ddx + start);
  });
  return result;
}

}  // namespace gantorch::kernels
