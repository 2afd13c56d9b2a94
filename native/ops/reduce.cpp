// lib/ops/reduce.ts
#include <ATen/ops/argmax.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/sum.h>

#include "ops/operation.h"

namespace gantorch {

namespace {

Operation sum(const PlanNode& node) {
  const std::vector<int64_t> axes = node.attributes.integers("axes");
  const bool keepdims = node.attributes.boolean("keepdims");
  return
      [=](RandomState&, const Tensors& in) -> Tensors { return {at::sum(in[0], axes, keepdims)}; };
}

Operation mean(const PlanNode& node) {
  const std::vector<int64_t> axes = node.attributes.integers("axes");
  const bool keepdims = node.attributes.boolean("keepdims");
  return
      [=](RandomState&, const Tensors& in) -> Tensors { return {at::mean(in[0], axes, keepdims)}; };
}

Operation argmax(const PlanNode& node) {
  const auto axis = static_cast<int64_t>(node.attributes.number("axis"));
  return [=](RandomState&, const Tensors& in) -> Tensors {
    return {at::argmax(in[0], axis).to(at::kInt)};
  };
}

}  // namespace

void registerReduce(OperationTable& table) {
  table["sum"] = sum;
  table["mean"] = mean;
  table["argmax"] = argmax;
}

}  // namespace gantorch
