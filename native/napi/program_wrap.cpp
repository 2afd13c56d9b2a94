#include "napi/program_wrap.h"

#include <cstring>

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

std::vector<ArrayMemory> outputMemory(const Plan& plan, Napi::Value value) {
  const Napi::Array arrays = toArray(value, "outputs", plan.outputs.size());
  std::vector<ArrayMemory> memory;
  for (uint32_t i = 0; i < plan.outputs.size(); i++) {
    memory.push_back(toMemory(arrays.Get(i), "an output"));
  }
  return memory;
}

void fillOutputs(const Tensors& results, const std::vector<ArrayMemory>& outputs) {
  for (size_t i = 0; i < results.size(); i++) {
    const at::Tensor result = results[i].contiguous();
    if (result.nbytes() != outputs[i].bytes) {
      throw Failure(kShape, "binding", "an output array does not fit its result");
    }
    if (outputs[i].bytes > 0) {
      std::memcpy(outputs[i].data, result.const_data_ptr(), outputs[i].bytes);
    }
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
    const auto outputs = outputMemory(program_->plan(), info[2]);
    const auto work = [program = program_, inputs, outputs] {
      // Moved out, so that the program frees each input after its last use.
      fillOutputs(program->run(std::exchange(*inputs, {})), outputs);
    };
    return Environment::of(info.Env()).submit(info.Env(), work, info[2].As<Napi::Object>());
  });
}

}  // namespace gantorch
