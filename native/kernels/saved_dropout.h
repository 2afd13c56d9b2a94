// A dropout among what autograd keeps for the way back: a few numbers instead of a mask.
#pragma once

#include <torch/csrc/autograd/custom_function.h>

#include <optional>

#include "kernels/dropout_mask.h"

namespace gantorch::kernels {

inline void saveDropout(torch::autograd::AutogradContext* context,
                        const std::optional<Dropout>& dropout) {
  if (!dropout) return;
  auto& saved = context->saved_data;
  saved["rate"] = dropout->rate;
  saved["keyLow"] = static_cast<int64_t>(dropout->stream.keyLow);
  saved["keyHigh"] = static_cast<int64_t>(dropout->stream.keyHigh);
  saved["sequence"] = static_cast<int64_t>(dropout->stream.sequence);
}

inline std::optional<Dropout> savedDropout(torch::autograd::AutogradContext* context) {
  auto& saved = context->saved_data;
  if (!saved.count("rate")) return std::nullopt;
  const auto word = [&](const char* name) { return saved[name].toInt(); };
  return Dropout{saved["rate"].toDouble(),
                 {static_cast<uint32_t>(word("keyLow")), static_cast<uint32_t>(word("keyHigh")),
                  static_cast<uint64_t>(word("sequence"))}};
}

}  // namespace gantorch::kernels
