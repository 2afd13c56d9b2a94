#include "kernels/random_fill.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernels/vectorize.h"

namespace gantorch::kernels {

namespace {

constexpr int kLanes = 16;
constexpr int64_t kGroup = kLanes * philox::kWords;

// Stores the values that `convert(words, values)` makes of the groups first .. last - 1.
template <typename T, typename Convert>
GANTORCH_VECTORIZED void fillGroups(T* data, int64_t size, int64_t first, int64_t last,
                                    const RandomStream& stream, const Convert& convert) {
  for (int64_t group = first; group < last; group++) {
    uint32_t words[philox::kWords][kLanes];
    philox::blocks(static_cast<uint64_t>(group) * kLanes, stream, words);
    T values[kGroup];
    convert(words, values);
    const int64_t start = group * kGroup;
    std::copy_n(values, std::min(kGroup, size - start), data + start);
  }
}

template <typename T, typename Convert>
void fill(const at::Tensor& tensor, const RandomStream& stream, const Convert& convert) {
  T* data = tensor.mutable_data_ptr<T>();
  const int64_t size = tensor.numel();
  const int64_t groups = (size + kGroup - 1) / kGroup;
  at::parallel_for(0, groups, 64, [&](int64_t first, int64_t last) {
    fillGroups(data, size, first, last, stream, convert);
  });
}

// 0 < u < 1, from all 32 bits.
double openUnit(uint32_t word) { return (word + 0.5) / 4294967296.0; }

}  // namespace

void fillUniform(const at::Tensor& tensor, double low, double high, const RandomStream& stream) {
  fill<float>(tensor, stream, [=](const auto& words, float* values) __attribute__((always_inline)) {
    for (int word = 0; word < philox::kWords; word++) {
      for (int lane = 0; lane < kLanes; lane++) {
        // 24 bits, all that a float in [0, 1) can hold.
        const double unit = (words[word][lane] >> 8) / 16777216.0;
        values[word * kLanes + lane] = static_cast<float>(low + (high - low) * unit);
      }
    }
  });
}

void fillNormal(const at::Tensor& tensor, double mean, double stddev, const RandomStream& stream) {
  fill<float>(tensor, stream, [=](const auto& words, float* values) __attribute__((always_inline)) {
    for (int word = 0; word < philox::kWords; word += 2) {
      for (int lane = 0; lane < kLanes; lane++) {
        // Box-Muller.
        const double radius = stddev * std::sqrt(-2 * std::log(openUnit(words[word][lane])));
        const double angle = 2 * std::numbers::pi * openUnit(words[word + 1][lane]);
        float* pair = values + word * kLanes + lane;
        pair[0] = static_cast<float>(mean + radius * std::cos(angle));
        pair[kLanes] = static_cast<float>(mean + radius * std::sin(angle));
      }
    }
  });
}

void fillIntegers(const at::Tensor& tensor, int64_t low, int64_t high, const RandomStream& stream) {
  const auto count = static_cast<uint64_t>(high - low);
  fill<int32_t>(tensor, stream,
                [=](const auto& words, int32_t* values) __attribute__((always_inline)) {
                  for (int word = 0; word < philox::kWords; word++) {
                    for (int lane = 0; lane < kLanes; lane++) {
                      // The high half of the product; no integer is likelier than another by more
                      // than 2^-32.
                      const auto above = static_cast<int64_t>((words[word][lane] * count) >> 32);
                      values[word * kLanes + lane] = static_cast<int32_t>(low + above);
                    }
                  }
                });
}

}  // namespace gantorch::kernels
