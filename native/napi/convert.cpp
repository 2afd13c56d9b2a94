#include "napi/convert.h"

#include <ATen/ops/empty.h>

#include <cmath>
#include <cstring>

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

std::vector<ValueId> toValueIds(Napi::Value value, const char* what) {
  return toList(value, what, [&](Napi::Value item) {
    const double number = toNumber(item, what);
    if (number < 0 || number > 4294967295.0 || number != std::floor(number)) {
      fail(what, "value numbers");
    }
    return static_cast<ValueId>(number);
  });
}

std::vector<WeightId> toWeightIds(Napi::Value value, const char* what) {
  return toIntegers(value, what);
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
                   return static_cast<int64_t>(toNumber(length, "a length"));
                 }),
          toDType(object.Get("dtype"))};
}

PlanInput toPlanInput(Napi::Value value) {
  const Napi::Object object = toObject(value, "an input");
  return {static_cast<ValueId>(toNumber(object.Get("value"), "an input's value")),
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
                   return PlanWeight{
                       static_cast<WeightId>(toNumber(use.Get("weight"), "a weight's id")),
                       static_cast<ValueId>(toNumber(use.Get("value"), "a weight's value"))};
                 }),
          toList(object.Get("nodes"), "a phase's nodes", toPlanNode),
          toList(object.Get("updates"), "a phase's updates", toPlanUpdate)};
}

void requireFinite(const float* data, size_t length, const std::string& name) {
  // x - x is 0 for every finite x, NaN otherwise: a sum that the compiler can make vectors of.
  float sum = 0;
  for (size_t i = 0; i < length; i++) sum += data[i] - data[i];
  if (sum == 0) return;
  for (size_t i = 0; i < length; i++) {
    if (std::isfinite(data[i])) continue;
    throw Failure(kNotFinite, "",
                  name + " holds " + (std::isnan(data[i]) ? "NaN" : "infinity") + " at element " +
                      std::to_string(i) + "; nothing was changed");
  }
}

}  // namespace

DType toDType(Napi::Value value) { return dtypeNamed(toText(value, "an element type")); }

std::vector<int64_t> toIntegers(Napi::Value value, const char* what) {
  return toList(value, what,
                [what](Napi::Value item) { return static_cast<int64_t>(toNumber(item, what)); });
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
  const auto array = value.As<Napi::TypedArray>();
  const auto data = static_cast<char*>(array.ArrayBuffer().Data()) + array.ByteOffset();
  const auto memory = [&](DType dtype) {
    return ArrayMemory{data, array.ElementLength(), dtype, array.ByteLength()};
  };
  switch (array.TypedArrayType()) {
    case napi_float32_array:
      return memory(DType::float32);
    case napi_int32_array:
      return memory(DType::int32);
    case napi_uint8_array:
      return memory(DType::uint8);
    default:
      fail(what, "a Float32Array, Int32Array or Uint8Array");
  }
}

at::Tensor copyToTensor(const ArrayMemory& memory, const std::vector<int64_t>& shape,
                        const PlanValue& expected, const PlanInput& input) {
  bool fits = shape.size() == expected.shape.size();
  size_t size = 1;
  for (size_t axis = 0; fits && axis < shape.size(); axis++) {
    fits = shape[axis] >= 0 && (!expected.shape[axis] || *expected.shape[axis] == shape[axis]);
    size *= static_cast<size_t>(shape[axis]);
  }
  if (!fits || size != memory.length) {
    throw Failure(kShape, "", input.name + " does not have the shape that the program expects");
  }
  const bool isBoolean = expected.dtype == DType::boolean && memory.dtype == DType::uint8;
  if (memory.dtype != expected.dtype && !isBoolean) {
    throw Failure(kNativeFailure, "", input.name + " has an unexpected element type");
  }
  if (input.requireFinite && memory.dtype == DType::float32) {
    requireFinite(static_cast<const float*>(memory.data), memory.length, input.name);
  }
  const at::Tensor tensor = at::empty(shape, scalarType(expected.dtype));
  if (memory.bytes > 0) std::memcpy(tensor.mutable_data_ptr(), memory.data, memory.bytes);
  return tensor;
}

}  // namespace gantorch
