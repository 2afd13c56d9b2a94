#include "core/allocator.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/util/Exception.h>
#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "core/arena.h"
#include "core/system_memory.h"

namespace gantorch {

namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kHugePage = size_t{2} << 20;
// From here on the system is asked what is free before it gives memory.
constexpr size_t kLarge = size_t{8} << 20;
// From here on blocks are in the arena; smaller ones are kept by size.
constexpr size_t kArena = size_t{1} << 20;

thread_local bool useCache = false;

// Sizes with at most 12.5 % of waste, so that few different ones exist.
size_t bucketSize(size_t bytes) {
  if (bytes <= 4096) return (bytes + kAlignment - 1) / kAlignment * kAlignment;
  const size_t step = std::bit_floor(bytes) / 8;
  return (bytes + step - 1) / step * step;
}

std::string megabytes(size_t bytes) { return std::to_string(bytes >> 20) + " MB"; }

class CachingAllocator final : public c10::Allocator {
 public:
  explicit CachingAllocator(c10::Allocator* fallback)
      : fallback_(fallback),
        limit_(std::max(totalMemory() / 4, size_t{1} << 30)),
        // Addresses cost nothing, and holes between blocks take some.
        arena_(2 * std::min(totalMemory(), size_t{1} << 40)) {}

  c10::DataPtr allocate(size_t bytes) override {
    if (!useCache) return fallback_->allocate(bytes);
    return owned(bytes == 0 ? nullptr : take(bytes).data);
  }

  c10::DataPtr allocateZeros(size_t bytes) {
    if (bytes == 0) return owned(nullptr);
    const Taken taken = take(bytes);
    if (!taken.isUntouched) std::memset(taken.data, 0, bytes);
    return owned(taken.data);
  }

  // Frees the fallback's pointers too: oneDNN asks for memory without a DataPtr around it.
  c10::DeleterFnPtr raw_deleter() const override { return &CachingAllocator::give; }

  void copy_data(void* to, const void* from, size_t bytes) const override {
    std::memcpy(to, from, bytes);
  }

  AllocatorStats stats() {
    const std::lock_guard lock(mutex_);
    return {allocated_, cached_ + arena_.kept(), peak_};
  }

  void empty() {
    const std::lock_guard lock(mutex_);
    emptyLocked();
    peak_ = allocated_;
  }

  static CachingAllocator*& instance() {
    static CachingAllocator* allocator = nullptr;
    return allocator;
  }

 private:
  struct Taken {
    void* data;
    // Never in use before, so all zeros.
    bool isUntouched;
  };

  static c10::DataPtr owned(void* data) {
    return {data, data, &CachingAllocator::give, c10::Device(c10::DeviceType::CPU)};
  }

  static void give(void* data) {
    if (data && !instance()->put(data)) instance()->fallback_->raw_deallocate(data);
  }

  Taken take(size_t bytes) {
    const std::lock_guard lock(mutex_);
    Taken taken{nullptr, false};
    if (bytes >= kArena) taken = takeFromArena(bytes);
    if (!taken.data) taken.data = takeKept(bucketSize(bytes));
    peak_ = std::max(peak_, allocated_);
    return taken;
  }

  // Null where the arena has no room.
  Taken takeFromArena(size_t bytes) {
    Arena::Place place = arena_.find(bytes);
    if (!place.start) return {nullptr, false};
    if (place.fresh >= kLarge && place.fresh > availableMemory()) {
      emptyLocked();
      requireAvailable(bytes);
      place = arena_.find(bytes);
    }
    const bool isUntouched = arena_.isUntouched(place);
    if (!arena_.take(place, bytes)) refuse(bytes, availableMemory());
    allocated_ += arena_.sizeOf(place.start);
    return {place.start, isUntouched};
  }

  void* takeKept(size_t size) {
    auto& kept = free_[size];
    void* data;
    if (kept.empty()) {
      data = fresh(size);
    } else {
      data = kept.back();
      kept.pop_back();
      cached_ -= size;
    }
    sizes_[data] = size;
    allocated_ += size;
    return data;
  }

