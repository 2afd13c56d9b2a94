// lib/ops/generator.ts
#include "kernels/generator.h"

#include <ATen/ops/empty.h>

#include "core/failure.h"
#include "ops/operation.h"

namespace gantorch {

namespace {

// The input holds the key and the position, low words first; `skip` words belong to others.
kernels::GeneratorState stateOf(const at::Tensor& given, uint64_t skip) {
  if (given.numel() != 4 || given.scalar_type() != at::kInt || !given.is_contiguous()) {
    throw Failure(kNativeFailure, "plan", "a generator's state must be four int32 words");
  }
  const auto* words = reinterpret_cast<const uint32_t*>(given.const_data_ptr<int32_t>());
  return {words[0], words[1], (uint64_t{words[3]} << 32 | words[2]) + skip};
}

template <typename Generate>
Operation generator(const PlanNode& node, at::ScalarType type, Generate generate) {
  const std::vector<int64_t> shape = node.attributes.integers("shape");
  const double first = node.attributes.number("first");
  const double second = node.attributes.number("second");
  const auto skip = static_cast<uint64_t>(node.attributes.number("skip"));
  return [=](RandomState&, const Tensors& in) -> Tensors {
    const at::Tensor result = at::empty(shape, type);
    generate(result, first, second, stateOf(in[0], skip));
    return {result};
  };
}

Operation generatorNormal(const PlanNode& node) {
  return generator(node, at::kFloat, kernels::generateNormal);
}

Operation generatorUniform(const PlanNode& node) {
  return generator(node, at::kFloat, kernels::generateUniform);
}

Operation generatorInteger(const PlanNode& node) {
  return generator(
      node, at::kInt,
      [](const at::Tensor& tensor, double low, double high, const kernels::GeneratorState& from) {
        kernels::generateIntegers(tensor, static_cast<int64_t>(low), static_cast<int64_t>(high),
                                  from);
      });
}

}  // namespace

void registerGenerator(OperationTable& table) {
  table["generatorNormal"] = generatorNormal;
  table["generatorUniform"] = generatorUniform;
  table["generatorInteger"] = generatorInteger;
}

}  // namespace gantorch
