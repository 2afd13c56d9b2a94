#pragma once

#include <napi.h>

#include <memory>

#include "core/store.h"

namespace gantorch {

// `Store` of binding.d.ts.
class StoreWrap : public Napi::ObjectWrap<StoreWrap> {
 public:
  static Napi::Function define(Napi::Env env);
  static bool isStore(Napi::Value value);

  explicit StoreWrap(const Napi::CallbackInfo& info);

  const std::shared_ptr<Store>& store() const { return store_; }

 private:
  void allocate(const Napi::CallbackInfo& info);
  Napi::Value write(const Napi::CallbackInfo& info);
  Napi::Value read(const Napi::CallbackInfo& info);
  void release(const Napi::CallbackInfo& info);
  void seed(const Napi::CallbackInfo& info);

  std::shared_ptr<Store> store_ = std::make_shared<Store>();
};

}  // namespace gantorch
