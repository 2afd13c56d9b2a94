// lib/ops/matrix.ts
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/sign.h>

#include "ops/operation.h"

namespace gantorch {

namespace {

Operation eye(const PlanNode& node) {
  const std::vector<int64_t> shape = node.attributes.integers("shape");
  const auto type = scalarType(dtypeNamed(node.attributes.text("dtype")));
  return [=](RandomState&, const Tensors&) -> Tensors {
    return {at::eye(shape.at(0), shape.at(1), type)};
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
  table["eye"] = eye;
  table["orthonormalize"] = orthonormalize;
}

}  // namespace gantorch
