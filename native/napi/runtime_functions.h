#pragma once

#include <napi.h>

namespace gantorch {

// The functions of binding.d.ts that belong to no class.
Napi::Value runtimeInfo(const Napi::CallbackInfo& info);
Napi::Value memoryStats(const Napi::CallbackInfo& info);
void emptyCache(const Napi::CallbackInfo& info);
void setThreads(const Napi::CallbackInfo& info);

}  // namespace gantorch
