// Times every convolution of the article's step (128 x 160 x 3) and those of Keras-GAN's WGAN-GP
// with our own ways, each as autograd runs it: forward, backward to the data, backward to the weights; built and run by convolution.mjs.
#include <ATen/Parallel.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/randn_like.h>
#include <ATen/ops/upsample_nearest2d.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/allocator.h"
#include "kernels/up_sample_conv.h"
#include "ops/operation.h"

namespace {

using namespace gantorch;

struct Layer {
  const char* name;
  const char* op;
  int64_t height, width, in, out, stride;
  int64_t taps = 3;
};

constexpr Layer kLayers[] = {
    {"generator up 1", "upSampleConv2d", 8, 10, 512, 256, 1},
    {"  as transposed", "transposed", 8, 10, 512, 256, 1},
    {"generator up 2", "upSampleConv2d", 16, 20, 256, 128, 1},
    {"  as transposed", "transposed", 16, 20, 256, 128, 1},
    {"generator up 3", "upSampleConv2d", 32, 40, 128, 64, 1},
    {"  as transposed", "transposed", 32, 40, 128, 64, 1},
    {"generator up 4", "upSampleConv2d", 64, 80, 64, 32, 1},
    {"  as transposed", "transposed", 64, 80, 64, 32, 1},
    {"generator picture", "conv", 128, 160, 32, 3, 1},
    {"discriminator 1", "conv", 128, 160, 3, 32, 2},
    {"discriminator 2", "conv", 64, 80, 32, 64, 2},
    {"discriminator 3", "conv", 33, 41, 64, 128, 2},
    {"discriminator 4", "conv", 17, 21, 128, 256, 2},
    {"discriminator 5", "conv", 9, 11, 256, 512, 2},
    {"wgan-gp up 1", "upSampleConv2d", 7, 7, 128, 128, 1, 4},
    {"  doubled, conv2d", "doubled", 7, 7, 128, 128, 1, 4},
    {"wgan-gp up 2", "upSampleConv2d", 14, 14, 128, 64, 1, 4},
    {"  doubled, conv2d", "doubled", 14, 14, 128, 64, 1, 4},
    {"wgan-gp picture", "conv", 28, 28, 64, 1, 1, 4},
    {"  as conv2d", "conv2d", 28, 28, 64, 1, 1, 4},
    {"2 x 2 to 3", "conv", 64, 64, 64, 3, 1, 2},
    {"  as conv2d", "conv2d", 64, 64, 64, 3, 1, 2},
    {"4 x 4 to 3", "conv", 64, 64, 64, 3, 1, 4},
    {"  as conv2d", "conv2d", 64, 64, 64, 3, 1, 4},
    {"5 x 5 to 3", "conv", 64, 64, 64, 3, 1, 5},
    {"  as conv2d", "conv2d", 64, 64, 64, 3, 1, 5},
};

// Padding 'same' for even kernels and then ATen's convolution, of a doubled picture or of the given
// one.
Operation plainConv(int64_t taps, bool doubles) {
  return [=](RandomState&, const Tensors& in) -> Tensors {
    at::Tensor x = in[0].permute({0, 3, 1, 2});
    if (doubles) x = at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)});
    const int64_t before = (taps - 1) / 2, after = taps / 2;
    x = at::constant_pad_nd(x, {before, after, before, after});
    return {at::conv2d(x, in[1].permute({3, 2, 0, 1})).permute({0, 2, 3, 1})};
  };
}

// The op as the step runs it, or what it stands for.
Operation operationOf(const Layer& layer) {
  const std::string op = layer.op;
  if (op == "doubled" || op == "conv2d") return plainConv(layer.taps, op == "doubled");
  if (op == "transposed") {
    return [](RandomState&, const Tensors& in) -> Tensors {
      const at::Tensor x = in[0].permute({0, 3, 1, 2});
      return {kernels::upSampleConv2d(x, in[1], std::nullopt).permute({0, 2, 3, 1})};
    };
  }
  PlanNode node = {layer.op, {}, {}, {}, layer.name, true, {}};
  const auto stride = static_cast<double>(layer.stride);
  node.attributes.set("dataFormat", std::string("channels_last"));
  node.attributes.set("padding", std::string("same"));
  node.attributes.set("strides", std::vector<double>{stride, stride});
  node.attributes.set("dilationRate", std::vector<double>{1, 1});
  return makeOperation(node);
}

// Median seconds of a run, after two that do not count.
template <typename Function>
double secondsOf(int rounds, Function run) {
  std::vector<double> seconds;
  for (int round = -2; round < rounds; round++) {
    const auto start = std::chrono::steady_clock::now();
    run();
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
    if (round >= 0) seconds.push_back(passed.count());
  }
  std::nth_element(seconds.begin(), seconds.begin() + rounds / 2, seconds.end());
  return seconds[static_cast<size_t>(rounds) / 2];
}

