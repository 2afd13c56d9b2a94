// CPU memory that is kept for reuse. glibc gives large blocks back to the kernel at once and
// page-faults them in again, which costs more than most ops do.
#pragma once

#include <c10/core/Allocator.h>

#include <cstddef>

namespace gantorch {

struct AllocatorStats {
  // Bytes in use, bytes kept for reuse, and the largest number of bytes in use so far.
  size_t allocated;
  size_t cached;
  size_t peak;
};

// Makes libtorch ask this allocator; once a process.
void installAllocator();

// Gives memory that is all zeros; what no block used before is left untouched, which is quicker.
c10::Allocator& zerosAllocator();

AllocatorStats allocatorStats();

// Gives everything kept for reuse back to the system, and begins the peak anew.
void emptyAllocatorCache();

// While one exists, the thread's tensors come from the cache; others are left to libtorch's own
// allocator.
class CachedAllocations {
 public:
  CachedAllocations();
  ~CachedAllocations();
  CachedAllocations(const CachedAllocations&) = delete;
  CachedAllocations& operator=(const CachedAllocations&) = delete;

 private:
  bool before_;
};

}  // namespace gantorch
