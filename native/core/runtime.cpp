#include "core/runtime.h"

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iterator>
#include <thread>
#include <vector>

#include "core/allocator.h"
#include "core/failure.h"

namespace gantorch {

namespace {

// Small programs follow each other within microseconds, and waking a thread costs more than they
// do: for so long the thread looks for the next job before it sleeps.
constexpr std::chrono::microseconds kPatience{100};

// Waits without sleeping, but lets others have the core.
void yieldUntil(const std::atomic<bool>& flag, std::chrono::microseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!flag.load(std::memory_order_acquire) && std::chrono::steady_clock::now() < end) {
    sched_yield();
  }
}

}  // namespace

Runtime& Runtime::instance() {
  static auto& runtime = *std::make_unique<Runtime*>(new Runtime()).release();
  return *runtime;
}

Runtime::Runtime() {
  std::thread(&Runtime::loop, this).detach();
  // A job may not outlive libtorch's static objects, wherever exit() is called.
  std::atexit([] { instance().stop(); });
}

void Runtime::submit(const void* owner, std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back({owner, std::move(job)});
    hasJobs_.store(true, std::memory_order_release);
  }
  mayRun_.notify_one();
}

bool Runtime::runHere(const void* owner, const std::function<void()>& job) {
  {
    const std::lock_guard lock(mutex_);
    if (running_ || !jobs_.empty() || isStopped_) return false;
    begin(owner);
  }
  const CachedAllocations cached;
  job();
  const std::lock_guard lock(mutex_);
  end();
  // Not always: waking the thread costs more than small jobs do.
  if (!jobs_.empty()) mayRun_.notify_one();
  return true;
}

void Runtime::begin(const void* owner) {
  running_ = owner;
  isAbandoned_ = false;
}

void Runtime::end() {
  running_ = nullptr;
  hasEnded_.notify_all();
}

void Runtime::abandon(const void* owner) {
  std::vector<Job> dropped;
  std::unique_lock lock(mutex_);
  const auto isOther = [owner](const Job& job) { return job.owner != owner; };
  const auto first = std::stable_partition(jobs_.begin(), jobs_.end(), isOther);
  dropped.assign(std::make_move_iterator(first), std::make_move_iterator(jobs_.end()));
  jobs_.erase(first, jobs_.end());
  hasJobs_.store(!jobs_.empty(), std::memory_order_relaxed);
  if (running_ == owner) isAbandoned_ = true;
  hasEnded_.wait(lock, [&] { return running_ != owner; });
  lock.unlock();
  // `dropped` is freed here, on the owner's thread and outside the lock.
}

void Runtime::checkAbandoned() const {
  if (isAbandoned_.load(std::memory_order_relaxed)) {
    throw Failure(kNativeFailure, "", "the thread that asked for this has ended");
  }
}

void Runtime::stop() {
  std::unique_lock lock(mutex_);
  isStopped_ = true;
  isAbandoned_ = true;
  hasEnded_.wait(lock, [&] { return running_ == nullptr; });
}

void Runtime::loop() {
  const CachedAllocations cached;
  std::unique_lock lock(mutex_);
  while (true) {
    mayRun_.wait(lock, [this] { return !jobs_.empty() && !running_ && !isStopped_; });
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    hasJobs_.store(!jobs_.empty(), std::memory_order_relaxed);
    begin(job.owner);
    lock.unlock();
    job.run();
    job.run = nullptr;
    lock.lock();
    end();
    lock.unlock();
    yieldUntil(hasJobs_, kPatience);
    lock.lock();
  }
}

}  // namespace gantorch
