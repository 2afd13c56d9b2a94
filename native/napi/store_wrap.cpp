#include "napi/store_wrap.h"

#include <ATen/ops/from_blob.h>

#include "core/allocator.h"
#include "napi/convert.h"
#include "napi/environment.h"

namespace gantorch {

namespace {

// Tells a Store from other objects; lib/program.ts never mixes them up.
constexpr napi_type_tag kTag = {0x6b1f0d5a7c1e4a52, 0x9d3c8e2f4b6a7180};

WeightId idOf(const Napi::CallbackInfo& info) {
  if (!info[0].IsNumber()) throw Failure(kNativeFailure, "store", "a weight id must be a number");
  return info[0].As<Napi::Number>().Int64Value();
}

// The caller's array seen as a tensor of the weight's shape.
at::Tensor viewOf(const ArrayMemory& memory, const at::Tensor& weight) {
  if (memory.length != static_cast<size_t>(weight.numel()) ||
      scalarType(memory.dtype) != weight.scalar_type()) {
    throw Failure(kShape, "store", "an array does not fit its weight");
  }
  return at::from_blob(memory.data, weight.sizes(), weight.options());
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
    store_->allocate(idOf(info), toIntegers(info[1], "shape"), toDType(info[2]),
                     toIntegers(info[3], "order"));
  });
}

Napi::Value StoreWrap::write(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const at::Tensor weight = store_->find(idOf(info));
    const at::Tensor source = viewOf(toMemory(info[1], "data"), weight);
    // Copied now: the caller may change the array before its turn comes.
    const CachedAllocations cached;
    const at::Tensor data = at::empty(weight.sizes(), weight.options());
    std::memcpy(data.mutable_data_ptr(), source.const_data_ptr(), source.nbytes());
    return Environment::of(info.Env())
        .submit(info.Env(), [=] { weight.copy_(data); }, Napi::Object::New(info.Env()));
  });
}

Napi::Value StoreWrap::read(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const at::Tensor weight = store_->find(idOf(info));
    const at::Tensor target = viewOf(toMemory(info[1], "data"), weight);
    return Environment::of(info.Env())
        .submit(info.Env(), [=] { target.copy_(weight); }, info[1].As<Napi::Object>());
  });
}

void StoreWrap::release(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] { store_->release(idOf(info)); });
}

void StoreWrap::seed(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    if (!info[0].IsNumber()) throw Failure(kNativeFailure, "store", "seed must be a number");
    const auto seed = static_cast<uint64_t>(info[0].As<Napi::Number>().Int64Value());
    Environment::of(info.Env()).submitDetached([store = store_, seed] {
      store->random = {seed, 0};
    });
  });
}

}  // namespace gantorch
