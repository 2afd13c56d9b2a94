#include "napi/program_wrap.h"

#include <cstring>
#include <optional>

#include "core/allocator.h"
#include "napi/convert.h"
#include "napi/environment.h"
#include "napi/store_wrap.h"

namespace gantorch {

namespace {

Napi::Array toArray(Napi::Value value, const char* what, size_t length) {
  if (!value.IsArray() || value.As<Napi::Array>().Length() != length) {
    throw Failure(kNativeFailure, "binding",
                  std::string(what) + " must be a list of " + std::to_string(length));
  }
  return value.As<Napi::Array>();
}

// Copies of all inputs, made before the call returns.
Tensors copyInputs(const Plan& plan, Napi::Value arrays, Napi::Value shapes) {
  const Napi::Array data = toArray(arrays, "inputs", plan.inputs.size());
  const Napi::Array sizes = toArray(shapes, "shapes", plan.inputs.size());
  const CachedAllocations cached;
  Tensors tensors;
  for (uint32_t i = 0; i < plan.inputs.size(); i++) {
    const PlanInput& input = plan.inputs[i];
    tensors.push_back(copyToTensor(toMemory(data.Get(i), "an input"),
                                   toIntegers(sizes.Get(i), "a shape"), plan.values[input.value],
                                   input));
  }
  return tensors;
}

// Lengths of a value, the batch's filled in; nothing where the batch size is not known.
std::optional<size_t> lengthOf(const PlanValue& value, std::optional<int64_t> batch) {
  size_t length = 1;
  for (const auto& axis : value.shape) {
    if (!axis && !batch) return std::nullopt;
    length *= static_cast<size_t>(axis ? *axis : *batch);
  }
  return length;
}

// The batch size of this call, where an input has one.
std::optional<int64_t> batchOf(const Plan& plan, const Tensors& inputs) {
  for (size_t i = 0; i < inputs.size(); i++) {
    const PlanValue& value = plan.values[plan.inputs[i].value];
    if (!value.shape.empty() && !value.shape[0]) return inputs[i].size(0);
  }
  return std::nullopt;
}

bool sameType(DType dtype, at::ScalarType type) {
  return scalarType(dtype) == type || (dtype == DType::uint8 && type == at::kBool);
}

// Finds arrays that can't hold the results before anything has changed.
void checkOutputs(const Plan& plan, Napi::Value value, std::optional<int64_t> batch) {
  const Napi::Array arrays = toArray(value, "outputs", plan.outputs.size());
  for (uint32_t i = 0; i < plan.outputs.size(); i++) {
    const ArrayMemory memory = toMemory(arrays.Get(i), "an output");
    const PlanValue& expected = plan.values[plan.outputs[i]];
    if (!sameType(memory.dtype, scalarType(expected.dtype)) ||
        lengthOf(expected, batch).value_or(memory.length) != memory.length) {
      throw Failure(kShape, "binding", "an output array does not fit its result");
    }
  }
}

void fillOutputs(const Tensors& results, const Napi::Array& arrays) {
  for (size_t i = 0; i < results.size(); i++) {
    const ArrayMemory memory = toMemory(arrays.Get(static_cast<uint32_t>(i)), "an output");
    if (results[i].nbytes() != memory.bytes || !sameType(memory.dtype, results[i].scalar_type())) {
      throw Failure(kShape, "binding",
                    "an output has another number of elements than its shape says: of its axes "
                    "only the first, the batch, may be unknown before the run");
    }
    if (memory.bytes > 0) std::memcpy(memory.data, results[i].const_data_ptr(), memory.bytes);
  }
}

}  // namespace

Napi::Function ProgramWrap::define(Napi::Env env) {
  return DefineClass(env, "Program", {InstanceMethod<&ProgramWrap::run>("run")});
}

ProgramWrap::ProgramWrap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<ProgramWrap>(info) {
  guarded(info.Env(), [&] {
    if (!StoreWrap::isStore(info[0])) {
      throw Failure(kNativeFailure, "binding", "a Program needs a Store");
    }
    const auto& store = StoreWrap::Unwrap(info[0].As<Napi::Object>())->store();
    program_ = std::make_shared<Program>(store, toPlan(info[1]));
  });
}

Napi::Value ProgramWrap::run(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    auto inputs = std::make_shared<Tensors>(copyInputs(program_->plan(), info[0], info[1]));
    checkOutputs(program_->plan(), info[2], batchOf(program_->plan(), *inputs));
    const auto results = std::make_shared<Tensors>();
    const bool isSmall = program_->isSmall(*inputs);
    const auto work = [program = program_, isQuick = isQuick_, inputs, results] {
      const auto start = std::chrono::steady_clock::now();
      // Moved out, so that the program frees each input after its last use.
      *results = program->run(std::exchange(*inputs, {}));
      *isQuick = std::chrono::steady_clock::now() - start < kQuick;
    };
    const auto deliver = [results](Napi::Object arrays) {
      fillOutputs(*results, arrays.As<Napi::Array>());
    };
    return Environment::of(info.Env())
        .submit(info.Env(), work, info[2].As<Napi::Object>(), deliver, isSmall && *isQuick_);
  });
}

}  // namespace gantorch
