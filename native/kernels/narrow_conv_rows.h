// The arithmetic of narrow_conv.h on rows of pixels. All of it needs AVX-512. T is float or
// bfloat16.
#pragma once

#include <c10/util/BFloat16.h>

#include <cstdint>
#include <vector>

namespace gantorch::kernels {

// Rows and columns of the largest kernel.
inline constexpr int64_t kMostTaps = 5;

// y (pixels, out) = bias + for each of the kernel's taps t, counted row by row, the numbers t * out
// to t * out + out - 1 of the pixel that the tap sees. lines: those that the rows of the kernel see
// around y's; each has before its first pixel and behind its last one what the kernel sees there,
// `stride` numbers a pixel, and 4 more numbers.
template <typename T>
void sumTaps(const std::vector<const float*>& lines, int64_t kernelColumns, int64_t pixels,
             int64_t stride, int64_t out, const float* bias, T* y);

// patches (pixels, stride) and 4 more numbers: of each pixel the numbers of dy, `out` for each tap,
// that its own value reached. lines: of dy, those that the line of the pixels reached, in the form
// of sumTaps with `out` numbers a pixel.
void patches(const std::vector<const float*>& lines, int64_t kernelColumns, int64_t pixels,
             int64_t stride, int64_t out, float* to);

}  // namespace gantorch::kernels
