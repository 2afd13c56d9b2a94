// What batch normalisation takes to go over a tensor block by block.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "kernels/batch_norm_channels.h"
#include "kernels/batch_norm_passes.h"
#include "kernels/channel_rows.h"
#include "kernels/element.h"

namespace gantorch::kernels {

// The pieces of a mask that belong to the blocks of a tensor; null where nothing is dropped.
class BlockMask {
 public:
  template <typename T>
  static BlockMask make(const BatchNormOptions& options) {
    BlockMask result;
    const auto& dropout = options.dropout;
    if (dropout) result.mask_.emplace(*dropout, rounded<T>(dropout->scale()));
    return result;
  }

  const float* of(const ChannelRows& rows, int64_t block) {
    if (!mask_) return nullptr;
    const int64_t start = rows.start(block);
    return mask_->of(start, start + rows.extent(block).rows * rows.channels);
  }

 private:
  std::optional<DropoutMask> mask_;
};

// The numbers of a Line, owned.
class Coefficients {
 public:
  Coefficients(const BatchNormInputs& inputs, const Statistics& statistics,
               const BatchNormOptions& options)
      : mean_(statistics.mean), scale_(statistics.mean.numel()), shift_(statistics.mean.numel()) {
    const auto* variance = statistics.variance.const_data_ptr<float>();
    const auto& [x, gamma, beta] = inputs;
    const float* factor = gamma.defined() ? gamma.const_data_ptr<float>() : nullptr;
    scaleChannels(variance, factor, options.epsilon, static_cast<int64_t>(scale_.size()),
                  scale_.data());
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

}  // namespace gantorch::kernels
