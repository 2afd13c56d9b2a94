#include "core/runtime.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <thread>
#include <vector>

#include "core/allocator.h"
#include "core/failure.h"

namespace gantorch {

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

void Runtime::loop() {
  const CachedAllocations cached;
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return !jobs_.empty() && !isStopped_; });
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    running_ = job.owner;
    isAbandoned_ = false;
    lock.unlock();
    job.run();
    job.run = nullptr;
    lock.lock();
    running_ = nullptr;
    changed_.notify_all();
  }
}

}  // namespace gantorch
