// Operations made of one function of ATen.
#pragma once

#include "ops/operation.h"

namespace gantorch {

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

}  // namespace gantorch
