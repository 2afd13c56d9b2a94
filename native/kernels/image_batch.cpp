#include "kernels/image_batch.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <array>

#include "kernels/vectorize.h"

namespace gantorch::kernels {

namespace {

struct Rows {
  const uint8_t* bytes;
  const int32_t* places;
  const bool* mirrored;
  float* values;
  int64_t height;
  int64_t width;
  int64_t channels;
  float offset;
  float scale;
};

inline __attribute__((always_inline)) void scaleBytes(const uint8_t* __restrict from,
                                                      float* __restrict to, int64_t count,
                                                      float offset, float scale) {
  // With 127.5 for both the difference is exact, and so the quotient is the nearest float.
  for (int64_t i = 0; i < count; i++) to[i] = (static_cast<float>(from[i]) - offset) / scale;
}

// Rows of `source` as they lie, then turned around, in pieces that stay in the nearest cache: rows
// of few pixels are scaled together, since a vector would be larger than what one row leaves over.
template <int64_t kChannels>
inline __attribute__((always_inline)) void scaleMirrored(const uint8_t* source, float* to,
                                                         int64_t count, const Rows& rows) {
  constexpr int64_t kPixels = 256;
  const int64_t length = rows.width * kChannels;
  std::array<uint8_t, kPixels * kChannels> turned;
  for (int64_t row = 0; row < count;) {
    const int64_t together = std::clamp<int64_t>(kPixels / rows.width, 1, count - row);
    for (int64_t done = 0; done < rows.width; done += kPixels) {
      const int64_t pixels = std::min(kPixels, rows.width - done);
      for (int64_t i = 0; i < together; i++) {
        const uint8_t* last = source + (row + i) * length + (rows.width - 1 - done) * kChannels;
        uint8_t* place = turned.data() + i * length;
        for (int64_t pixel = 0; pixel < pixels; pixel++) {
          for (int64_t c = 0; c < kChannels; c++) {
            place[pixel * kChannels + c] = last[c - pixel * kChannels];
          }
        }
      }
      scaleBytes(turned.data(), to + row * length + done * kChannels, together * pixels * kChannels,
                 rows.offset, rows.scale);
    }
    row += together;
  }
}

// Of any number of channels.
inline __attribute__((always_inline)) void scaleMirroredPixels(const uint8_t* source, float* to,
                                                               int64_t count, const Rows& rows) {
  for (int64_t row = 0; row < count; row++) {
    for (int64_t pixel = 0; pixel < rows.width; pixel++) {
      const int64_t place = (row * rows.width + pixel) * rows.channels;
      const int64_t from = ((row + 1) * rows.width - 1 - pixel) * rows.channels;
      scaleBytes(source + from, to + place, rows.channels, rows.offset, rows.scale);
    }
  }
}

// Rows first .. last - 1 of the whole batch, all that are of one picture together.
GANTORCH_VECTORIZED
void scaleRows(const Rows& rows, int64_t first, int64_t last) {
  const int64_t length = rows.width * rows.channels;
  while (first < last) {
    const int64_t item = first / rows.height;
    const int64_t count = std::min((item + 1) * rows.height, last) - first;
    const int64_t source = rows.places[item] * rows.height + first % rows.height;
    const uint8_t* from = rows.bytes + source * length;
    float* to = rows.values + first * length;
    if (!rows.mirrored || !rows.mirrored[item]) {
      scaleBytes(from, to, count * length, rows.offset, rows.scale);
    } else if (rows.channels == 3) {
      scaleMirrored<3>(from, to, count, rows);
    } else if (rows.channels == 1) {
      scaleMirrored<1>(from, to, count, rows);
    } else {
      scaleMirroredPixels(from, to, count, rows);
    }
    first += count;
  }
}

}  // namespace

at::Tensor imageBatch(const at::Tensor& pictures, const at::Tensor& places,
                      const std::optional<at::Tensor>& mirrored, float offset, float scale) {
  const at::Tensor bytes = pictures.contiguous();
  const at::Tensor chosen = places.contiguous();
  const at::Tensor marks = mirrored ? mirrored->contiguous() : at::Tensor();
  const int64_t count = chosen.numel();
  const int64_t height = bytes.size(1);
  const at::Tensor values =
      at::empty({count, height, bytes.size(2), bytes.size(3)}, bytes.options().dtype(at::kFloat));
  if (values.numel() == 0) return values;
  const Rows rows = {bytes.const_data_ptr<uint8_t>(),
                     chosen.const_data_ptr<int32_t>(),
                     marks.defined() ? marks.const_data_ptr<bool>() : nullptr,
                     values.mutable_data_ptr<float>(),
                     height,
                     bytes.size(2),
                     bytes.size(3),
                     offset,
                     scale};
  const int64_t length = rows.width * rows.channels;
  const int64_t grain = std::max<int64_t>(at::internal::GRAIN_SIZE / length, 1);
  at::parallel_for(0, count * height, grain,
                   [&](int64_t first, int64_t last) { scaleRows(rows, first, last); });
  return values;
}

}  // namespace gantorch::kernels
