// lib/ops/math.ts
#include <ATen/ops/abs.h>
#include <ATen/ops/acos.h>
#include <ATen/ops/acosh.h>
#include <ATen/ops/add.h>
#include <ATen/ops/all.h>
#include <ATen/ops/asin.h>
#include <ATen/ops/asinh.h>
#include <ATen/ops/atan.h>
#include <ATen/ops/atan2.h>
#include <ATen/ops/atanh.h>
#include <ATen/ops/ceil.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/cos.h>
#include <ATen/ops/cosh.h>
#include <ATen/ops/div.h>
#include <ATen/ops/erf.h>
#include <ATen/ops/erfinv.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/expm1.h>
#include <ATen/ops/floor.h>
#include <ATen/ops/ge.h>
#include <ATen/ops/gt.h>
#include <ATen/ops/isnan.h>
#include <ATen/ops/le.h>
#include <ATen/ops/log.h>
#include <ATen/ops/log10.h>
#include <ATen/ops/log1p.h>
#include <ATen/ops/log2.h>
#include <ATen/ops/lt.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/neg.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/reciprocal.h>
#include <ATen/ops/remainder.h>
#include <ATen/ops/round.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/sign.h>
#include <ATen/ops/sin.h>
#include <ATen/ops/sinh.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/square.h>
#include <ATen/ops/sub.h>
#include <ATen/ops/tan.h>
#include <ATen/ops/where.h>
#include <c10/core/GradMode.h>

#include "core/failure.h"
#include "ops/elementwise.h"

namespace gantorch {

namespace {

at::Tensor add(const at::Tensor& a, const at::Tensor& b) { return at::add(a, b); }
at::Tensor sub(const at::Tensor& a, const at::Tensor& b) { return at::sub(a, b); }
at::Tensor& addTo(at::Tensor& a, const at::Tensor& b) { return a.add_(b); }
at::Tensor& multiplyBy(at::Tensor& a, const at::Tensor& b) { return a.mul_(b); }

// Among integers nothing can stand for a quotient by 0.
void requireDivisors(const at::Tensor& b) {
  if (!at::isIntegralType(b.scalar_type(), true) || at::all(b).item<bool>()) return;
  throw Failure(kArgument, "", "integers can't be divided by 0");
}

at::Tensor remainder(const at::Tensor& a, const at::Tensor& b) {
  requireDivisors(b);
  return at::remainder(a, b);
}

at::Tensor floorDivide(const at::Tensor& a, const at::Tensor& b) {
  requireDivisors(b);
  return at::div(a, b, "floor");
}

at::Tensor round(const at::Tensor& x) { return at::round(x); }

// Where both are equal libtorch halves the gradient; Keras's goes to the first. NaN stays NaN.
template <Binary plain, Binary isFirst>
at::Tensor extreme(const at::Tensor& a, const at::Tensor& b) {
  if (!a.requires_grad() && !b.requires_grad()) return plain(a, b);
  return at::where(isFirst(a, b).logical_or_(at::isnan(a)), a, b);
}

// libtorch's gradient by the exponent is NaN for negative bases, Keras's is 0. The second factor is
// 1, and has Keras's derivatives of every order.
at::Tensor powerOf(const at::Tensor& base, const at::Tensor& exponent) {
  if (!exponent.requires_grad()) return at::pow(base, exponent);
  const at::Tensor fixed = exponent.detach();
  const at::Tensor isPositive = at::gt(base, 0);
  const at::Tensor logarithm = at::log(at::where(isPositive, base, at::ones_like(base)));
  return at::pow(base, fixed) * at::exp((exponent - fixed) * logarithm);
}

Operation power(const PlanNode& node) {
  if (!node.attributes.has("exponent")) return binary<powerOf>(node);
  const double exponent = node.attributes.number("exponent");
  return [=](RandomState&, const Tensors& in) -> Tensors {
    const bool isWhole = at::isIntegralType(in[0].scalar_type(), true);
    return {isWhole ? at::pow(in[0], static_cast<int64_t>(exponent)) : at::pow(in[0], exponent)};
  };
}

// At the limits themselves the gradient is 1, as in Keras; since libtorch 2.15 at::clamp has 0.
at::Tensor clipped(const at::Tensor& x, double low, double high) {
  if (!c10::GradMode::is_enabled() || !x.requires_grad()) return at::clamp(x, low, high);
  return at::where(x < low, low, at::where(x > high, high, x));
}

Operation clip(const PlanNode& node) {
  const double low = node.attributes.number("low");
  const double high = node.attributes.number("high");
  return [=](RandomState&, const Tensors& in) -> Tensors {
    return {clipped(in[0], low, high).to(in[0].scalar_type())};
  };
}

Operation copy(const PlanNode&) {
  return [](RandomState&, const Tensors& in) -> Tensors { return {in[0].clone()}; };
}

}  // namespace

void registerMath(OperationTable& table) {
  table["add"] = commutative<add, addTo>;
  table["sub"] = binary<sub>;
  table["mul"] = commutative<at::mul, multiplyBy>;
  table["div"] = binary<at::div>;
  table["maximum"] = binary<extreme<at::maximum, at::ge>>;
  table["minimum"] = binary<extreme<at::minimum, at::le>>;
  table["mod"] = binary<remainder>;
  table["floorDivide"] = binary<floorDivide>;
  table["arctan2"] = binary<at::atan2>;
  table["power"] = power;
  table["neg"] = unary<at::neg>;
  table["square"] = unary<at::square>;
  table["sign"] = unary<at::sign>;
  table["exp"] = unary<at::exp>;
  table["expm1"] = unary<at::expm1>;
  table["log"] = unary<at::log>;
  table["log1p"] = unary<at::log1p>;
  table["log2"] = unary<at::log2>;
  table["log10"] = unary<at::log10>;
  table["sqrt"] = unary<at::sqrt>;
  table["rsqrt"] = unary<at::rsqrt>;
  table["reciprocal"] = unary<at::reciprocal>;
  table["sin"] = unary<at::sin>;
  table["cos"] = unary<at::cos>;
  table["tan"] = unary<at::tan>;
  table["arcsin"] = unary<at::asin>;
  table["arccos"] = unary<at::acos>;
  table["arctan"] = unary<at::atan>;
  table["sinh"] = unary<at::sinh>;
  table["cosh"] = unary<at::cosh>;
  table["arcsinh"] = unary<at::asinh>;
  table["arccosh"] = unary<at::acosh>;
  table["arctanh"] = unary<at::atanh>;
  table["erf"] = unary<at::erf>;
  table["erfinv"] = unary<at::erfinv>;
  table["floor"] = unary<at::floor>;
  table["ceil"] = unary<at::ceil>;
  table["round"] = unary<round>;
  table["abs"] = unary<at::abs>;
  table["clip"] = clip;
  table["copy"] = copy;
}

}  // namespace gantorch
