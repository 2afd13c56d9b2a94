// lib/ops/matrix.ts and contract.ts
#include <ATen/ops/einsum.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/sign.h>
#include <ATen/ops/tensordot.h>
#include <ATen/ops/zeros.h>

#include "ops/elementwise.h"

namespace gantorch {

namespace {

Operation eye(const PlanNode& node) {
  const auto rows = static_cast<int64_t>(node.attributes.number("rows"));
  const auto columns = static_cast<int64_t>(node.attributes.number("columns"));
  const auto k = static_cast<int64_t>(node.attributes.number("k"));
  const auto type = scalarType(dtypeNamed(node.attributes.text("dtype")));
  return [=](RandomState&, const Tensors&) -> Tensors {
    const at::Tensor result = at::zeros({rows, columns}, type);
    if (k > -rows && k < columns) result.diagonal(k).fill_(1);
    return {result};
  };
}

Operation orthonormalize(const PlanNode&) {
  return [](RandomState&, const Tensors& in) -> Tensors {
    // In double, so that another number of threads changes nothing that float can show.
    const auto [q, r] = at::linalg_qr(in[0].to(at::kDouble));
    return {(q * at::sign(r.diagonal())).to(in[0].scalar_type())};
  };
}

Operation tensordot(const PlanNode& node) {
  const std::vector<int64_t> a = node.attributes.integers("a");
  const std::vector<int64_t> b = node.attributes.integers("b");
  return [=](RandomState&, const Tensors& in) -> Tensors {
    return {at::tensordot(in[0], in[1], a, b)};
  };
}

Operation einsum(const PlanNode& node) {
  const std::string equation = node.attributes.text("equation");
  return [=](RandomState&, const Tensors& in) -> Tensors { return {at::einsum(equation, in)}; };
}

}  // namespace

void registerMatrix(OperationTable& table) {
  table["matmul"] = binary<at::matmul>;
  table["eye"] = eye;
  table["orthonormalize"] = orthonormalize;
  table["tensordot"] = tensordot;
  table["einsum"] = einsum;
}

}  // namespace gantorch
