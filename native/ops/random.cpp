// lib/ops/random.ts
#include <ATen/ops/empty.h>

#include "core/failure.h"
#include "kernels/random_fill.h"
#include "ops/operation.h"
#include "ops/shape.h"

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
  const auto low = static_cast<int64_t>(node.attributes.number("low"));
  const auto high = static_cast<int64_t>(node.attributes.number("high"));
  if (high <= low || high - low > int64_t{1} << 32) {
    throw Failure(kNativeFailure, "plan", "high must be above low, by 2^32 at most");
  }
  return [=](RandomState& random, const Tensors& in) -> Tensors {
    const at::Tensor result = at::empty(filledShape(shape, in, 0), at::kInt);
    kernels::fillIntegers(result, low, high, streamOf(node, random));
    return {result};
  };
}

}  // namespace

void registerRandom(OperationTable& table) {
  table["randomUniform"] = randomUniform;
  table["randomNormal"] = randomNormal;
  table["randomInteger"] = randomInteger;
}

}  // namespace gantorch
