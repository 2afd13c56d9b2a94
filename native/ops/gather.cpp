// lib/ops/gather.ts and image_batch.ts
#include <ATen/EmptyTensor.h>
#include <ATen/ExpandUtils.h>
#include <ATen/ops/aminmax.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/eq.h>
#include <ATen/ops/gather.h>
#include <ATen/ops/index_add.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

#include "core/failure.h"
#include "kernels/image_batch.h"
#include "ops/shape.h"

namespace gantorch {

namespace {

[[noreturn]] void refusePlace(int64_t place, int64_t length) {
  throw Failure(kArgument, "",
                "index " + std::to_string(place) + " is out of bounds for an axis of " +
                    std::to_string(length) + " elements");
}

// Refuses places outside of low <= place < length, before a device would die of them.
void requireInside(const at::Tensor& places, int64_t low, int64_t length) {
  if (places.numel() == 0) return;
  const auto [least, greatest] = at::aminmax(places);
  for (const auto place : {least.item<int64_t>(), greatest.item<int64_t>()}) {
    if (place < low || place >= length) refusePlace(place, length);
  }
}

// The same as fromStart, in one pass over what lies here.
at::Tensor fromStartHere(const at::Tensor& places, int64_t length) {
  at::Tensor result(at::detail::empty_cpu(places.sizes(), at::kInt));
  const auto* given = places.const_data_ptr<int32_t>();
  auto* out = result.mutable_data_ptr<int32_t>();
  for (int64_t i = 0; i < places.numel(); i++) {
    if (given[i] < -length || given[i] >= length) refusePlace(given[i], length);
    out[i] = static_cast<int32_t>(given[i] < 0 ? given[i] + length : given[i]);
  }
  return result;
}

// Places along an axis of that length; negative ones count from the end.
at::Tensor fromStart(const at::Tensor& places, int64_t length) {
  if (places.is_cpu() && places.scalar_type() == at::kInt && places.is_contiguous()) {
    return fromStartHere(places, length);
  }
  requireInside(places, -length, length);
  return at::where(places < 0, places + length, places);
}

Operation slice(const PlanNode& node) {
  const std::vector<int64_t> starts = node.attributes.integers("starts");
  const std::vector<int64_t> lengths = node.attributes.integers("lengths");
  return [=](RandomState&, const Tensors& in) -> Tensors {
    at::Tensor result = in[0];
    for (size_t i = 0; i < starts.size(); i++) {
      const auto axis = static_cast<int64_t>(i);
      const int64_t rest = result.size(axis) - starts[i];
      const int64_t length = lengths.at(i) == -1 ? rest : lengths[i];
      if (length < 0 || length > rest) throw Failure(kShape, "", "the block is not inside");
      result = result.narrow(axis, starts[i], length);
    }
    return {result};
  };
}

Operation take(const PlanNode& node) {
  const int64_t axis = axisOf(node);
  return [=](RandomState&, const Tensors& in) -> Tensors {
    const at::Tensor& x = in[0];
    const at::Tensor places = fromStart(in[1], x.size(axis));
    const at::Tensor slices = at::index_select(x, axis, places.reshape({-1}));
    std::vector<int64_t> shape = x.sizes().vec();
    shape.erase(shape.begin() + axis);
    shape.insert(shape.begin() + axis, places.sizes().begin(), places.sizes().end());
    return {slices.reshape(shape)};
  };
}

// Shape of x with another length along the axis.
std::vector<int64_t> withLength(at::IntArrayRef shape, int64_t axis, int64_t length) {
  std::vector<int64_t> result = shape.vec();
  result.at(axis) = length;
  return result;
}

Operation takeAlongAxis(const PlanNode& node) {
  const int64_t axis = axisOf(node);
  return [=](RandomState&, const Tensors& in) -> Tensors {
    const at::Tensor& x = in[0];
    const at::Tensor places = fromStart(in[1].to(at::kLong), x.size(axis));
    const std::vector<int64_t> shared =
        at::infer_size(withLength(x.sizes(), axis, 1), withLength(places.sizes(), axis, 1));
    return {at::gather(x.expand(withLength(shared, axis, x.size(axis))), axis,
                       places.expand(withLength(shared, axis, places.size(axis))))};
  };
}

Operation imageBatch(const PlanNode& node) {
  const auto offset = static_cast<float>(node.attributes.number("offset"));
  const auto scale = static_cast<float>(node.attributes.number("scale"));
  return [=](RandomState&, const Tensors& in) -> Tensors {
    const auto mirrored = in.size() > 2 ? std::optional(in[2]) : std::nullopt;
    const at::Tensor places = fromStart(in[1], in[0].size(0));
    return {kernels::imageBatch(in[0], places, mirrored, offset, scale)};
  };
}

Operation oneHot(const PlanNode& node) {
  const int64_t axis = axisOf(node);
  const auto classes = static_cast<int64_t>(node.attributes.number("numClasses"));
  const auto type = scalarType(dtypeNamed(node.attributes.text("dtype")));
  return [=](RandomState&, const Tensors& in) -> Tensors {
    std::vector<int64_t> shape(in[0].dim() + 1, 1);
    shape.at(axis) = classes;
    const at::Tensor names = at::arange(classes, in[0].options()).reshape(shape);
    return {at::eq(in[0].unsqueeze(axis), names).to(type)};
  };
}

Operation segmentSum(const PlanNode& node) {
  const auto segments = static_cast<int64_t>(node.attributes.number("numSegments"));
  return [=](RandomState&, const Tensors& in) -> Tensors {
    const at::Tensor& data = in[0];
    requireInside(in[1], 0, segments);
    std::vector<int64_t> shape = data.sizes().slice(in[1].dim()).vec();
    shape.insert(shape.begin(), in[1].numel());
    const at::Tensor rows = data.reshape(shape);
    shape.front() = segments;
    return {at::zeros(shape, data.options()).index_add(0, in[1].reshape({-1}), rows)};
  };
}

}  // namespace

void registerGather(OperationTable& table) {
  table["slice"] = slice;
  table["take"] = take;
  table["takeAlongAxis"] = takeAlongAxis;
  table["imageBatch"] = imageBatch;
  table["oneHot"] = oneHot;
  table["segmentSum"] = segmentSum;
}

}  // namespace gantorch
