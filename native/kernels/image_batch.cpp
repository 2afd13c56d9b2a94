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

// Turned around pixel by pixel in pieces that stay in the nearest cache.
template <int64_t kChannels>
inline __attribute__((always_inline)) void scaleMirrored(const uint8_t* row, float* to,
                                                         const Rows& rows) {
  constexpr int64_t kPixels = 256;
  const int64_t channels = kChannels > 0 ? kChannels : rows.channels;
  const int64_t pixels = kChannels > 0 ? kPixels : 1;
  std::array<uint8_t, kPixels * std::max<int64_t>(kChannels, 1)> turned;
  for (int64_t done = 0; done < rows.width; done += pixels) {
    const int64_t count = std::min(pixels, rows.width - done);
    const uint8_t* last = row + (rows.width - 1 - done) * channels;
    if constexpr (kChannels == 0) {
      scaleBytes(last, to + done * channels, channels, rows.offset, rows.scale);
    } else {
      for (int64_t pixel = 0; pixel < count; pixel++) {
        for (int64_t c = 0; c < kChannels; c++) {
          turned[pixel * kChannels + c] = last[c - pixel * kChannels];
        }
      }
      scaleBytes(turned.data(), to + done * kChannels, count * kChannels, rows.offset, rows.scale);
    }
  }
}

// Rows first .. last - 1 of the whole batch.
GANTORCH_VECTORIZED
void scaleRows(const Rows& rows, int64_t first, int64_t last) {
  const int64_t length = rows.width * rows.channels;
  for (int64_t row = first; row < last; row++) {
    const int64_t item = row / rows.height;
    const int64_t source = rows.places[item] * rows.height + row % rows.height;
    const uint8_t* from = rows.bytes + source * length;
    float* to = rows.values + row * length;
    if (!rows.mirrored || !rows.mirrored[item]) {
      scaleBytes(from, to, length, rows.offset, rows.scale);
    } else if (rows.channels == 3) {
      scaleMirrored<3>(from, to, rows);
    } else if (rows.channels == 1) {
      scaleMirrored<1>(from, to, rows);
    } else {
      scaleMirrored<0>(from, to, rows);
    }
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
  const Rows rows = {bytes.const_data_ptr<uint8_t>(),
                     chosen.const_data_ptr<int32_t>(),
                     marks.defined() ? marks.const_data_ptr<bool>() : nullptr,
                     values.mutable_data_ptr<float>(),
                     height,
                     bytes.size(2),
                     bytes.size(3),
                     offset,
                     scale};
  const int64_t length = std::max<int64_t>(rows.width * rows.channels, 1);
  const int64_t grain = std::max<int64_t>(at::internal::GRAIN_SIZE / length, 1);
  at::parallel_for(0, count * height, grain,
                   [&](int64_t first, int64_t last) { scaleRows(rows, first, last); });
  return values;
}

}  // namespace gantorch::kernels
