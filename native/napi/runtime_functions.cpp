#include "napi/runtime_functions.h"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/csrc/inductor/aoti_torch/c/shim.h>
#include <torch/headeronly/version.h>

#include <atomic>
#include <cstdint>
#include <string>

#include "core/allocator.h"
#include "core/system_memory.h"
#include "napi/environment.h"

namespace gantorch {

// libtorch answers for the thread that asks, and that is not the one that computes.
static std::atomic<int> chosenThreads = 0;

// What the open libtorch says of itself; TORCH_VERSION is that of the headers.
static std::string openVersion() {
  const std::uint64_t version = aoti_torch_abi_version();
  const auto part = [version](int shift) { return std::to_string((version >> shift) & 0xff); };
  return part(56) + "." + part(48) + "." + part(40);
}

Napi::Value runtimeInfo(const Napi::CallbackInfo& info) {
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("libtorch", openVersion());
  result.Set("builtFor", TORCH_VERSION);
  result.Set("gantorch", GANTORCH_VERSION);
  const int chosen = chosenThreads;
  result.Set("threads", chosen > 0 ? chosen : at::get_num_threads());
  result.Set("cpuCapability", at::get_cpu_capability());
  return result;
}

Napi::Value memoryStats(const Napi::CallbackInfo& info) {
  const AllocatorStats stats = allocatorStats();
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("allocated", static_cast<double>(stats.allocated));
  result.Set("cached", static_cast<double>(stats.cached));
  result.Set("peak", static_cast<double>(stats.peak));
  result.Set("available", static_cast<double>(availableMemory()));
  return result;
}

void emptyCache(const Napi::CallbackInfo&) { emptyAllocatorCache(); }

void setThreads(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const double count = info[0].IsNumber() ? info[0].As<Napi::Number>().DoubleValue() : 0;
    if (!(count >= 1 && count <= 1024)) {
      throw Failure(kNativeFailure, "setThreads", "count must be from 1 to 1024");
    }
    Environment::of(info.Env()).submitDetached([count] {
      at::set_num_threads(static_cast<int>(count));
    });
    chosenThreads = static_cast<int>(count);
  });
}

}  // namespace gantorch
