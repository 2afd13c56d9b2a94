#include "core/system_memory.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

namespace gantorch {

namespace {

constexpr size_t kUnknown = std::numeric_limits<size_t>::max();

// A line of /proc/meminfo such as `MemAvailable:   24000000 kB`.
size_t fromMeminfo(const std::string& name) {
  std::ifstream file("/proc/meminfo");
  std::string key;
  size_t kilobytes = 0;
  std::string unit;
  while (file >> key >> kilobytes && std::getline(file, unit)) {
    if (key == name + ":") return kilobytes * 1024;
  }
  return kUnknown;
}

// A file that holds one number, or `max`.
size_t fromFile(const char* path) {
  std::ifstream file(path);
  size_t bytes = 0;
  return file >> bytes ? bytes : kUnknown;
}

// Bytes of files in memory, which count as used by a container but can be dropped at any time.
size_t reclaimable() {
  std::ifstream file("/sys/fs/cgroup/memory.stat");
  std::string key;
  size_t bytes = 0;
  size_t sum = 0;
  while (file >> key >> bytes) {
    if (key == "inactive_file" || key == "active_file") sum += bytes;
  }
  return sum;
}

// What `ulimit -v` and `ulimit -d` still allow this process.
size_t allowedMemory() {
  std::ifstream file("/proc/self/statm");
  size_t addresses = 0, resident, shared, text, library, data = 0;
  if (!(file >> addresses >> resident >> shared >> text >> library >> data)) return kUnknown;
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const auto left = [page](auto resource, size_t pages) {
    rlimit limit{};
    if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kUnknown;
    const auto bytes = static_cast<size_t>(limit.rlim_cur);
    return bytes - std::min(bytes, pages * page);
  };
  return std::min(left(RLIMIT_AS, addresses), left(RLIMIT_DATA, data));
}

}  // namespace

size_t totalMemory() {
  return std::min(fromMeminfo("MemTotal"), fromFile("/sys/fs/cgroup/memory.max"));
}

size_t availableMemory() {
  const size_t limit = fromFile("/sys/fs/cgroup/memory.max");
  const size_t current = fromFile("/sys/fs/cgroup/memory.current");
  const size_t machine = std::min(fromMeminfo("MemAvailable"), allowedMemory());
  if (limit == kUnknown || current == kUnknown) return machine;
  const size_t used = current - std::min(current, reclaimable());
  return std::min(machine, limit > used ? limit - used : 0);
}

}  // namespace gantorch
