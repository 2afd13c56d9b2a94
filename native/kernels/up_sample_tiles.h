// The arithmetic of kernels/winograd_up_sample.cpp on single tiles. All of it needs AVX-512,
// and every count of channels is a multiple of kLanes.
#pragma once

#include <c10/util/BFloat16.h>

#include <cstdint>

#include "kernels/processor.h"

namespace gantorch::kernels {

// Along an axis of products: which of the tile's inputs each one multiplies.
inline constexpr int64_t kProducts = 5;
inline constexpr int64_t kRowInputs = 3;
inline constexpr int64_t kColumnInputs = 4;
inline constexpr int64_t kRowInputOf[kProducts] = {0, 1, 2, 2, 1};
inline constexpr int64_t kColumnInputOf[kProducts] = {0, 1, 2, 2, 3};

// Where a tile's numbers for one item (an input or a product) lie: channels in blocks of `width`
// that follow each other at `block`.
template <typename T>
struct TilePlace {
  T* data;
  int64_t item;
  int64_t width;
  int64_t block;
};

// Results of products with a tile; `item` lies between two of them, 0 where all are zeros.
struct TileResults {
  const float* data;
  int64_t item;
};

// Pixels are float or bfloat16, sums float. Instances are in the .cpp.

// 3 x 4 pixels of x, rows by columns, to 3 x 4 inputs of products.
template <typename From, typename To>
void inputTile(const From* const* pixels, int64_t channels, const TilePlace<To>& out);

// 5 x 5 products, and those of the tile to the right, to 4 x 4 pixels of y. Pixels that nobody
// wants may all be one.
template <typename To>
void outputTile(const TileResults& own, const TileResults& right, const float* bias,
                int64_t channels, To* const* out);

// Transposed outputTile: 4 x 5 pixels of dy to 5 x 5 gradients by the products.
template <typename From, typename To>
void gradientTile(const From* const* pixels, int64_t channels, const TilePlace<To>& out);

// Transposed inputTile: the gradients by inputs to 2 x 2 pixels of dx. `tiles` are the tile itself,
// the one to the left, the one to the right, and the same of the row below.
template <typename To>
void dataTile(const TileResults* tiles, int64_t channels, To* const* out);

// From the 9 taps of a kernel, `tapItem` apart, its 25 factors, `item` apart, for two rows of a
// matrix of `count` columns. The rows of bfloat16 factors are interleaved.
template <typename To>
void factors(const float* taps, int64_t tapItem, int64_t row, int64_t count, To* out, int64_t item);

// Transposed factors, one row.
template <typename To>
void tapGradients(const float* factors, int64_t item, int64_t count, To* out, int64_t tapItem);

// A matrix of floats, `stride` apart between its rows.
struct Rows {
  const float* data;
  int64_t stride;
};

// out (8 rows, 32 columns; `stride` between rows) = or += the sum over `count` of the outer
// products of left's rows, of which 8 numbers count, and right's, of which 32 do.
void outerProducts(const Rows& left, const Rows& right, int64_t count, bool adds, float* out,
                   int64_t stride);

}  // namespace gantorch::kernels
