#include "napi/environment.h"

#include <optional>

#include "core/runtime.h"

namespace gantorch {

struct Environment::Task {
  std::function<void()> work;
  Napi::Promise::Deferred deferred;
  Napi::ObjectReference keep;
  std::optional<Failure> failure;
};

namespace {

using Holder = std::shared_ptr<Environment>;

}  // namespace

void Environment::create(Napi::Env env) {
  auto holder = std::make_unique<Holder>(new Environment(env));
  Environment* self = holder->get();
  env.SetInstanceData<Holder>(holder.release());
  env.AddCleanupHook([self] { self->close(); });
}

Environment& Environment::of(Napi::Env env) { return **env.GetInstanceData<Holder>(); }

Environment::Environment(Napi::Env env)
    : callback_(Napi::ThreadSafeFunction::New(
          env, Napi::Function::New(env, [](const Napi::CallbackInfo&) {}), "gantorch", 0, 1)) {
  callback_.Unref(env);
}

// The thread of JavaScript is ending: nothing of it may be used afterwards, neither promises nor
// the memory of its arrays, so this waits for the job under way.
void Environment::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  Runtime::instance().abandon(this);
  callback_.Abort();
}

Napi::Promise Environment::submit(Napi::Env env, std::function<void()> work, Napi::Object keep) {
  auto task = std::make_shared<std::unique_ptr<Task>>(std::make_unique<Task>(
      Task{std::move(work), Napi::Promise::Deferred::New(env), Napi::Persistent(keep), {}}));
  const Napi::Promise promise = (*task)->deferred.Promise();
  if (pending_++ == 0) callback_.Ref(env);
  Runtime::instance().submit(this, [self = shared_from_this(), task] {
    try {
      (*task)->work();
    } catch (...) {
      (*task)->failure = currentFailure("");
    }
    (*task)->work = nullptr;
    self->finish(std::move(*task));
  });
  return promise;
}

void Environment::submitDetached(std::function<void()> work) {
  Runtime::instance().submit(this, std::move(work));
}

void Environment::finish(std::unique_ptr<Task> task) {
  const std::lock_guard lock(mutex_);
  // After close() the references in the task belong to a dead JavaScript; they are let go with it.
  Task* raw = task.release();
  if (closed_) return;
  const auto settleOne = [self = shared_from_this()](Napi::Env env, Napi::Function, Task* data) {
    const std::unique_ptr<Task> owned(data);
    self->settle(env, *owned);
  };
  callback_.NonBlockingCall(raw, settleOne);
}

void Environment::settle(Napi::Env env, Task& task) {
  if (--pending_ == 0) callback_.Unref(env);
  const Napi::HandleScope scope(env);
  if (task.failure) {
    task.deferred.Reject(toError(env, *task.failure).Value());
  } else {
    task.deferred.Resolve(env.Undefined());
  }
}

Napi::Error toError(Napi::Env env, const Failure& failure) {
  Napi::Error error = Napi::Error::New(env, failure.message);
  error.Set("code", Napi::String::New(env, failure.code));
  error.Set("where", Napi::String::New(env, failure.where));
  return error;
}

}  // namespace gantorch
