// One JavaScript thread's side of the runtime: promises in, results back.
#pragma once

#include <napi.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/failure.h"

namespace gantorch {

class Environment : public std::enable_shared_from_this<Environment> {
 public:
  // Gets the object that was kept for it. Arrays are filled here, on their own thread: while work
  // is under way JavaScript may transfer or shrink them.
  using Deliver = std::function<void(Napi::Object)>;

  // The environment of this thread; made when the addon is loaded there.
  static Environment& of(Napi::Env env);
  static void create(Napi::Env env);

  // Runs `work` on the runtime thread, in order, then `deliver` on this one, and settles the
  // promise with undefined or an error that carries a code. Work must not touch JavaScript.
  // What `isQuick` runs here where nothing comes before it: two threads need longer to fall asleep
  // and wake up.
  Napi::Promise submit(Napi::Env env, std::function<void()> work, Napi::Object keep,
                       Deliver deliver, bool isQuick = false);

  // The same for work that nobody waits for and that can't fail.
  void submitDetached(std::function<void()> work);

 private:
  struct Task;

  explicit Environment(Napi::Env env);
  void close();
  void finish(std::unique_ptr<Task> task);
  bool mayRunHere() const;
  void settleFinished(Napi::Env env);
  static void settle(Napi::Env env, Task& task);

  Napi::ThreadSafeFunction callback_;
  // Promises that are not settled; keeps the event loop alive while there are any.
  size_t pending_ = 0;
  std::mutex mutex_;
  // Tasks whose work is done; they hold references to JavaScript, so its thread lets them go.
  std::vector<std::unique_ptr<Task>> finished_;
  // When the event loop last came by.
  std::chrono::steady_clock::time_point turn_;
  bool closed_ = false;
};

// Work that ends sooner than this is quick.
constexpr std::chrono::microseconds kQuick{200};

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
