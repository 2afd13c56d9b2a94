#include "napi/convert.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/failure.h"
#include "core/store.h"

namespace gantorch {

namespace {

[[noreturn]] void fail(const std::string& what, const char* expected) {
  throw Failure(kNativeFailure, "binding", what + " must be " + expected);
}

Napi::Object toObject(Napi::Value value, const char* what) {
  if (!value.IsObject()) fail(what, "an object");
  return value.As<Napi::Object>();
}

double toNumber(Napi::Value value, const char* what) {
  if (!value.IsNumber()) fail(what, "a number");
  return value.As<Napi::Number>().DoubleValue();
}

std::string toText(Napi::Value value, const char* what) {
  if (!value.IsString()) fail(what, "a string");
  return value.As<Napi::String>().Utf8Value();
}

bool toBoolean(Napi::Value value, const char* what) {
  if (!value.IsBoolean()) fail(what, "true or false");
  return value.As<Napi::Boolean>().Value();
}

// Every element of a list, converted.
template <typename Convert>
auto toList(Napi::Value value, const char* what, Convert convert) {
  if (!value.IsArray()) fail(what, "a list");
  const auto array = value.As<Napi::Array>();
  std::vector<decltype(convert(value))> result;
  result.reserve(array.Length());
  for (uint32_t i = 0; i < array.Length(); i++) result.push_back(convert(array.Get(i)));
  return result;
}

ValueId toValueId(Napi::Value value, const char* what) {
  const int64_t number = toWhole(value, what);
  if (number > std::numeric_limits<ValueId>::max()) fail(what, "a value number");
  return static_cast<ValueId>(number);
}

std::vector<ValueId> toValueIds(Napi::Value value, const char* what) {
  return toList(value, what, [&](Napi::Value item) { return toValueId(item, what); });
}

std::vector<WeightId> toWeightIds(Napi::Value value, const char* what) {
  return toList(value, what, [&](Napi::Value item) { return toWhole(item, what); });
}

Attributes::Value toAttribute(Napi::Value value) {
  if (value.IsBoolean()) return value.As<Napi::Boolean>().Value();
  if (value.IsNumber()) return value.As<Napi::Number>().DoubleValue();
  if (value.IsString()) return value.As<Napi::String>().Utf8Value();
  return toList(value, "an attribute",
                [](Napi::Value item) { return toNumber(item, "an attribute's item"); });
}

Attributes toAttributes(Napi::Value value) {
  const Napi::Object object = toObject(value, "attributes");
  Attributes attributes;
  const Napi::Array names = object.GetPropertyNames();
  for (uint32_t i = 0; i < names.Length(); i++) {
    const Napi::Value name = names[i];
    attributes.set(toText(name, "an attribute's name"), toAttribute(object.Get(name)));
  }
  return attributes;
}

PlanValue toPlanValue(Napi::Value value) {
  const Napi::Object object = toObject(value, "a value");
  return {toList(object.Get("shape"), "a shape",
                 [](Napi::Value length) -> std::optional<int64_t> {
                   if (length.IsNull()) return std::nullopt;
                   return toWhole(length, "a length");
                 }),
          toDType(object.Get("dtype"))};
}

PlanInput toPlanInput(Napi::Value value) {
  const Napi::Object object = toObject(value, "an input");
  return {toValueId(object.Get("value"), "an input's value"),
          toText(object.Get("name"), "an input's name"),
          toBoolean(object.Get("requireFinite"), "requireFinite")};
}

PlanNode toPlanNode(Napi::Value value) {
  const Napi::Object object = toObject(value, "a node");
  return {toText(object.Get("op"), "a node's op"),
          toValueIds(object.Get("inputs"), "a node's inputs"),
          toValueIds(object.Get("outputs"), "a node's outputs"),
          toAttributes(object.Get("attributes")),
          toText(object.Get("scope"), "a node's scope"),
          toBoolean(object.Get("differentiable"), "differentiable"),
          toValueIds(object.Get("release"), "a node's release")};
}

PlanUpdate toPlanUpdate(Napi::Value value) {
  const Napi::Object object = toObject(value, "an update");
  return {toText(object.Get("op"), "an update's op"),
          toWeightIds(object.Get("weights"), "an update's weights"),
          toWeightIds(object.Get("slots"), "an update's slots"),
          toValueIds(object.Get("inputs"), "an update's inputs"),
          toAttributes(object.Get("attributes"))};
}

PlanPhase toPlanPhase(Napi::Value value) {
  const Napi::Object object = toObject(value, "a phase");
  return {toText(object.Get("name"), "a phase's name"),
          toList(object.Get("weights"), "a phase's weights",
                 [](Napi::Value item) {
                   const Napi::Object use = toObject(item, "a weight");
                   return PlanWeight{toWhole(use.Get("weight"), "a weight's id"),
                                     toValueId(use.Get("value"), "a weight's value")};
                 }),
          toList(object.Get("nodes"), "a phase's nodes", toPlanNode),
          toList(object.Get("updates"), "a phase's updates", toPlanUpdate),
          object.Has("kept") && toBoolean(object.Get("kept"), "kept")};
}

void requireFinite(const float* data, size_t length, const std::string& name) {
  // NaN and infinity have all bits of the exponent set. The compiler makes vectors of this loop.
  constexpr uint32_t kExponent = 0x7f800000;
  uint32_t largest = 0;
  for (size_t i = 0; i < length; i++) {
    largest = std::max(largest, std::bit_cast<uint32_t>(data[i]) & kExponent);
  }
  if (largest != kExponent) return;
  for (size_t i = 0; i < length; i++) {
    if (std::isfinite(data[i])) continue;
    throw Failure(kNotFinite, "",
                  name + " holds " + (std::isnan(data[i]) ? "NaN" : "infinity") + " at element " +
                      std::to_string(i) + "; this step changed nothing");
  }
}

}  // namespace

DType toDType(Napi::Value value) { return dtypeNamed(toText(value, "an element type")); }

std::vector<int64_t> toIntegers(Napi::Value value, const char* what) {
  return toList(value, what, [what](Napi::Value item) { return toWhole(item, what); });
}

int64_t toWhole(Napi::Value value, const char* what) {
  const double number = toNumber(value, what);
  if (!(number >= 0 && number <= 9007199254740991.0) || number != std::floor(number)) {
    fail(what, "whole numbers from 0 to 2^53 - 1");
  }
  return static_cast<int64_t>(number);
}

Plan toPlan(Napi::Value value) {
  const Napi::Object object = toObject(value, "a plan");
  return {toList(object.Get("values"), "a plan's values", toPlanValue),
          toList(object.Get("inputs"), "a plan's inputs", toPlanInput),
          toList(object.Get("phases"), "a plan's phases", toPlanPhase),
          toValueIds(object.Get("outputs"), "a plan's outputs")};
}

ArrayMemory toMemory(Napi::Value value, const char* what) {
  if (!value.IsTypedArray()) fail(what, "a typed array");
  napi_typedarray_type type;
  size_t length = 0;
  void* data = nullptr;
  // Node-API itself, since Napi::TypedArray knows neither shared nor shrunken buffers.
  const napi_status status =
      napi_get_typedarray_info(value.Env(), value, &type, &length, &data, nullptr, nullptr);
  if (status != napi_ok) fail(what, "a typed array");
  switch (type) {
    case napi_float32_array:
      return {data, length, DType::float32, length * sizeof(float)};
    case napi_int32_array:
      return {data, length, DType::int32, length * sizeof(int32_t)};
    case napi_uint8_array:
      return {data, length, DType::uint8, length};
    default:
      fail(what, "a Float32Array, Int32Array or Uint8Array");
  }
}

at::Tensor copyToTensor(const ArrayMemory& memory, const std::vector<int64_t>& shape,
                        const PlanValue& expected, const PlanInput& input) {
  bool fits = shape.size() == expected.shape.size();
  size_t size = 1;
  for (size_t axis = 0; fits && axis < shape.size(); axis++) {
    fits = (!expected.shape[axis] || *expected.shape[axis] == shape[axis]) &&
           !__builtin_mul_overflow(size, static_cast<size_t>(shape[axis]), &size);
  }
  if (!fits || size != memory.length) {
    throw Failure(kShape, "", input.name + " does not have the shape that the program expects");
  }
  const bool isBoolean = expected.dtype == DType::boolean && memory.dtype == DType::uint8;
  if (memory.dtype != expected.dtype && !isBoolean) {
    throw Failure(kNativeFailure, "", input.name + " has an unexpected element type");
  }
  const at::Tensor tensor = at::empty(shape, scalarType(expected.dtype));
  if (memory.bytes > 0) std::memcpy(tensor.mutable_data_ptr(), memory.data, memory.bytes);
  // The copy is checked, since another thread may write to a shared buffer meanwhile.
  if (input.requireFinite && memory.dtype == DType::float32) {
    requireFinite(tensor.const_data_ptr<float>(), memory.length, input.name);
  }
  return tensor;
}

}  // namespace gantorch
