#pragma once

#include "kernels/philox.h"

namespace gantorch::kernels {

// Stores `size` normal numbers made of the stream's words from `position` on, four for every two
// numbers: bit for bit those that Box-Muller gives in double with the functions of std.
void normalNumbers(float* data, int64_t size, double mean, double stddev,
                   const RandomStream& stream, uint64_t position);

}  // namespace gantorch::kernels
