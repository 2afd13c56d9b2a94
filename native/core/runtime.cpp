#include "core/runtime.h"

#include <algorithm>
#include <thread>

#include "core/allocator.h"

namespace gantorch {

Runtime& Runtime::instance() {
  static auto& runtime = *std::make_unique<Runtime*>(new Runtime()).release();
  return *runtime;
}

Runtime::Runtime() { std::thread(&Runtime::loop, this).detach(); }

void Runtime::submit(const void* owner, std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back({owner, std::move(job)});
  }
  changed_.notify_all();
}

void Runtime::abandon(const void* owner) {
  std::unique_lock lock(mutex_);
  std::erase_if(jobs_, [owner](const Job& job) { return job.owner == owner; });
  changed_.wait(lock, [&] { return running_ != owner; });
}

void Runtime::loop() {
  const CachedAllocations cached;
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return !jobs_.empty(); });
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    running_ = job.owner;
    lock.unlock();
    job.run();
    job.run = nullptr;
    lock.lock();
    running_ = nullptr;
    changed_.notify_all();
  }
}

}  // namespace gantorch
