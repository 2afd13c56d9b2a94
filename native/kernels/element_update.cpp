#include "kernels/element_update.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <algorithm>

#include "kernels/brgemm_product.h"
#include "kernels/kernel_record.h"

namespace gantorch::kernels {

namespace {

// Elements for which waking a thread up pays.
constexpr int64_t kGrain = 32768;

UpdateRow partOf(UpdateRow row, int64_t first, int64_t size) {
  row.size = size;
  row.weight += first;
  for (float*& slot : row.slots) {
    if (slot != nullptr) slot += first;
  }
  if (row.average != nullptr) row.average += first;
  return row;
}

}  // namespace

UpdateRows::UpdateRows(std::vector<UpdateRow> rows) : rows_(std::move(rows)) {
  for (const UpdateRow& row : rows_) {
    total_ += row.size;
    if (!row.product) continue;
    piece_ = std::max(piece_, row.product->together() * row.product->columns());
    flops_ += row.product->flops();
  }
  if (piece_ > 0) room_ = at::empty({at::get_num_threads(), piece_}, at::kFloat);
}

void UpdateRows::step(const RowStep& step) const {
  const KernelRecord record("gantorch::optimizerStep", flops_, {});
  at::parallel_for(0, total_, kGrain, [&](int64_t first, int64_t last) {
    float* const room =
        piece_ > 0 ? room_.mutable_data_ptr<float>() + at::get_thread_num() * piece_ : nullptr;
    int64_t start = 0;
    for (const UpdateRow& row : rows_) {
      const int64_t from = std::max<int64_t>(first - start, 0);
      const int64_t to = std::min(last - start, row.size);
      if (from < to) row.product ? stepProduct(row, from, to, room, step) : step(row, from, to);
      start += row.size;
    }
    if (piece_ > 0) at::native::cpublas::brgemm_release(false);
  });
}

// Whole rows of the gradient: those that begin in the share.
void UpdateRows::stepProduct(const UpdateRow& row, int64_t first, int64_t last, float* room,
                             const RowStep& step) const {
  const DenseKernelGradient& product = *row.product;
  const int64_t columns = product.columns();
  const auto lineOf = [&](int64_t element) { return (element + columns - 1) / columns; };
  forPieces(lineOf(first), lineOf(last), product.together(), [&](int64_t line, int64_t lines) {
    product.compute(line, line + lines, room);
    UpdateRow piece = partOf(row, line * columns, lines * columns);
    piece.gradient = room;
    step(piece, 0, piece.size);
  });
}

}  // namespace gantorch::kernels
