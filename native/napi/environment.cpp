#include "napi/environment.h"

#include <optional>

#include "core/runtime.h"

namespace gantorch {

struct Environment::Task {
  void run() {
    try {
      work();
    } catch (...) {
      failure = currentFailure("");
    }
    work = nullptr;
  }

  std::function<void()> work;
  Deliver deliver;
  Napi::Promise::Deferred deferred;
  Napi::ObjectReference keep;
  std::optional<Failure> failure;
};

namespace {

using Holder = std::shared_ptr<Environment>;

// A loop of steps that are waited for never comes to the event loop: so often it does.
constexpr std::chrono::milliseconds kTurn{4};

}  // namespace

void Environment::create(Napi::Env env) {
  auto holder = std::make_unique<Holder>(new Environment(env));
  Environment* self = holder->get();
  env.SetInstanceData<Holder>(holder.release());
  env.AddCleanupHook([self] { self->close(); });
  // process.exit() runs no cleanup hooks, but it emits 'exit' first.
  const Napi::Value process = env.Global().Get("process");
  if (!process.IsObject()) return;
  const Napi::Value once = process.As<Napi::Object>().Get("once");
  if (!once.IsFunction()) return;
  const auto onExit = [self](const Napi::CallbackInfo&) { self->close(); };
  once.As<Napi::Function>().Call(
      process, {Napi::String::New(env, "exit"), Napi::Function::New(env, onExit, "gantorch")});
}

Environment& Environment::of(Napi::Env env) { return **env.GetInstanceData<Holder>(); }

Environment::Environment(Napi::Env env) {
  const auto onFinished = [this](const Napi::CallbackInfo& info) {
    turn_ = std::chrono::steady_clock::now();
    settleFinished(info.Env());
  };
  callback_ = Napi::ThreadSafeFunction::New(env, Napi::Function::New(env, onFinished, "gantorch"),
                                            "gantorch", 0, 1);
  callback_.Unref(env);
}

// The thread of JavaScript is ending: nothing of it may be used afterwards, so this waits for the
// job under way. On this thread, where references to JavaScript may be let go.
void Environment::close() {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    closed_ = true;
  }
  Runtime::instance().abandon(this);
  finished_.clear();
  callback_.Abort();
}

Napi::Promise Environment::submit(Napi::Env env, std::function<void()> work, Napi::Object keep,
                                  Deliver deliver, bool isQuick) {
  if (closed_) throw Failure(kNativeFailure, "", "the process is ending");
  auto task = std::make_shared<std::unique_ptr<Task>>(
      std::make_unique<Task>(Task{std::move(work),
                                  std::move(deliver),
                                  Napi::Promise::Deferred::New(env),
                                  Napi::Persistent(keep),
                                  {}}));
  const Napi::Promise promise = (*task)->deferred.Promise();
  const auto run = [task] { (*task)->run(); };
  if (isQuick && mayRunHere() && Runtime::instance().runHere(this, run)) {
    settle(env, **task);
    return promise;
  }
  if (pending_++ == 0) callback_.Ref(env);
  Runtime::instance().submit(this, [self = shared_from_this(), task] {
    (*task)->run();
    self->finish(std::move(*task));
  });
  return promise;
}

bool Environment::mayRunHere() const {
  return pending_ == 0 && std::chrono::steady_clock::now() - turn_ < kTurn;
}

void Environment::submitDetached(std::function<void()> work) {
  if (!closed_) Runtime::instance().submit(this, std::move(work));
}

void Environment::finish(std::unique_ptr<Task> task) {
  const std::lock_guard lock(mutex_);
  finished_.push_back(std::move(task));
  // close() waits for the job that is calling this, and lets its task go.
  if (!closed_) callback_.NonBlockingCall();
}

void Environment::settleFinished(Napi::Env env) {
  std::vector<std::unique_ptr<Task>> tasks;
  {
    const std::lock_guard lock(mutex_);
    tasks.swap(finished_);
  }
  for (const auto& task : tasks) {
    if (--pending_ == 0) callback_.Unref(env);
    settle(env, *task);
  }
}

void Environment::settle(Napi::Env env, Task& task) {
  const Napi::HandleScope scope(env);
  try {
    try {
      if (task.failure) throw toError(env, *task.failure);
      guarded(env, [&] { task.deliver(task.keep.Value()); });
      task.deferred.Resolve(env.Undefined());
    } catch (const Napi::Error& error) {
      task.deferred.Reject(error.Value());
    }
  } catch (const Napi::Error&) {
    // A worker that is being terminated can't run JavaScript: nobody sees the promise any more.
  }
}

Napi::Error toError(Napi::Env env, const Failure& failure) {
  Napi::Error error = Napi::Error::New(env, failure.message);
  error.Set("code", Napi::String::New(env, failure.code));
  error.Set("where", Napi::String::New(env, failure.where));
  return error;
}

}  // namespace gantorch
