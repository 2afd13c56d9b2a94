// How winograd_up_sample.h cuts images into tiles, and reads and writes their pixels.
#pragma once

#include <ATen/core/Tensor.h>

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "kernels/up_sample_tiles.h"

namespace gantorch::kernels {

inline constexpr int64_t kFactors = kProducts * kProducts;
inline constexpr int64_t kInputs = kRowInputs * kColumnInputs;

// Which of a tile's inputs a product multiplies.
inline int64_t inputOf(int64_t product) {
  return kRowInputOf[product / kProducts] * kColumnInputs + kColumnInputOf[product % kProducts];
}

struct Range {
  int64_t size() const { return last - first; }

  int64_t first, last;
};

// Tile (row, column) sees x around (2 row, 2 column) and makes the results in rows 4 row - 1 to
// 4 row + 2 and columns 4 column to 4 column + 3.
struct UpSampleSizes {
  UpSampleSizes(const at::Tensor& x, int64_t out)
      : images(x.size(0)), height(x.size(1)), width(x.size(2)), in(x.size(3)), out(out) {}

  int64_t tileRows() const { return height / 2 + 1; }
  int64_t tileColumns() const { return (width + 1) / 2; }

  // Of some rows of tiles, those in which this row of products is neither zero nor unwanted.
  Range rowsOf(int64_t product, Range rows) const {
    if (product == 4) return {std::max<int64_t>(rows.first, 1), rows.last};
    return {rows.first, std::max(rows.first, std::min(rows.last, (height + 1) / 2))};
  }

  int64_t images, height, width, in, out;
};

// Tiles that are done together: all rows of some images, or some rows of one. They lie in memory as
// (row, image, column).
struct Chunk {
  // The place of a row's tiles, in rows of tiles.
  int64_t line(int64_t row, int64_t image) const {
    return (row - rows.first) * images.size() + image - images.first;
  }
  int64_t lines() const { return rows.size() * images.size(); }

  Range images, rows;
};

// Chunks of about so many tiles.
inline std::vector<Chunk> chunksOf(const UpSampleSizes& sizes, int64_t tiles) {
  const int64_t rows = sizes.tileRows();
  const int64_t inImage = rows * sizes.tileColumns();
  const int64_t together = std::max<int64_t>(1, tiles / inImage);
  const int64_t pieces = std::clamp<int64_t>(inImage / tiles, 1, rows);
  std::vector<Chunk> chunks;
  for (int64_t image = 0; image < sizes.images; image += together) {
    const Range images = {image, std::min(image + together, sizes.images)};
    for (int64_t piece = 0; piece < pieces; piece++) {
      chunks.push_back({images, {rows * piece / pieces, rows * (piece + 1) / pieces}});
    }
  }
  return chunks;
}

// Pixels of (batch, height, width, channels); all that lie outside are one, of zeros at first.
template <typename T>
class Pixels {
 public:
  Pixels(const at::Tensor& image, T* data)
      : data_(data),
        height_(image.size(1)),
        width_(image.size(2)),
        channels_(image.size(3)),
        outside_(static_cast<size_t>(image.size(3))) {}

  T* at(int64_t image, int64_t row, int64_t column) {
    const bool isInside = row >= 0 && row < height_ && column >= 0 && column < width_;
    return isInside ? data_ + ((image * height_ + row) * width_ + column) * channels_
                    : outside_.data();
  }
  int64_t channels() const { return channels_; }

 private:
  T* data_;
  int64_t height_, width_, channels_;
  std::vector<std::remove_const_t<T>> outside_;
};

// Calls body(image, row, column, tile) for the tiles of some rows.
template <typename Body>
void forTiles(const Chunk& chunk, Range rows, int64_t columns, Body body) {
  for (int64_t row = rows.first; row < rows.last; row++) {
    for (int64_t image = chunk.images.first; image < chunk.images.last; image++) {
      const int64_t tile = chunk.line(row, image) * columns;
      for (int64_t column = 0; column < columns; column++) body(image, row, column, tile + column);
    }
  }
}

template <typename From, typename To>
void readTile(Pixels<const From>& x, int64_t image, int64_t row, int64_t column,
              const TilePlace<To>& out) {
  const From* pixels[kInputs];
  for (int64_t i = 0; i < kInputs; i++) {
    pixels[i] = x.at(image, 2 * row - 1 + i / 4, 2 * column - 1 + i % 4);
  }
  inputTile(pixels, x.channels(), out);
}

template <typename From, typename To>
void readGradientTile(Pixels<const From>& dy, int64_t image, int64_t row, int64_t column,
                      const TilePlace<To>& out) {
  const From* pixels[4 * kProducts];
  for (int64_t i = 0; i < 4 * kProducts; i++) {
    pixels[i] = dy.at(image, 4 * row - 1 + i / 5, 4 * column - 1 + i % 5);
  }
  gradientTile(pixels, dy.channels(), out);
}

}  // namespace gantorch::kernels
