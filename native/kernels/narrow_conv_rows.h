// The arithmetic of narrow_conv.h on rows of pixels. All of it needs AVX-512. T is float or
// bfloat16.
#pragma once

#include <c10/util/BFloat16.h>

#include <cstdint>

namespace gantorch::kernels {

// y (pixels, out) = bias + for each tap t the numbers t * out to t * out + out - 1 of the pixel
// that the tap sees. rows: the line above, the line itself, the line below; each has one more pixel
// at both ends, and `stride` numbers a pixel.
template <typename T>
void sumTaps(const float* const* rows, int64_t pixels, int64_t stride, int64_t out,
             const float* bias, T* y);

// patches (pixels, stride): of each pixel the 9 * out numbers of dy that its own value reached.
// rows (pixels + 2, out), and 4 more numbers: the line above, the line itself, the line below.
void patches(const float* const* rows, int64_t pixels, int64_t stride, int64_t out, float* to);

}  // namespace gantorch::kernels
