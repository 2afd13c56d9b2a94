#include "kernels/dropout_mask.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <cmath>

#include "kernels/vectorize.h"

namespace gantorch::kernels {

namespace {

// Each word decides two elements, so one group of blocks decides this many.
constexpr int64_t kGroup = philox::kLanes * philox::kWords * 2;

struct Mask {
  RandomStream stream;
  uint32_t threshold;
  float scale;
};

// Fills the groups first .. last - 1; `mask` starts at element 0 and has `size` elements.
GANTORCH_VECTORIZED
void fillGroups(float* mask, int64_t size, int64_t first, int64_t last, const Mask& options) {
  for (int64_t group = first; group < last; group++) {
    uint32_t words[philox::kWords][philox::kLanes];
    philox::blocks(static_cast<uint64_t>(group) * philox::kLanes, options.stream, words);
    float values[kGroup];
    for (int word = 0; word < philox::kWords; word++) {
      float* low = values + word * 2 * philox::kLanes;
      for (int lane = 0; lane < philox::kLanes; lane++) {
        const uint32_t bits = words[word][lane];
        low[lane] = (bits & 0xFFFF) >= options.threshold ? options.scale : 0.0f;
        low[philox::kLanes + lane] = (bits >> 16) >= options.threshold ? options.scale : 0.0f;
      }
    }
    const int64_t start = group * kGroup;
    const int64_t count = size - start < kGroup ? size - start : kGroup;
    __builtin_memcpy(mask + start, values, count * sizeof(float));
  }
}

}  // namespace

at::Tensor dropoutMask(at::IntArrayRef shape, double rate, const RandomStream& stream) {
  const at::Tensor mask = at::empty(shape, at::kFloat);
  const Mask options = {stream, static_cast<uint32_t>(std::lround(rate * 65536)),
                        static_cast<float>(1 / (1 - rate))};
  const int64_t size = mask.numel();
  float* data = mask.mutable_data_ptr<float>();
  const int64_t groups = (size + kGroup - 1) / kGroup;
  at::parallel_for(0, groups, 256, [&](int64_t first, int64_t last) {
    fillGroups(data, size, first, last, options);
  });
  return mask;
}

}  // namespace gantorch::kernels
