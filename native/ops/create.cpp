// lib/ops/create.ts and dtypes.ts
#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/tril.h>
#include <ATen/ops/triu.h>

#include "ops/operation.h"
#include "ops/shape.h"

namespace gantorch {

namespace {

at::ScalarType typeOf(const PlanNode& node) {
  return scalarType(dtypeNamed(node.attributes.text("dtype")));
}

Operation constant(const PlanNode& node) {
  at::Tensor value;
  if (node.attributes.has("values")) {
    const std::vector<double>& values = node.attributes.numbers("values");
    value = at::tensor(values, at::kDouble).to(typeOf(node));
    value = value.reshape(node.attributes.integers("shape"));
  } else {
    value = at::scalar_tensor(node.attributes.number("value"), typeOf(node));
  }
  return [value](RandomState&, const Tensors&) -> Tensors { return {value}; };
}

Operation cast(const PlanNode& node) {
  const auto type = typeOf(node);
  return [=](RandomState&, const Tensors& in) -> Tensors { return {in[0].to(type)}; };
}

Operation full(const PlanNode& node) {
  const std::vector<int64_t> lengths = node.attributes.integers("shape");
  const double value = node.attributes.number("value");
  const auto type = typeOf(node);
  return [=](RandomState&, const Tensors& in) -> Tensors {
    return {at::full(filledShape(lengths, in, 0), value, type)};
  };
}

Operation fullLike(const PlanNode& node) {
  const double value = node.attributes.number("value");
  const auto type = typeOf(node);
  return [=](RandomState&, const Tensors& in) -> Tensors {
    return {at::full_like(in[0], value, in[0].options().dtype(type))};
  };
}

Operation arange(const PlanNode& node) {
  const double start = node.attributes.number("start");
  const double step = node.attributes.number("step");
  const auto length = static_cast<int64_t>(node.attributes.number("length"));
  const auto type = typeOf(node);
  return [=](RandomState&, const Tensors&) -> Tensors {
    return {(at::arange(length, at::kDouble) * step + start).to(type)};
  };
}

Operation tril(const PlanNode& node) {
  const auto k = static_cast<int64_t>(node.attributes.number("k"));
  return [=](RandomState&, const Tensors& in) -> Tensors { return {at::tril(in[0], k)}; };
}

Operation triu(const PlanNode& node) {
  const auto k = static_cast<int64_t>(node.attributes.number("k"));
  return [=](RandomState&, const Tensors& in) -> Tensors { return {at::triu(in[0], k)}; };
}

}  // namespace

void registerCreate(OperationTable& table) {
  table["constant"] = constant;
  table["cast"] = cast;
  table["full"] = full;
  table["fullLike"] = fullLike;
  table["arange"] = arange;
  table["tril"] = tril;
  table["triu"] = triu;
}

}  // namespace gantorch
