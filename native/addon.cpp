// The table of exports; binding.d.ts is its description.
#include <napi.h>

#include "core/allocator.h"
#include "napi/environment.h"
#include "napi/program_wrap.h"
#include "napi/runtime_functions.h"
#include "napi/store_wrap.h"

namespace gantorch {

static Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  installAllocator();
  Environment::create(env);
  exports.Set("Store", StoreWrap::define(env));
  exports.Set("Program", ProgramWrap::define(env));
  exports.Set("runtimeInfo", Napi::Function::New<runtimeInfo>(env, "runtimeInfo"));
  exports.Set("memoryStats", Napi::Function::New<memoryStats>(env, "memoryStats"));
  exports.Set("emptyCache", Napi::Function::New<emptyCache>(env, "emptyCache"));
  exports.Set("setThreads", Napi::Function::New<setThreads>(env, "setThreads"));
  return exports;
}

NODE_API_MODULE(gantorch, initialize)

}  // namespace gantorch
