// Products of a dense layer for the few dozen rows of a small batch: its kernel comes from far away
// and is the larger part of all that is read, so each piece is fetched while the one before is
// used.
#pragma once

#include <cstdint>
#include <optional>

namespace gantorch::kernels {

// Rows for which these are faster than brgemm.
inline constexpr int64_t kFewestDenseRows = 17;
inline constexpr int64_t kMostDenseRows = 48;

struct DenseRows {
  int64_t rows, in, out;
  const float* x;
  const float* kernel;
  // Or nullptr.
  const float* bias;
  // What negative results are multiplied by.
  std::optional<float> slope;
  float* y;

  // Columns `first` up to, not including, `last` of y = x * kernel + bias. Needs AVX-512.
  void compute(int64_t first, int64_t last) const;
};

}  // namespace gantorch::kernels
