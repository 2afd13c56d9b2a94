// lib/ops/math.ts
#include <ATen/ops/abs.h>
#include <ATen/ops/add.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/div.h>
#include <ATen/ops/eq.h>
#include <ATen/ops/erfinv.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/gt.h>
#include <ATen/ops/log.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/neg.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/square.h>
#include <ATen/ops/sub.h>
#include <ATen/ops/where.h>

#include "ops/operation.h"

namespace gantorch {

namespace {

using Unary = at::Tensor (*)(const at::Tensor&);
using Binary = at::Tensor (*)(const at::Tensor&, const at::Tensor&);

template <Unary function>
Operation unary(const PlanNode&) {
  return [](RandomState&, const Tensors& in) -> Tensors { return {function(in[0])}; };
}

template <Binary function>
Operation binary(const PlanNode&) {
  return [](RandomState&, const Tensors& in) -> Tensors { return {function(in[0], in[1])}; };
}

at::Tensor add(const at::Tensor& a, const at::Tensor& b) { return at::add(a, b); }
at::Tensor sub(const at::Tensor& a, const at::Tensor& b) { return at::sub(a, b); }

Operation constant(const PlanNode& node) {
  const auto type = scalarType(dtypeNamed(node.attributes.text("dtype")));
  const at::Tensor value = at::scalar_tensor(node.attributes.number("value"), type);
  return [value](RandomState&, const Tensors&) -> Tensors { return {value}; };
}

Operation clip(const PlanNode& node) {
  const double low = node.attributes.number("low");
  const double high = node.attributes.number("high");
  return [=](RandomState&, const Tensors& in) -> Tensors { return {at::clamp(in[0], low, high)}; };
}

Operation cast(const PlanNode& node) {
  const auto type = scalarType(dtypeNamed(node.attributes.text("dtype")));
  return [=](RandomState&, const Tensors& in) -> Tensors { return {in[0].to(type)}; };
}

Operation where(const PlanNode&) {
  return
      [](RandomState&, const Tensors& in) -> Tensors { return {at::where(in[0], in[1], in[2])}; };
}

Operation copy(const PlanNode&) {
  return [](RandomState&, const Tensors& in) -> Tensors { return {in[0].clone()}; };
}

}  // namespace

void registerMath(OperationTable& table) {
  table["constant"] = constant;
  table["add"] = binary<add>;
  table["sub"] = binary<sub>;
  table["mul"] = binary<at::mul>;
  table["div"] = binary<at::div>;
  table["maximum"] = binary<at::maximum>;
  table["minimum"] = binary<at::minimum>;
  table["greater"] = binary<at::gt>;
  table["equal"] = binary<at::eq>;
  table["neg"] = unary<at::neg>;
  table["exp"] = unary<at::exp>;
  table["log"] = unary<at::log>;
  table["sqrt"] = unary<at::sqrt>;
  table["square"] = unary<at::square>;
  table["abs"] = unary<at::abs>;
  table["erfinv"] = unary<at::erfinv>;
  table["clip"] = clip;
  table["cast"] = cast;
  table["where"] = where;
  table["copy"] = copy;
}

}  // namespace gantorch
