// lib/ops/random.ts
#include <ATen/ops/empty.h>

#include "kernels/random_fill.h"
#include "ops/operation.h"

namespace gantorch {

namespace {

// Fixed by the node's own key, or the next stream of the Store.
RandomStream streamOf(const PlanNode& node, RandomState& random) {
  if (!node.attributes.has("key")) return nextStream(random);
  const std::vector<int64_t> key = node.attributes.integers("key");
  return {static_cast<uint32_t>(key.at(0)), static_cast<uint32_t>(key.at(1)), 0};
}

Operation randomUniform(const PlanNode& node) {
  const std::vector<int64_t> shape = node.attributes.integers("shape");
  const double low = node.attributes.number("low");
  const double high = node.attributes.number("high");
  return [=](RandomState& random, const Tensors&) -> Tensors {
    const at::Tensor result = at::empty(shape, at::kFloat);
    kernels::fillUniform(result, low, high, streamOf(node, random));
    return {result};
  };
}

Operation randomNormal(const PlanNode& node) {
  const std::vector<int64_t> shape = node.attributes.integers("shape");
  const double mean = node.attributes.number("mean");
  const double stddev = node.attributes.number("stddev");
  return [=](RandomState& random, const Tensors&) -> Tensors {
    const at::Tensor result = at::empty(shape, at::kFloat);
    kernels::fillNormal(result, mean, stddev, streamOf(node, random));
    return {result};
  };
}

}  // namespace

void registerRandom(OperationTable& table) {
  table["randomUniform"] = randomUniform;
  table["randomNormal"] = randomNormal;
}

}  // namespace gantorch
