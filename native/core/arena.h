// One range of addresses for large blocks. Whatever sizes a program frees, the next one takes its
// blocks from the same memory: blocks kept by size would be of use to their own size only.
#pragma once

#include <cstddef>
#include <map>

namespace gantorch {

// Not safe for several threads at once.
class Arena {
 public:
  // Reserves addresses, no memory. Where addresses are limited (ulimit -v) it has none.
  explicit Arena(size_t size);
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // What a block of `size` bytes would cost: how much of it is not in memory yet.
  struct Place {
    char* start;
    size_t fresh;
  };

  // Start is null where no hole is large enough.
  Place find(size_t size) const;

  // Makes a block at a place that was just found; false when the system refuses memory.
  bool take(const Place& place, size_t size);

  // Whether memory at this place was never in use, so that it is zeros.
  bool isUntouched(const Place& place) const { return place.start >= reached_; }

  size_t sizeOf(void* data) const { return blocks_.at(static_cast<char*>(data)).size; }

  bool owns(const void* data) const { return data >= begin_ && data < end_; }

  // Frees a block and gives its size. Its memory stays for the next block, or goes back to the
  // system. Never throws: tensors are destroyed with it.
  size_t put(void* data, bool isKept) noexcept;

  // Gives all memory that is not in use back to the system.
  void trim();

  // Bytes in memory that no block uses.
  size_t kept() const { return kept_; }

 private:
  struct Extent {
    size_t size;
    // How much of a hole is in memory; it is taken from the front.
    size_t kept;
    // Whether all of it may be accessed: what a program may access counts for `ulimit -d`.
    bool isOpen;
  };
  using Extents = std::map<char*, Extent>;

  char* begin_ = nullptr;
  char* end_ = nullptr;
  // Where the highest block so far ended.
  char* reached_ = nullptr;
  Extents holes_;
  Extents blocks_;
  size_t kept_ = 0;
};

}  // namespace gantorch
