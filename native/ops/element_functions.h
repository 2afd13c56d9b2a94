// What ops on few elements do to each of them: bit for bit what ATen's ops do.
#pragma once

#include <cstdint>

namespace gantorch::element {

inline constexpr auto add = [](float a, float b) { return a + b; };
inline constexpr auto sub = [](float a, float b) { return a - b; };
inline constexpr auto mul = [](float a, float b) { return a * b; };
inline constexpr auto div = [](float a, float b) { return a / b; };
inline constexpr auto equal = [](float a, float b) { return a == b; };
inline constexpr auto greater = [](float a, float b) { return a > b; };
inline constexpr auto greaterEqual = [](float a, float b) { return a >= b; };
inline constexpr auto less = [](float a, float b) { return a < b; };

inline constexpr auto neg = [](float x) { return -x; };
inline constexpr auto square = [](float x) { return x * x; };
inline constexpr auto relu = [](float x) { return x < 0 ? 0 : x; };

inline constexpr auto reluGradient = [](float g, float y) { return y <= 0 ? 0 : g; };
inline constexpr auto squareGradient = [](float g, float x) { return g * x * 2; };
inline constexpr auto sigmoidGradient = [](float g, float y) { return g * (1 - y) * y; };

inline auto leakyRelu(float slope) {
  return [=](float x) { return x > 0 ? x : x * slope; };
}
inline auto leakyReluGradient(float slope) {
  return [=](float g, float x) { return x > 0 ? g : g * slope; };
}
inline auto clip(float low, float high) {
  return [=](float x) { return x < low ? low : (x > high ? high : x); };
}
inline auto clipGradient(float low, float high) {
  return [=](float g, float x) { return x >= low && x <= high ? g : 0; };
}

// The gradient of a mean or sum at each of the elements that it was taken of.
inline float spread(float g, int64_t elements, bool isMean) {
  return isMean ? g / static_cast<float>(elements) : g;
}

}  // namespace gantorch::element
