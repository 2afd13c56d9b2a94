#include "kernels/element_update.h"

#include <ATen/Parallel.h>

#include <algorithm>

namespace gantorch::kernels {

namespace {

// Elements for which waking a thread up pays.
constexpr int64_t kGrain = 32768;

}  // namespace

void stepRows(const std::vector<UpdateRow>& rows, const RowStep& step) {
  int64_t total = 0;
  for (const UpdateRow& row : rows) total += row.size;
  at::parallel_for(0, total, kGrain, [&](int64_t first, int64_t last) {
    int64_t start = 0;
    for (const UpdateRow& row : rows) {
      const int64_t from = std::max<int64_t>(first - start, 0);
      const int64_t to = std::min(last - start, row.size);
      if (from < to) step(row, from, to);
      start += row.size;
    }
  });
}

}  // namespace gantorch::kernels
