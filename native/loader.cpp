// A tiny addon without libtorch: opens shared libraries so that the main addon finds their symbols.
#include <dlfcn.h>
#include <napi.h>

#include <string>

namespace {

// open(path, ...paths): opens the libraries in this order, symbols visible to all that is opened
// later. Throws dlopen's text with the first path that fails. Libraries stay for good.
Napi::Value Open(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  for (size_t i = 0; i < info.Length(); ++i) {
    if (!info[i].IsString()) throw Napi::TypeError::New(env, "open takes paths");
    const std::string path = info[i].As<Napi::String>();
    // Lazy: libtorch names functions of CUDA that a CPU run never calls.
    if (dlopen(path.c_str(), RTLD_LAZY | RTLD_GLOBAL | RTLD_NODELETE) == nullptr) {
      const char* reason = dlerror();
      throw Napi::Error::New(env, reason != nullptr ? reason : "dlopen failed: " + path);
    }
  }
  return env.Undefined();
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("open", Napi::Function::New(env, Open, "open"));
  return exports;
}

}  // namespace

NODE_API_MODULE(loader, Init)
