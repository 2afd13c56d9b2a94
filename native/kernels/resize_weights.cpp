#include "kernels/resize_weights.h"

#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>

#include "core/failure.h"

namespace gantorch::kernels {

namespace {

constexpr double kPi = 3.14159265358979323846;

double triangle(double x) { return std::max(1 - std::abs(x), 0.0); }

// Keys (1981) with a = -1/2.
double cubic(double x) {
  x = std::abs(x);
  if (x >= 2) return 0;
  if (x >= 1) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return (1.5 * x - 2.5) * x * x + 1;
}

double lanczos(double x, double radius) {
  x = std::abs(x);
  if (x > radius) return 0;
  if (x <= 1e-3) return 1;
  return radius * std::sin(kPi * x) * std::sin(kPi * x / radius) / (kPi * kPi * x * x);
}

struct Kernel {
  double radius;
  double (*weight)(double);
};

Kernel kernelNamed(const std::string& name) {
  if (name == "bilinear") return {1, triangle};
  if (name == "bicubic") return {2, cubic};
  if (name == "lanczos3") return {3, [](double x) { return lanczos(x, 3); }};
  if (name == "lanczos5") return {5, [](double x) { return lanczos(x, 5); }};
  throw Failure(kNativeFailure, "plan", "unknown interpolation " + name);
}

}  // namespace

at::Tensor resizeWeights(int64_t from, int64_t to, const std::string& interpolation,
                         bool antialias) {
  const Kernel kernel = kernelNamed(interpolation);
  const double ratio = static_cast<double>(from) / static_cast<double>(to);
  const double width = antialias ? std::max(ratio, 1.0) : 1.0;
  // TensorFlow's bicubic without antialias looks its weights up in a table of 1024 steps.
  const bool isTabled = interpolation == "bicubic" && !antialias;
  const at::Tensor weights = at::zeros({to, from}, at::kFloat);
  float* row = weights.mutable_data_ptr<float>();
  std::vector<double> taps(static_cast<size_t>(from));
  for (int64_t i = 0; i < to; i++, row += from) {
    double centre = (static_cast<double>(i) + 0.5) * ratio;
    if (isTabled) {
      const double place = centre - 0.5;
      centre = std::floor(place) + std::nearbyint((place - std::floor(place)) * 1024) / 1024 + 0.5;
    }
    const double reach = kernel.radius * width;
    const auto first = std::max<int64_t>(static_cast<int64_t>(std::ceil(centre - reach - 0.5)), 0);
    const auto last =
        std::min<int64_t>(static_cast<int64_t>(std::floor(centre + reach - 0.5)), from - 1);
    double sum = 0;
    for (int64_t j = first; j <= last; j++) {
      const double tap = kernel.weight((static_cast<double>(j) + 0.5 - centre) / width);
      taps[static_cast<size_t>(j)] = tap;
      sum += tap;
    }
    for (int64_t j = first; j <= last; j++) {
      row[j] = static_cast<float>(taps[static_cast<size_t>(j)] / sum);
    }
  }
  return weights;
}

}  // namespace gantorch::kernels
