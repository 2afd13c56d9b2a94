#include "kernels/dropout_mask.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <cmath>

#include "kernels/vectorize.h"

namespace gantorch::kernels {

namespace {

// Wide enough that the compiler's vectors pay for their shuffles.
constexpr int kLanes = 64;
// Each word decides two elements, so one group of blocks decides this many.
constexpr int64_t kGroup = kLanes * philox::kWords * 2;

// Fills the groups first .. last - 1; `mask` starts at the first of them.
GANTORCH_VECTORIZED
void fillGroups(float* mask, int64_t first, int64_t last, const RandomStream& stream,
                uint32_t threshold, float scale) {
  for (int64_t group = first; group < last; group++, mask += kGroup) {
    uint32_t words[philox::kWords][kLanes];
    philox::blocks(static_cast<uint64_t>(group) * kLanes, stream, words);
    for (int word = 0; word < philox::kWords; word++) {
      float* low = mask + word * 2 * kLanes;
      float* high = low + kLanes;
      for (int lane = 0; lane < kLanes; lane++) {
        const uint32_t bits = words[word][lane];
        low[lane] = (bits & 0xFFFF) >= threshold ? scale : 0.0f;
        high[lane] = (bits >> 16) >= threshold ? scale : 0.0f;
      }
    }
  }
}

}  // namespace

DropoutMask::DropoutMask(const Dropout& dropout, float scale)
    : stream_(dropout.stream),
      threshold_(static_cast<uint32_t>(std::lround(dropout.rate * 65536))),
      scale_(scale) {}

const float* DropoutMask::of(int64_t first, int64_t last) {
  const int64_t begin = first / kGroup;
  const int64_t end = (last + kGroup - 1) / kGroup;
  values_.resize(std::max<size_t>(values_.size(), (end - begin) * kGroup));
  fillGroups(values_.data(), begin, end, stream_, threshold_, scale_);
  return values_.data() + (first - begin * kGroup);
}

at::Tensor dropoutMask(at::IntArrayRef shape, const Dropout& dropout) {
  constexpr int64_t kPiece = 16 * kGroup;
  const at::Tensor result = at::empty(shape, at::kFloat);
  auto* data = result.mutable_data_ptr<float>();
  at::parallel_for(0, result.numel(), 4 * kPiece, [&](int64_t begin, int64_t end) {
    DropoutMask mask(dropout, dropout.scale());
    for (int64_t first = begin; first < end; first += kPiece) {
      const int64_t last = std::min(end, first + kPiece);
      std::copy_n(mask.of(first, last), last - first, data + first);
    }
  });
  return result;
}

}  // namespace gantorch::kernels
