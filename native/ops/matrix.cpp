// lib/ops/matrix.ts
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/sign.h>
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

}  // namespace

void registerMatrix(OperationTable& table) {
  table["matmul"] = binary<at::matmul>;
  table["eye"] = eye;
  table["orthonormalize"] = orthonormalize;
}

}  // namespace gantorch
