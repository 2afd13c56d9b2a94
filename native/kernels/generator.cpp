// lib/random.ts, Generator: the same words, and the same arithmetic in double.
#include "kernels/generator.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/normal_numbers.h"

namespace gantorch::kernels {

namespace {

// Last counter word of the host's streams.
constexpr uint32_t kHostStream = 0x686f7374;
constexpr int kLanes = 16;
constexpr int64_t kPerGroup = kLanes * philox::kWords;

RandomStream streamOf(const GeneratorState& state) {
  return {state.keyLow, state.keyHigh, uint64_t{philox::kNativeStream ^ kHostStream} << 32};
}

// Words one after the other, from any place on.
class Words {
 public:
  Words(const GeneratorState& state, uint64_t skipped)
      : stream_(streamOf(state)), position_(state.position + skipped) {}

  // Uniform in [0, 1), with 53 random bits.
  double unit() {
    const uint32_t high = next() >> 5;
    return (high * 67108864.0 + (next() >> 6)) / 9007199254740992.0;
  }

 private:
  uint32_t next() {
    const uint64_t group = position_ / kPerGroup;
    if (group != group_) philox::blocks(group * kLanes, stream_, words_);
    group_ = group;
    const uint64_t within = position_++ % kPerGroup;
    return words_[within % philox::kWords][within / philox::kWords];
  }

  RandomStream stream_;
  uint64_t position_;
  uint64_t group_ = UINT64_MAX;
  uint32_t words_[philox::kWords][kLanes];
};

// What lib/random.ts bounds uniform numbers by: rounding must not make them `high`.
float mostOf(double low, double high) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const auto nearest = static_cast<float>(high);
  const float below = nearest < high ? nearest : std::nextafter(nearest, -kInfinity);
  return std::max(below, static_cast<float>(low));
}

}  // namespace

void generateNormal(const at::Tensor& tensor, double mean, double stddev,
                    const GeneratorState& from) {
  auto* data = tensor.mutable_data_ptr<float>();
  const int64_t size = tensor.numel();
  const RandomStream stream = streamOf(from);
  at::parallel_for(0, (size + 1) / 2, 512, [&](int64_t first, int64_t last) {
    normalNumbers(data + 2 * first, std::min(2 * last, size) - 2 * first, mean, stddev, stream,
                  from.position + 4 * first);
  });
}

void generateUniform(const at::Tensor& tensor, double low, double high,
                     const GeneratorState& from) {
  auto* data = tensor.mutable_data_ptr<float>();
  const float most = mostOf(low, high);
  at::parallel_for(0, tensor.numel(), 8192, [&](int64_t first, int64_t last) {
    Words words(from, 2 * first);
    for (int64_t i = first; i < last; i++) {
      data[i] = std::min(static_cast<float>(low + (high - low) * words.unit()), most);
    }
  });
}

void generateIntegers(const at::Tensor& tensor, int64_t low, int64_t high,
                      const GeneratorState& from) {
  auto* data = tensor.mutable_data_ptr<int32_t>();
  const auto count = static_cast<double>(high - low);
  at::parallel_for(0, tensor.numel(), 8192, [&](int64_t first, int64_t last) {
    Words words(from, 2 * first);
    for (int64_t i = first; i < last; i++) {
      data[i] = static_cast<int32_t>(low + static_cast<int64_t>(words.unit() * count));
    }
  });
}

}  // namespace gantorch::kernels
