// One JavaScript thread's side of the runtime: promises in, results back.
#pragma once

#include <napi.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "core/failure.h"

namespace gantorch {

class Environment : public std::enable_shared_from_this<Environment> {
 public:
  // The environment of this thread; made when the addon is loaded there.
  static Environment& of(Napi::Env env);
  static void create(Napi::Env env);

  // Runs `work` on the runtime thread, in order, and settles the promise with undefined or an error
  // that carries a code. `keep` lives until then. Work must not touch JavaScript.
  Napi::Promise submit(Napi::Env env, std::function<void()> work, Napi::Object keep);

  // The same for work that nobody waits for and that can't fail.
  void submitDetached(std::function<void()> work);

 private:
  struct Task;

  explicit Environment(Napi::Env env);
  void close();
  void finish(std::unique_ptr<Task> task);
  void settle(Napi::Env env, Task& task);

  Napi::ThreadSafeFunction callback_;
  // Promises that are not settled; keeps the event loop alive while there are any.
  size_t pending_ = 0;
  std::mutex mutex_;
  bool closed_ = false;
};

// Runs a native method and throws its Failure as a JavaScript error with a code.
Napi::Error toError(Napi::Env env, const Failure& failure);

template <typename Function>
auto guarded(Napi::Env env, Function function) {
  try {
    return function();
  } catch (const Napi::Error&) {
    throw;
  } catch (...) {
    throw toError(env, currentFailure(""));
  }
}

}  // namespace gantorch
