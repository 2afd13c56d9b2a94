// lib/ops/random.ts
#include <ATen/ops/empty.h>

#include "core/failure.h"
#include "kernels/activation_dropout.h"
#include "kernels/random_fill.h"
#include "ops/operation.h"
#include "ops/random.h"
#include "ops/shape.h"

namespace gantorch {

RandomStream streamOf(const PlanNode& node, RandomState& random) {
  const auto words = [&](const char* name) { return node.attributes.integers(name); };
  const auto stream = [](const std::vector<int64_t>& key, uint64_t sequence) {
    return RandomStream{static_cast<uint32_t>(key.at(0)), static_cast<uint32_t>(key.at(1)),
                        sequence};
  };
  if (node.attributes.has("key")) return stream(words("key"), 0);
  const RandomStream next = nextStream(random);
  return node.attributes.has("stream") ? stream(words("stream"), next.sequence) : next;
}

kernels::Dropout dropoutOf(const PlanNode& node, RandomState& random) {
  return {node.attributes.number("rate"), streamOf(node, random)};
}

namespace {

Operation randomUniform(const PlanNode& node) {
  const std::vector<int64_t> shape = node.attributes.integers("shape");
  const double low = node.attributes.number("minval");
  const double high = node.attributes.number("maxval");
  return [=](RandomState& random, const Tensors& in) -> Tensors {
    const at::Tensor result = at::empty(filledShape(shape, in, 0), at::kFloat);
    kernels::fillUniform(result, low, high, streamOf(node, random));
    return {result};
  };
}

Operation randomNormal(const PlanNode& node) {
  const std::vector<int64_t> shape = node.attributes.integers("shape");
  const double mean = node.attributes.number("mean");
  const double stddev = node.attributes.number("stddev");
  return [=](RandomState& random, const Tensors& in) -> Tensors {
    const at::Tensor result = at::empty(filledShape(shape, in, 0), at::kFloat);
    kernels::fillNormal(result, mean, stddev, streamOf(node, random));
    return {result};
  };
}

Operation randomInteger(const PlanNode& node) {
  const std::vector<int64_t> shape = node.attributes.integers("shape");
  const auto low = static_cast<int64_t>(node.attributes.number("minval"));
  const auto high = static_cast<int64_t>(node.attributes.number("maxval"));
  if (high <= low || high - low > int64_t{1} << 32) {
    throw Failure(kNativeFailure, "plan", "maxval must be above minval, by 2^32 at most");
  }
  return [=](RandomState& random, const Tensors& in) -> Tensors {
    const at::Tensor result = at::empty(filledShape(shape, in, 0), at::kInt);
    kernels::fillIntegers(result, low, high, streamOf(node, random));
    return {result};
  };
}

Operation dropoutMask(const PlanNode& node) {
  const std::vector<int64_t> shape = node.attributes.integers("shape");
  return [=](RandomState& random, const Tensors& in) -> Tensors {
    return {kernels::dropoutMask(filledShape(shape, in, 0), dropoutOf(node, random))};
  };
}

Operation dropout(const PlanNode& node) {
  // Set by the pass that joins an activation to it.
  const double slope = node.attributes.has("slope") ? node.attributes.number("slope") : 1;
  return [=](RandomState& random, const Tensors& in) -> Tensors {
    return {kernels::activationDropout(in[0], slope, dropoutOf(node, random))};
  };
}

}  // namespace

void registerRandom(OperationTable& table) {
  table["dropout"] = dropout;
  table["dropoutMask"] = dropoutMask;
  table["randomUniform"] = randomUniform;
  table["randomNormal"] = randomNormal;
  table["randomInteger"] = randomInteger;
}

}  // namespace gantorch
