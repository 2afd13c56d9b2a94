// One thread that runs all programs of a process in order. (OpenMP keeps a team of workers for each
// calling thread, and libuv's four pool threads would starve.)
#pragma once

#include <atomic>
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

  // Runs `job` at once, on the calling thread, where nothing runs or waits; whether it did.
  bool runHere(const void* owner, const std::function<void()>& job);

  // Drops the owner's waiting jobs, cuts short the one that runs, and returns once it has ended.
  void abandon(const void* owner);

  // For the job under way: throws when nobody waits for its result any more.
  void checkAbandoned() const;

 private:
  struct Job {
    const void* owner;
    std::function<void()> run;
  };

  Runtime();
  void loop();
  void begin(const void* owner);
  void end();
  void stop();

  std::mutex mutex_;
  // The thread may take a job.
  std::condition_variable mayRun_;
  // A job has ended.
  std::condition_variable hasEnded_;
  std::deque<Job> jobs_;
  // Whether jobs_ holds any, for a look without the lock.
  std::atomic<bool> hasJobs_ = false;
  const void* running_ = nullptr;
  std::atomic<bool> isAbandoned_ = false;
  bool isStopped_ = false;
};

}  // namespace gantorch
