#pragma once

#include <ATen/Version.h>

namespace gantorch::kernels {

// Whether kernels that are written for AVX-512 with bfloat16 may run. libtorch's own switch counts
// for them too: with ATEN_CPU_CAPABILITY=avx2 other processors' way is taken.
inline bool hasVectorBfloat16() {
  static const bool has = at::get_cpu_capability() == "AVX512" &&
                          __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512bf16");
  return has;
}

}  // namespace gantorch::kernels
