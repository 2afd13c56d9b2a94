#pragma once

#include <ATen/native/CPUBlas.h>

#include <algorithm>
#include <cstdint>

namespace gantorch::kernels {

// c (rows, columns) = or += a (rows, inner) * b (inner, columns), each with its stride. The thread
// that computes some calls brgemm_release when it is done.
struct Product {
  int64_t rows, columns, inner;
  const float* a;
  int64_t aStride;
  const float* b;
  int64_t bStride;
  float* c;
  int64_t cStride;
  bool adds = false;

  void compute() const {
    at::native::cpublas::brgemm(rows, columns, inner, aStride, bStride, cStride, adds, a, b, c);
  }
};

// Calls body(first, size) for pieces of what lies from `first` to `last`.
template <typename Body>
void forPieces(int64_t first, int64_t last, int64_t piece, Body body) {
  for (int64_t i = first; i < last; i += piece) body(i, std::min(piece, last - i));
}

}  // namespace gantorch::kernels
