// Operations made of one function of ATen.
#pragma once

#include <ATen/ExpandUtils.h>
#include <c10/core/GradMode.h>

#include "ops/operation.h"

namespace gantorch {

using Unary = at::Tensor (*)(const at::Tensor&);
using Binary = at::Tensor (*)(const at::Tensor&, const at::Tensor&);
using UnaryInPlace = at::Tensor& (*)(at::Tensor&);
using BinaryInPlace = at::Tensor& (*)(at::Tensor&, const at::Tensor&);

// Whether a result may be written over x: nobody sees its memory any more, it is ours and not a
// caller's array, and no gradient needs it.
inline bool isSpare(const at::Tensor& x) {
  return x.use_count() == 1 && x.storage().use_count() == 1 && x.storage().resizable() &&
         !c10::GradMode::is_enabled() && at::isFloatingType(x.scalar_type()) &&
         x.is_non_overlapping_and_dense();
}

// Whether a result of a and b looks like a.
inline bool keepsShape(const at::Tensor& a, const at::Tensor& b) {
  return a.scalar_type() == b.scalar_type() && a.device() == b.device() &&
         at::is_expandable_to(b.sizes(), a.sizes());
}

template <Unary function>
Operation unary(const PlanNode&) {
  return [](RandomState&, const Tensors& in) -> Tensors { return {function(in[0])}; };
}

template <Unary function, UnaryInPlace inPlace>
Operation unary(const PlanNode&) {
  return [](RandomState&, const Tensors& in) -> Tensors {
    if (!isSpare(in[0])) return {function(in[0])};
    at::Tensor result = in[0];
    return {inPlace(result)};
  };
}

template <Binary function>
Operation binary(const PlanNode&) {
  return [](RandomState&, const Tensors& in) -> Tensors { return {function(in[0], in[1])}; };
}

// For functions that commute: either operand's memory will do.
template <Binary function, BinaryInPlace inPlace>
Operation commutative(const PlanNode&) {
  return [](RandomState&, const Tensors& in) -> Tensors {
    if (isSpare(in[0]) && keepsShape(in[0], in[1])) {
      at::Tensor result = in[0];
      return {inPlace(result, in[1])};
    }
    if (isSpare(in[1]) && in[0].strides() == in[1].strides() && keepsShape(in[1], in[0])) {
      at::Tensor result = in[1];
      return {inPlace(result, in[0])};
    }
    return {function(in[0], in[1])};
  };
}

}  // namespace gantorch
