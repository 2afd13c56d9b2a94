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
  changed_.notify_all();
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
  changed_.wait(lock, [&] { return running_ != owner; });
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
  changed_.wait(lock, [&] { return running_ == nullptr; });
}

bool yieldUntil(const std::atomic<bool>& flag, std::chrono::microseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!flag.load(std::memory_order_acquire)) {
    if (std::chrono::steady_clock::now() > end) return false;
    // Whoever is to set the flag may need this core.
    sched_yield();
  }
  return true;
}

void Runtime::loop() {
  const CachedAllocations cached;
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return !jobs_.empty() && !isStopped_; });
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    hasJobs_.store(!jobs_.empty(), std::memory_order_relaxed);
    running_ = job.owner;
    isAbandoned_ = false;
    lock.unlock();
    job.run();
    job.run = nullptr;
    lock.lock();
    running_ = nullptr;
    changed_.notify_all();
    lock.unlock();
    yieldUntil(hasJobs_, kPatience);
    lock.lock();
  }
}

}  // namespace gantorch
