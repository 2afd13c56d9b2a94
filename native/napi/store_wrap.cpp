#include "napi/store_wrap.h"

#include <ATen/ops/empty.h>

#include <cstring>

#include "core/allocator.h"
#include "napi/convert.h"
#include "napi/environment.h"

namespace gantorch {

namespace {

// Tells a Store from other objects; lib/program.ts never mixes them up.
constexpr napi_type_tag kTag = {0x6b1f0d5a7c1e4a52, 0x9d3c8e2f4b6a7180};

WeightId idOf(const Napi::CallbackInfo& info) { return toWhole(info[0], "a weight id"); }

// The caller's array, which must have the weight's number and type of elements.
ArrayMemory memoryFor(Napi::Value array, const at::Tensor& weight) {
  const ArrayMemory memory = toMemory(array, "data");
  const bool isBoolean = memory.dtype == DType::uint8 && weight.scalar_type() == at::kBool;
  if (memory.length != static_cast<size_t>(weight.numel()) ||
      (scalarType(memory.dtype) != weight.scalar_type() && !isBoolean)) {
    throw Failure(kShape, "store", "an array does not fit its weight");
  }
  return memory;
}

// A tensor with the weight's elements in row-major order.
at::Tensor rowMajor(const at::Tensor& weight) {
  const CachedAllocations cached;
  return at::empty(weight.sizes(), weight.options());
}

}  // namespace

Napi::Function StoreWrap::define(Napi::Env env) {
  return DefineClass(
      env, "Store",
      {InstanceMethod<&StoreWrap::allocate>("allocate"), InstanceMethod<&StoreWrap::write>("write"),
       InstanceMethod<&StoreWrap::read>("read"), InstanceMethod<&StoreWrap::release>("release"),
       InstanceMethod<&StoreWrap::seed>("seed")});
}

bool StoreWrap::isStore(Napi::Value value) {
  return value.IsObject() && value.As<Napi::Object>().CheckTypeTag(&kTag);
}

StoreWrap::StoreWrap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<StoreWrap>(info) {
  info.This().As<Napi::Object>().TypeTag(&kTag);
}

void StoreWrap::allocate(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const int64_t grown =
        store_->allocate(idOf(info), toIntegers(info[1], "a shape"), toDType(info[2]),
                         toIntegers(info[3], "an order"), info[4].ToBoolean());
    Napi::MemoryManagement::AdjustExternalMemory(info.Env(), grown);
  });
}

Napi::Value StoreWrap::write(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const WeightId id = idOf(info);
    const at::Tensor weight = store_->room(id);
    const ArrayMemory memory = memoryFor(info[1], weight);
    // Copied now: the caller may change the array before its turn comes.
    const at::Tensor data = rowMajor(weight);
    if (memory.bytes > 0) std::memcpy(data.mutable_data_ptr(), memory.data, memory.bytes);
    const auto work = [=, store = store_] {
      copyElements(weight, data);
      store->markFilled(id);
      store->noteChange();
    };
    return Environment::of(info.Env())
        .submit(info.Env(), work, Napi::Object::New(info.Env()), [](Napi::Object) {});
  });
}

Napi::Value StoreWrap::read(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const at::Tensor weight = store_->room(idOf(info));
    memoryFor(info[1], weight);
    const at::Tensor values = rowMajor(weight);
    const auto deliver = [values](Napi::Object array) {
      const ArrayMemory memory = memoryFor(array, values);
      if (memory.bytes > 0) std::memcpy(memory.data, values.const_data_ptr(), memory.bytes);
    };
    return Environment::of(info.Env())
        .submit(
            info.Env(), [=] { copyElements(values, weight); }, info[1].As<Napi::Object>(), deliver);
  });
}

void StoreWrap::release(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    Napi::MemoryManagement::AdjustExternalMemory(info.Env(), store_->release(idOf(info)));
  });
}

void StoreWrap::seed(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const auto seed = static_cast<uint64_t>(toWhole(info[0], "a seed"));
    Environment::of(info.Env()).submitDetached([store = store_, seed] {
      store->random = {seed, 0};
    });
  });
}

}  // namespace gantorch
