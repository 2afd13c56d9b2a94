// lib/ops/arrange.ts
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/flip.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/roll.h>
#include <ATen/ops/tensor.h>

#include <algorithm>

#include "core/failure.h"
#include "ops/operation.h"

namespace gantorch {

namespace {

using Integers = std::vector<int64_t>;

Operation flip(const PlanNode& node) {
  const Integers axes = node.attributes.integers("axes");
  return [=](RandomState&, const Tensors& in) -> Tensors { return {at::flip(in[0], axes)}; };
}

Operation roll(const PlanNode& node) {
  const Integers shifts = node.attributes.integers("shifts");
  const Integers axes = node.attributes.integers("axes");
  return
      [=](RandomState&, const Tensors& in) -> Tensors { return {at::roll(in[0], shifts, axes)}; };
}

enum class PadMode { reflect, symmetric, edge };

PadMode padModeNamed(const std::string& name) {
  if (name == "reflect") return PadMode::reflect;
  if (name == "symmetric") return PadMode::symmetric;
  if (name == "edge") return PadMode::edge;
  throw Failure(kNativeFailure, "plan", "unknown padding mode " + name);
}

// The element inside an axis that stands for the one at `place` outside of it.
int64_t mirrored(int64_t place, int64_t length, PadMode mode) {
  if (mode == PadMode::edge) return std::clamp<int64_t>(place, 0, length - 1);
  const int64_t edge = mode == PadMode::symmetric ? 1 : 0;
  if (place < 0) return -place - edge;
  return place < length ? place : 2 * length - 2 - place + edge;
}

at::Tensor padAxis(const at::Tensor& x, int64_t axis, int64_t before, int64_t after, PadMode mode) {
  const int64_t length = x.size(axis);
  Integers places;
  for (int64_t i = -before; i < length + after; i++) places.push_back(mirrored(i, length, mode));
  const bool isInside =
      std::all_of(places.begin(), places.end(), [=](int64_t i) { return i >= 0 && i < length; });
  if (!isInside) throw Failure(kShape, "", "the padding is longer than its axis allows");
  return at::index_select(x, axis, at::tensor(places));
}

Operation pad(const PlanNode& node) {
  const Integers padding = node.attributes.integers("padding");
  if (node.attributes.text("mode") != "constant") {
    const PadMode mode = padModeNamed(node.attributes.text("mode"));
    return [=](RandomState&, const Tensors& in) -> Tensors {
      at::Tensor result = in[0];
      for (size_t i = 0; i + 1 < padding.size(); i += 2) {
        if (padding[i] == 0 && padding[i + 1] == 0) continue;
        result = padAxis(result, static_cast<int64_t>(i / 2), padding[i], padding[i + 1], mode);
      }
      return {result};
    };
  }
  const double value = node.attributes.number("value");
  // libtorch counts axes from the last one.
  Integers fromLast;
  for (size_t axis = padding.size() / 2; axis-- > 0;) {
    fromLast.push_back(padding[2 * axis]);
    fromLast.push_back(padding[2 * axis + 1]);
  }
  return [=](RandomState&, const Tensors& in) -> Tensors {
    return {at::constant_pad_nd(in[0], fromLast, value)};
  };
}

}  // namespace

void registerArrange(OperationTable& table) {
  table["flip"] = flip;
  table["roll"] = roll;
  table["pad"] = pad;
}

}  // namespace gantorch