  // False when the pointer is not one of ours.
  bool put(void* data) {
    const std::lock_guard lock(mutex_);
    const size_t kept = cached_ + arena_.kept();
    if (arena_.owns(data)) {
      allocated_ -= arena_.put(data, kept + arena_.sizeOf(data) <= limit_);
      return true;
    }
    const auto found = sizes_.find(data);
    if (found == sizes_.end()) return false;
    const size_t size = found->second;
    sizes_.erase(found);
    allocated_ -= size;
    if (kept + size > limit_ || !keep(size, data)) std::free(data);
    return true;
  }

  // Called while tensors are destroyed, so it may not throw.
  bool keep(size_t size, void* data) noexcept {
    try {
      free_[size].push_back(data);
      cached_ += size;
      return true;
    } catch (const std::bad_alloc&) {
      return false;
    }
  }

  // New memory. Linux promises more than it has and kills who uses it, so large blocks are
  // compared with what is free first.
  void* fresh(size_t size) {
    if (size >= kLarge && size > availableMemory()) {
      emptyLocked();
      requireAvailable(size);
    }
    void* data = allocateAligned(size);
    if (!data) {
      emptyLocked();
      data = allocateAligned(size);
    }
    if (!data) refuse(size, availableMemory());
    return data;
  }

  static void* allocateAligned(size_t size) {
    void* data = nullptr;
    if (posix_memalign(&data, size >= kLarge ? kHugePage : kAlignment, size) != 0) return nullptr;
    if (size >= kLarge) madvise(data, size, MADV_HUGEPAGE);
    return data;
  }

  void requireAvailable(size_t size) const {
    const size_t available = availableMemory();
    if (size > available) refuse(size, available);
  }

  [[noreturn]] void refuse(size_t size, size_t available) const {
    // C10_THROW_ERROR would put the path of this file on the machine that built it into the addon.
    throw c10::OutOfMemoryError({__func__, "core/allocator.cpp", __LINE__},
                                "out of memory: asked for " + megabytes(size) + " in one block, " +
                                    megabytes(available) + " are free, tensors hold " +
                                    megabytes(allocated_));
  }

  void emptyLocked() {
    for (auto& [size, blocks] : free_) {
      for (void* block : blocks) std::free(block);
      blocks.clear();
    }
    cached_ = 0;
    arena_.trim();
  }

  c10::Allocator* fallback_;
  const size_t limit_;
  std::mutex mutex_;
  std::map<size_t, std::vector<void*>> free_;
  std::unordered_map<void*, size_t> sizes_;
  Arena arena_;
  size_t allocated_ = 0;
  size_t cached_ = 0;
  size_t peak_ = 0;
};

class ZerosAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t bytes) override {
    return CachingAllocator::instance()->allocateZeros(bytes);
  }

  c10::DeleterFnPtr raw_deleter() const override {
    return CachingAllocator::instance()->raw_deleter();
  }

  void copy_data(void* to, const void* from, size_t bytes) const override {
    std::memcpy(to, from, bytes);
  }
};

}  // namespace

void installAllocator() {
  static std::once_flag once;
  std::call_once(once, [] {
    // Lives as long as the process: tensors may be freed at any time until its end.
    static auto& allocator = *std::make_unique<CachingAllocator>(c10::GetCPUAllocator()).release();
    CachingAllocator::instance() = &allocator;
    // Beats what libtorch sets itself, which has priority 0.
    c10::SetCPUAllocator(&allocator, 1);
  });
}

c10::Allocator& zerosAllocator() {
  static ZerosAllocator allocator;
  return allocator;
}

AllocatorStats allocatorStats() { return CachingAllocator::instance()->stats(); }

void emptyAllocatorCache() { CachingAllocator::instance()->empty(); }

CachedAllocations::CachedAllocations() : before_(useCache) { useCache = true; }

CachedAllocations::~CachedAllocations() { useCache = before_; }

}  // namespace gantorch
