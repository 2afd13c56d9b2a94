#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include "kernels/element.h"
#include "kernels/kernel_record.h"
#include "kernels/up_sample_chunks.h"
#include "kernels/up_sample_products.h"

namespace gantorch::kernels {

namespace {

// Widths of the blocks of channels that outerProducts reads.
constexpr int64_t kLeft = 16;
constexpr int64_t kRight = 32;

// Sums over all tiles, (25, out, in), chunk by chunk: first all threads fill inputs and gradients,
// then each does some of the products. So the order of summing doesn't depend on the threads.
struct Sums {
  Sums(const UpSampleSizes& sizes, const std::vector<Chunk>& chunks) : sizes(sizes) {
    for (const Chunk& chunk : chunks) {
      tiles = std::max(tiles, chunk.lines() * sizes.tileColumns());
    }
    inputs = at::empty({kInputs * tiles * sizes.in}, at::kFloat);
    gradients = at::empty({kFactors * tiles * sizes.out}, at::kFloat);
    sums = at::empty({kFactors, sizes.out, sizes.in}, at::kFloat);
  }

  template <typename T>
  void read(const Chunk& chunk, const at::Tensor& x, const at::Tensor& dy) const {
    auto* input = inputs.mutable_data_ptr<float>();
    auto* gradient = gradients.mutable_data_ptr<float>();
    at::parallel_for(chunk.rows.first, chunk.rows.last, 1, [&](int64_t first, int64_t last) {
      Pixels<const T> data(x, x.const_data_ptr<T>());
      Pixels<const T> given(dy, dy.const_data_ptr<T>());
      forTiles(chunk, {first, last}, sizes.tileColumns(),
               [&](int64_t image, int64_t row, int64_t column, int64_t at) {
                 readTile<T, float>(
                     data, image, row, column,
                     {input + at * kRight, tiles * sizes.in, kRight, tiles * kRight});
                 readGradientTile<T, float>(
                     given, image, row, column,
                     {gradient + at * kLeft, tiles * sizes.out, kLeft, tiles * kLeft});
               });
    });
  }

  void add(const Chunk& chunk, bool isFirst) const {
    const int64_t blocks = sizes.in / kRight;
    const int64_t across = chunk.images.size() * sizes.tileColumns();
    at::parallel_for(0, kFactors * blocks, 1, [&](int64_t first, int64_t last) {
      for (int64_t job = first; job < last; job++) {
        const int64_t k = job / blocks;
        const int64_t c = job % blocks * kRight;
        const Range rows = sizes.rowsOf(k / kProducts, chunk.rows);
        const int64_t skipped = (rows.first - chunk.rows.first) * across;
        const float* right =
            inputs.const_data_ptr<float>() + (inputOf(k) * sizes.in + c) * tiles + skipped * kRight;
        float* sum = sums.mutable_data_ptr<float>() + k * sizes.out * sizes.in + c;
        for (int64_t f = 0; f < sizes.out; f += kLeft / 2) {
          const float* left = gradients.const_data_ptr<float>() +
                              (k * sizes.out + f / kLeft * kLeft) * tiles + skipped * kLeft +
                              f % kLeft;
          outerProducts({left, kLeft}, {right, kRight}, rows.size() * across, !isFirst,
                        sum + f * sizes.in, sizes.in);
        }
      }
    });
  }

  const UpSampleSizes& sizes;
  int64_t tiles = 0;
  at::Tensor inputs, gradients, sums;
};

template <typename T>
at::Tensor kernelGradientOf(const at::Tensor& dy, const at::Tensor& x, int64_t out) {
  constexpr int64_t kTogether = 640;
  const UpSampleSizes sizes(x, out);
  const std::vector<Chunk> chunks = chunksOf(sizes, kTogether);
  const Sums sums(sizes, chunks);
  for (const Chunk& chunk : chunks) {
    sums.read<T>(chunk, x, dy);
    sums.add(chunk, &chunk == &chunks.front());
  }
  const at::Tensor result = at::empty({out, 3, 3, sizes.in}, x.options());
  at::parallel_for(0, out, 1, [&](int64_t first, int64_t last) {
    for (int64_t f = first; f < last; f++) {
      tapGradients(sums.sums.const_data_ptr<float>() + f * sizes.in, out * sizes.in, sizes.in,
                   result.mutable_data_ptr<T>() + f * 9 * sizes.in, sizes.in);
    }
  });
  return result.permute({1, 2, 3, 0});
}

}  // namespace

at::Tensor upSampleKernelGradient(const at::Tensor& dy, const at::Tensor& x,
                                  const at::Tensor& kernel) {
  const KernelRecord record("gantorch::upSampleKernelGradient", upSampleFlops(x, kernel.size(3)),
                            {dy, x, kernel});
  const int64_t out = kernel.size(3);
  return forElementType(x.scalar_type(),
                        [&]<typename T>() { return kernelGradientOf<T>(dy, x, out); });
}

}  // namespace gantorch::kernels
