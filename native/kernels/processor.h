#pragma once

#include <ATen/Version.h>

#include <cstdint>

namespace gantorch::kernels {

// Floats in a vector of AVX-512.
inline constexpr int64_t kLanes = 16;

// Whether kernels written for AVX-512 may run. libtorch's own switch counts for them too: with
// ATEN_CPU_CAPABILITY=avx2 other processors' way is taken.
inline bool hasAvx512() {
  static const bool has =
      at::get_cpu_capability() == "AVX512" && __builtin_cpu_supports("avx512bw");
  return has;
}

// The same of those that also need its bfloat16.
inline bool hasVectorBfloat16() {
  static const bool has = hasAvx512() && __builtin_cpu_supports("avx512bf16");
  return has;
}

}  // namespace gantorch::kernels
