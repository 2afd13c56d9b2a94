// One thread that runs all programs of a process in order. (OpenMP keeps a team of workers for each
// calling thread, and libuv's four pool threads would starve.)
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>

namespace gantorch {

class Runtime {
 public:
  // Never destroyed: the thread may be waiting while the process ends.
  static Runtime& instance();

  // Runs `job` after all that were given before it. `owner` is for `abandon`. `job` must not throw.
  void submit(const void* owner, std::function<void()> job);

  // Drops the owner's waiting jobs and returns once none of its jobs runs.
  void abandon(const void* owner);

 private:
  struct Job {
    const void* owner;
    std::function<void()> run;
  };

  Runtime();
  void loop();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  const void* running_ = nullptr;
};

}  // namespace gantorch