struct Times {
  double forward, data, weights, all;
};

Times timesOf(const Operation& operation, const at::Tensor& x, const at::Tensor& kernel,
              int rounds) {
  RandomState state;
  Times times{};
  {
    const c10::AutoGradMode off(false);
    times.forward = secondsOf(rounds, [&] { operation(state, {x, kernel}); });
  }
  const c10::AutoGradMode on(true);
  const auto gradient = [&](bool ofData, bool ofWeights) {
    const at::Tensor data = x.detach().requires_grad_(ofData);
    const at::Tensor weights = kernel.detach().requires_grad_(ofWeights);
    const at::Tensor y = operation(state, {data, weights})[0];
    const at::Tensor dy = at::randn_like(y);
    std::vector<at::Tensor> leaves;
    if (ofData) leaves.push_back(data);
    if (ofWeights) leaves.push_back(weights);
    return secondsOf(rounds, [&] { torch::autograd::grad({y}, leaves, {dy}, true); });
  };
  times.data = gradient(true, false);
  times.weights = gradient(false, true);
  times.all = gradient(true, true);
  return times;
}

// GFLOP of one direct pass; doubling and convolving as the transposed convolution.
double gflopOf(const Layer& layer, int64_t batch) {
  const std::string op = layer.op;
  const bool isTransposed = op == "upSampleConv2d" || op == "transposed";
  const int64_t rows = (layer.height + layer.stride - 1) / layer.stride;
  const int64_t columns = (layer.width + layer.stride - 1) / layer.stride;
  const int64_t larger = layer.taps + 1;
  const int64_t doubled = op == "doubled" ? 4 : 1;
  const int64_t taps = isTransposed ? larger * larger : doubled * layer.taps * layer.taps;
  return 2e-9 * static_cast<double>(batch * rows * columns * taps * layer.in * layer.out);
}

// What a plain 3 x 3 convolution of 128 channels reaches: the rate to compare with.
double plainRate(int64_t batch, at::ScalarType dtype, int rounds) {
  const c10::AutoGradMode off(false);
  const at::Tensor x = at::randn({batch, 32, 40, 128}).to(dtype).permute({0, 3, 1, 2});
  const at::Tensor weight = at::randn({128, 3, 3, 128}).to(dtype).permute({0, 3, 1, 2});
  const double seconds = secondsOf(rounds, [&] { at::conv2d(x, weight, {}, 1, 1); });
  return 2e-9 * static_cast<double>(batch * 32 * 40 * 9 * 128 * 128) / seconds;
}

void measure(int64_t batch, at::ScalarType dtype, int rounds, const std::string& wanted) {
  std::printf("%s, batch %ld, %d threads; a plain conv2d: %.0f GFLOP/s\n", c10::toString(dtype),
              batch, at::get_num_threads(), plainRate(batch, dtype, rounds));
  std::printf("%-18s %8s %21s %21s %21s %9s\n", "", "GFLOP", "forward ms GFLOP/s",
              "to data ms GFLOP/s", "to weights ms GFLOP/s", "both ms");
  bool isWanted = false;
  for (const Layer& layer : kLayers) {
    // What stands below a layer is compared with it.
    if (layer.name[0] != ' ') isWanted = std::string(layer.name).find(wanted) != std::string::npos;
    if (!isWanted) continue;
    const at::Tensor x = at::randn({batch, layer.height, layer.width, layer.in}).to(dtype);
    // In memory as the Store keeps kernels: (out, rows, columns, in).
    const at::Tensor kernel =
        at::randn({layer.out, layer.taps, layer.taps, layer.in}).to(dtype).permute({1, 2, 3, 0});
    const Times times = timesOf(operationOf(layer), x, kernel, rounds);
    const double gflop = gflopOf(layer, batch);
    std::printf("%-18s %8.2f %13.2f %7.0f %13.2f %7.0f %13.2f %7.0f %9.2f\n", layer.name, gflop,
                times.forward * 1e3, gflop / times.forward, times.data * 1e3, gflop / times.data,
                times.weights * 1e3, gflop / times.weights, times.all * 1e3);
  }
}

}  // namespace

int main(int count, char** arguments) {
  const int64_t batch = count > 1 ? std::atol(arguments[1]) : 16;
  const int rounds = count > 2 ? std::atoi(arguments[2]) : 5;
  const std::string wanted = count > 3 ? arguments[3] : "";
  gantorch::installAllocator();
  const gantorch::CachedAllocations cached;
  for (const at::ScalarType dtype : {at::kFloat, at::kBFloat16}) {
    measure(batch, dtype, rounds, wanted);
  }
}
