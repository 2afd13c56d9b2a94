#pragma once

#include <cstdint>

namespace gantorch::kernels {

// out (columns, rows) = in (rows, columns), `stride` numbers between two rows. Needs AVX-512.
void transpose(int64_t rows, int64_t columns, const float* in, int64_t inStride, float* out,
               int64_t outStride);

}  // namespace gantorch::kernels
