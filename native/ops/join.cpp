// lib/ops/join.ts
#include <ATen/ops/cat.h>
#include <ATen/ops/repeat_interleave.h>
#include <ATen/ops/split_with_sizes.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/tile.h>

#include "ops/shape.h"

namespace gantorch {

namespace {

Operation concatenate(const PlanNode& node) {
  const int64_t axis = axisOf(node);
  return [=](RandomState&, const Tensors& in) -> Tensors { return {at::cat(in, axis)}; };
}

Operation split(const PlanNode& node) {
  const int64_t axis = axisOf(node);
  const std::vector<int64_t> sizes = node.attributes.integers("sizes");
  return [=](RandomState&, const Tensors& in) -> Tensors {
    return {at::split_with_sizes(in[0], sizes, axis)};
  };
}

Operation tile(const PlanNode& node) {
  const std::vector<int64_t> repeats = node.attributes.integers("repeats");
  return [=](RandomState&, const Tensors& in) -> Tensors { return {at::tile(in[0], repeats)}; };
}

Operation repeat(const PlanNode& node) {
  const int64_t axis = axisOf(node);
  const std::vector<int64_t> repeats = node.attributes.integers("repeats");
  return [=](RandomState&, const Tensors& in) -> Tensors {
    if (repeats.size() == 1) return {at::repeat_interleave(in[0], repeats[0], axis)};
    return {at::repeat_interleave(in[0], at::tensor(repeats), axis)};
  };
}

}  // namespace

void registerJoin(OperationTable& table) {
  table["concatenate"] = concatenate;
  table["split"] = split;
  table["tile"] = tile;
  table["repeat"] = repeat;
}

}  // namespace gantorch
