#include "kernels/up_sample_products.h"

#include <ATen/Parallel.h>
#include <ATen/native/CPUBlas.h>
#include <ATen/ops/empty.h>

#include "kernels/element.h"
#include "kernels/kernel_record.h"
#include "kernels/transpose.h"
#include "kernels/up_sample_chunks.h"

namespace gantorch::kernels {

namespace {

// c (rows, columns) = or += a (rows, inner) * b (inner, columns), whose rows are `stride` apart.
template <typename T>
void multiply(int64_t rows, int64_t columns, int64_t inner, bool adds, const T* a, const T* b,
              int64_t stride, float* c) {
  if (rows == 0) return;
  constexpr bool kIsInterleaved = !std::is_same_v<T, float>;
  at::native::cpublas::brgemm(rows, columns, inner, inner, stride, columns, adds, a, b, c,
                              kIsInterleaved);
}

// What one thread works with on one chunk.
template <typename T>
struct Work {
  const UpSampleSizes& sizes;
  const Chunk& chunk;
  // One item's numbers are this many tiles apart.
  int64_t tiles;
  const T* factor;
  // Those of y's channels that are computed.
  Range outputs;
  int64_t columns = sizes.tileColumns();
  // Tiles in a row of all images.
  int64_t across = chunk.images.size() * columns;
};

template <typename T>
void forwardChunk(const Work<T>& work, Pixels<const T>& x, const float* bias, T* inputs,
                  float* products, Pixels<T>& y) {
  const auto& [sizes, chunk, tiles, factor, outputs, columns, across] = work;
  const int64_t in = sizes.in, out = outputs.size(), apart = tiles;
  // Rows of bfloat16 factors are interleaved two by two.
  const int64_t skippedFactors = outputs.first * (std::is_same_v<T, float> ? 1 : 2);
  forTiles(chunk, chunk.rows, columns, [&](int64_t image, int64_t row, int64_t column, int64_t at) {
    readTile<T, T>(x, image, row, column, {inputs + at * in, apart * in, in, 0});
  });
  for (int64_t k = 0; k < kFactors; k++) {
    const Range rows = sizes.rowsOf(k / kProducts, chunk.rows);
    const int64_t skipped = (rows.first - chunk.rows.first) * across;
    float* result = products + (k * tiles + skipped) * out;
    multiply(rows.size() * across, out, in, false, inputs + (inputOf(k) * tiles + skipped) * in,
             factor + k * in * sizes.out + skippedFactors, sizes.out, result);
    // The row of products that all results of a tile share is read everywhere.
    const int64_t missing = k < kProducts ? chunk.rows.last - rows.last : 0;
    std::fill_n(result + rows.size() * across * out, missing * across * out, 0.0F);
  }
  const std::vector<float> zeros(static_cast<size_t>(out));
  const TileResults none = {zeros.data(), 0};
  forTiles(chunk, chunk.rows, columns, [&](int64_t image, int64_t row, int64_t column, int64_t at) {
    T* pixels[16];
    for (int64_t i = 0; i < 16; i++) {
      pixels[i] = y.at(image, 4 * row - 1 + i / 4, 4 * column + i % 4) + outputs.first;
    }
    const TileResults own = {products + at * out, apart * out};
    const bool isLast = column + 1 == sizes.tileColumns();
    outputTile(own, isLast ? none : TileResults{own.data + out, own.item},
               bias ? bias + outputs.first : nullptr, out, pixels);
  });
}

template <typename T>
void dataChunk(const Work<T>& work, Pixels<const T>& dy, T* products, float* inputs,
               Pixels<T>& dx) {
  const auto& [sizes, chunk, tiles, factor, outputs, columns, across] = work;
  const int64_t in = sizes.in, out = outputs.size(), apart = tiles;
  // The last row's pixels also want a gradient from the row of tiles behind.
  const Range seen = {chunk.rows.first, std::min(chunk.rows.last + 1, sizes.tileRows())};
  forTiles(chunk, seen, columns, [&](int64_t image, int64_t row, int64_t column, int64_t at) {
    readGradientTile<T, T>(dy, image, row, column, {products + at * out, apart * out, out, 0});
  });
  for (int64_t k = 0; k < kFactors; k++) {
    const Range wanted = kRowInputOf[k / kProducts] == 1 ? seen : chunk.rows;
    const Range rows = sizes.rowsOf(k / kProducts, wanted);
    const int64_t skipped = (rows.first - chunk.rows.first) * across;
    float* result = inputs + (inputOf(k) * tiles + skipped) * in;
    // Products 2 and 3 have one input, in rows and columns, and in rows 1 and 4 too.
    const bool adds = k / kProducts > 2 || k % kProducts == 3;
    multiply(rows.size() * across, in, out, adds, products + (k * tiles + skipped) * out,
             factor + k * in * out, in, result);
    const int64_t missing = adds ? 0 : wanted.last - rows.last;
    std::fill_n(result + rows.size() * across * in, missing * across * in, 0.0F);
  }
  const std::vector<float> zeros(static_cast<size_t>(in));
  const TileResults none = {zeros.data(), 0};
  const Range pixelRows = {chunk.rows.first, std::min(chunk.rows.last, (sizes.height + 1) / 2)};
  forTiles(chunk, pixelRows, columns, [&](int64_t image, int64_t row, int64_t column, int64_t at) {
    const auto tileAt = [&](int64_t down, int64_t right) -> TileResults {
      const int64_t place = column + right;
      if (row + down >= seen.last || place < 0 || place >= sizes.tileColumns()) return none;
      return {inputs + (at + down * work.across + right) * in, apart * in};
    };
    const TileResults around[] = {tileAt(0, 0), tileAt(0, -1), tileAt(0, 1),
                                  tileAt(1, 0), tileAt(1, -1), tileAt(1, 1)};
    T* pixels[4];
    for (int64_t i = 0; i < 4; i++) {
      pixels[i] = dx.at(image, 2 * row + i / 2, 2 * column + i % 2);
    }
    dataTile(around, in, pixels);
  });
}

// The kernel as (out, 9, in).
at::Tensor tapsOf(const at::Tensor& kernel) {
  return kernel.permute({3, 0, 1, 2}).to(at::kFloat).contiguous();
}

// (25, in, out): what products multiply inputs by.
template <typename T>
at::Tensor forwardFactors(const at::Tensor& kernel) {
  const int64_t in = kernel.size(2), out = kernel.size(3);
  const at::Tensor taps = tapsOf(kernel);
  const at::Tensor turned = at::empty({9, in, out}, taps.options());
  const at::Tensor result = at::empty({kFactors, in, out}, kernel.options());
  const auto* from = taps.const_data_ptr<float>();
  auto* to = turned.mutable_data_ptr<float>();
  auto* factor = result.mutable_data_ptr<T>();
  at::parallel_for(0, in / kLanes, 1, [&](int64_t begin, int64_t end) {
    for (int64_t c = begin * kLanes; c < end * kLanes; c += kLanes) {
      for (int64_t tap = 0; tap < 9; tap++) {
        transpose(out, kLanes, from + tap * in + c, 9 * in, to + (tap * in + c) * out, out);
      }
      for (int64_t row = c; row < c + kLanes; row += 2) {
        factors(to + row * out, in * out, out, out, factor + row * out, in * out);
      }
    }
  });
  return result;
}

// (25, out, in): the same for gradients by x.
template <typename T>
at::Tensor backwardFactors(const at::Tensor& kernel) {
  const int64_t in = kernel.size(2), out = kernel.size(3);
  const at::Tensor taps = tapsOf(kernel);
  const at::Tensor result = at::empty({kFactors, out, in}, kernel.options());
  const auto* from = taps.const_data_ptr<float>();
  auto* factor = result.mutable_data_ptr<T>();
  at::parallel_for(0, out / 2, 1, [&](int64_t begin, int64_t end) {
    for (int64_t f = 2 * begin; f < 2 * end; f += 2) {
      factors(from + f * 9 * in, in, 9 * in, in, factor + f * in, out * in);
    }
  });
  return result;
}

// As many tiles as keep inputs and products in a core's cache, and enough rows for the products.
std::vector<Chunk> cachedChunks(const UpSampleSizes& sizes) {
  constexpr int64_t kNumbers = 200'000;
  constexpr int64_t kFewest = 80;
  const int64_t perTile = kInputs * sizes.in + kFactors * sizes.out;
  return chunksOf(sizes, std::max(kFewest, kNumbers / perTile));
}

// Into how many pieces y's channels go, so that a few tiles, all in one chunk, keep threads busy.
int64_t piecesOf(const UpSampleSizes& sizes, int64_t chunks) {
  constexpr int64_t kFewestJobs = 4;
  constexpr int64_t kNarrowest = 32;
  int64_t pieces = 1;
  while (chunks * pieces < kFewestJobs && sizes.out % (2 * pieces * kNarrowest) == 0) pieces *= 2;
  return pieces;
}

// Calls body(chunk, outputs, tiles, inputs, products) for all chunks, and pieces of y's channels if
// `splits`; each thread has its own two arrays.
template <typename Inputs, typename Products, typename Body>
void forChunks(const UpSampleSizes& sizes, bool splits, Body body) {
  const std::vector<Chunk> chunks = cachedChunks(sizes);
  int64_t tiles = 0;
  for (const Chunk& chunk : chunks) {
    const int64_t lines = chunk.lines() + chunk.images.size();
    tiles = std::max(tiles, lines * sizes.tileColumns());
  }
  const int64_t threads = at::get_num_threads();
  const at::Tensor inputs =
      at::empty({threads, kInputs * tiles * sizes.in}, c10::CppTypeToScalarType<Inputs>::value);
  const at::Tensor products =
      at::empty({threads, kFactors * tiles * sizes.out}, c10::CppTypeToScalarType<Products>::value);
  const auto count = static_cast<int64_t>(chunks.size());
  const int64_t pieces = splits ? piecesOf(sizes, count) : 1;
  const int64_t wide = sizes.out / pieces;
  at::parallel_for(0, count * pieces, 1, [&](int64_t begin, int64_t end) {
    const int64_t thread = at::get_thread_num();
    for (int64_t i = begin; i < end; i++) {
      const int64_t first = i % pieces * wide;
      body(chunks[static_cast<size_t>(i / pieces)], Range{first, first + wide}, tiles,
           inputs.mutable_data_ptr<Inputs>() + thread * inputs.size(1),
           products.mutable_data_ptr<Products>() + thread * products.size(1));
    }
    at::native::cpublas::brgemm_release(!std::is_same_v<Inputs, Products>);
  });
}

template <typename T>
at::Tensor forwardOf(const at::Tensor& x, const at::Tensor& factor, const at::Tensor& bias) {
  const UpSampleSizes sizes(x, factor.size(2));
  const at::Tensor shift = bias.defined() ? bias.to(at::kFloat).contiguous() : bias;
  const at::Tensor y =
      at::empty({sizes.images, 2 * sizes.height, 2 * sizes.width, sizes.out}, x.options());
  forChunks<T, float>(
      sizes, true,
      [&](const Chunk& chunk, Range outputs, int64_t tiles, T* inputs, float* products) {
        Pixels<const T> from(x, x.const_data_ptr<T>());
        Pixels<T> to(y, y.mutable_data_ptr<T>());
        const Work<T> work = {sizes, chunk, tiles, factor.const_data_ptr<T>(), outputs};
        const float* shifts = shift.defined() ? shift.const_data_ptr<float>() : nullptr;
        forwardChunk(work, from, shifts, inputs, products, to);
      });
  return y;
}

template <typename T>
at::Tensor dataGradientOf(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& kernel) {
  const UpSampleSizes sizes(x, kernel.size(3));
  const at::Tensor factor = backwardFactors<T>(kernel);
  const at::Tensor dx = at::empty(x.sizes(), x.options());
  forChunks<float, T>(
      sizes, false,
      [&](const Chunk& chunk, Range outputs, int64_t tiles, float* inputs, T* products) {
        Pixels<const T> from(dy, dy.const_data_ptr<T>());
        Pixels<T> to(dx, dx.mutable_data_ptr<T>());
        const Work<T> work = {sizes, chunk, tiles, factor.const_data_ptr<T>(), outputs};
        dataChunk(work, from, products, inputs, to);
      });
  return dx;
}

}  // namespace

int64_t upSampleFlops(const at::Tensor& x, int64_t out) {
  // 25 products for 2 x 2 pixels of x.
  return x.numel() * out * 25 / 2;
}

at::Tensor upSampleFactors(const at::Tensor& kernel) {
  return forElementType(kernel.scalar_type(),
                        [&]<typename T>() { return forwardFactors<T>(kernel); });
}

at::Tensor upSampleProducts(const at::Tensor& x, const at::Tensor& factors,
                            const at::Tensor& bias) {
  const KernelRecord record("gantorch::upSampleProducts", upSampleFlops(x, factors.size(2)),
                            {x, factors});
  return forElementType(x.scalar_type(),
                        [&]<typename T>() { return forwardOf<T>(x, factors, bias); });
}

at::Tensor upSampleDataGradient(const at::Tensor& dy, const at::Tensor& x,
                                const at::Tensor& kernel) {
  const KernelRecord record("gantorch::upSampleDataGradient", upSampleFlops(x, kernel.size(3)),
                            {dy, x, kernel});
  return forElementType(x.scalar_type(),
                        [&]<typename T>() { return dataGradientOf<T>(dy, x, kernel); });
}

}  // namespace gantorch::kernels
