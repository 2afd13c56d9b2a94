// lib/ops/compare.ts
#include <ATen/ops/eq.h>
#include <ATen/ops/ge.h>
#include <ATen/ops/gt.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/isinf.h>
#include <ATen/ops/isnan.h>
#include <ATen/ops/le.h>
#include <ATen/ops/logical_and.h>
#include <ATen/ops/logical_not.h>
#include <ATen/ops/logical_or.h>
#include <ATen/ops/logical_xor.h>
#include <ATen/ops/lt.h>
#include <ATen/ops/ne.h>
#include <ATen/ops/where.h>

#include "ops/elementwise.h"

namespace gantorch {

namespace {

Operation where(const PlanNode&) {
  return
      [](RandomState&, const Tensors& in) -> Tensors { return {at::where(in[0], in[1], in[2])}; };
}

}  // namespace

void registerCompare(OperationTable& table) {
  table["equal"] = binary<at::eq>;
  table["notEqual"] = binary<at::ne>;
  table["greater"] = binary<at::gt>;
  table["greaterEqual"] = binary<at::ge>;
  table["less"] = binary<at::lt>;
  table["lessEqual"] = binary<at::le>;
  table["logicalAnd"] = binary<at::logical_and>;
  table["logicalOr"] = binary<at::logical_or>;
  table["logicalXor"] = binary<at::logical_xor>;
  table["logicalNot"] = unary<at::logical_not>;
  table["isnan"] = unary<at::isnan>;
  table["isinf"] = unary<at::isinf>;
  table["isfinite"] = unary<at::isfinite>;
  table["where"] = where;
}

}  // namespace gantorch
