// A tensor seen as rows of channels, cut into blocks that stay in the cache.
#pragma once

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>

#include <algorithm>

#include "kernels/batch_norm_rows.h"

namespace gantorch::kernels {

class ChannelRows {
 public:
  explicit ChannelRows(const at::Tensor& tensor)
      : channels(tensor.size(-1)),
        count(channels == 0 ? 0 : tensor.numel() / channels),
        perBlock(std::clamp<int64_t>(8192 / std::max<int64_t>(channels, 1), 8, 256)),
        blocks((count + perBlock - 1) / perBlock) {}

  int64_t firstRow(int64_t block) const { return block * perBlock; }
  // The place of a block's first element.
  int64_t start(int64_t block) const { return firstRow(block) * channels; }
  Extent extent(int64_t block) const {
    return {std::min(perBlock, count - firstRow(block)), channels};
  }

  // body(block, state), each thread with a state of its own from makeState().
  template <typename MakeState, typename Body>
  void forBlocks(MakeState makeState, Body body) const {
    at::parallel_for(0, blocks, 4, [&](int64_t begin, int64_t end) {
      auto state = makeState();
      for (int64_t block = begin; block < end; block++) body(block, state);
    });
  }

  const int64_t channels;
  const int64_t count;
  const int64_t perBlock;
  const int64_t blocks;
};

}  // namespace gantorch::kernels
