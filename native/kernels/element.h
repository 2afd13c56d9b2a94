// Elements of activations: computed with in float32, rounded to their type as ATen rounds.
#pragma once

#include <c10/core/ScalarType.h>

#include <bit>
#include <cstdint>

namespace gantorch::kernels {

inline __attribute__((always_inline)) float load(float value) { return value; }

inline __attribute__((always_inline)) float load(at::BFloat16 value) {
  return std::bit_cast<float>(static_cast<uint32_t>(value.x) << 16);
}

template <typename T>
inline __attribute__((always_inline)) T narrow(float value);

template <>
inline __attribute__((always_inline)) float narrow<float>(float value) {
  return value;
}

// To the nearest, to even where two are as near; without a branch, so that loops become vectors.
template <>
inline __attribute__((always_inline)) at::BFloat16 narrow<at::BFloat16>(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  const uint32_t nearest = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
  const uint32_t result = value != value ? 0x7FC0 : nearest;
  return {static_cast<uint16_t>(result), at::BFloat16::from_bits()};
}

template <typename T>
inline __attribute__((always_inline)) float rounded(float value) {
  return load(narrow<T>(value));
}

// Calls body.template operator()<T>() for the element type of an activation.
template <typename Body>
auto forElementType(at::ScalarType type, Body body) {
  return type == at::kBFloat16 ? body.template operator()<at::BFloat16>()
                               : body.template operator()<float>();
}

}  // namespace gantorch::kernels
