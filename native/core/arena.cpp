#include "core/arena.h"

#include <sys/mman.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace gantorch {

namespace {

constexpr size_t kPage = 4096;
constexpr size_t kHugePage = size_t{2} << 20;

size_t rounded(size_t size, size_t unit) { return (size + unit - 1) / unit * unit; }

bool areAddressesLimited() {
  rlimit limit{};
  return getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur != RLIM_INFINITY;
}

}  // namespace

Arena::Arena(size_t size) {
  if (areAddressesLimited()) return;
  size = rounded(size, kHugePage);
  void* start = mmap(nullptr, size + kHugePage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return;
  const size_t offset = kHugePage - reinterpret_cast<uintptr_t>(start) % kHugePage;
  begin_ = static_cast<char*>(start) + offset % kHugePage;
  reached_ = begin_;
  end_ = begin_ + size;
  madvise(begin_, size, MADV_HUGEPAGE);
  holes_[begin_] = {size, 0, false};
}

// The smallest hole that fits, the lowest of equals: large holes stay whole for large blocks.
Arena::Place Arena::find(size_t size) const {
  size = rounded(size, kPage);
  auto best = holes_.end();
  for (auto hole = holes_.begin(); hole != holes_.end(); ++hole) {
    if (hole->second.size < size) continue;
    if (best == holes_.end() || hole->second.size < best->second.size) best = hole;
  }
  if (best == holes_.end()) return {nullptr, size};
  return {best->first, size - std::min(size, best->second.kept)};
}

bool Arena::take(const Place& place, size_t size) {
  size = rounded(size, kPage);
  const auto hole = holes_.find(place.start);
  const auto [room, kept, isOpen] = hole->second;
  if (!isOpen && mprotect(place.start, size, PROT_READ | PROT_WRITE) != 0) return false;
  const size_t reused = std::min(size, kept);
  blocks_[place.start] = {size, 0, true};
  if (room > size) holes_[place.start + size] = {room - size, kept - reused, isOpen};
  holes_.erase(hole);
  kept_ -= reused;
  reached_ = std::max(reached_, place.start + size);
  return true;
}

size_t Arena::put(void* data, bool isKept) noexcept {
  // The block's entry becomes the hole's, so that nothing is allocated here.
  auto hole = blocks_.extract(static_cast<char*>(data));
  const size_t size = hole.mapped().size;
  if (isKept) {
    hole.mapped().kept = size;
    kept_ += size;
  } else {
    madvise(hole.key(), size, MADV_DONTNEED);
  }
  // Neighbours become one hole.
  const auto join = [&](Extents::iterator other) {
    hole.key() = std::min(hole.key(), other->first);
    hole.mapped().size += other->second.size;
    hole.mapped().kept += other->second.kept;
    hole.mapped().isOpen &= other->second.isOpen;
    holes_.erase(other);
  };
  const auto after = holes_.lower_bound(hole.key());
  if (after != holes_.begin()) {
    const auto before = std::prev(after);
    if (before->first + before->second.size == hole.key()) join(before);
  }
  if (after != holes_.end() && after->first == hole.key() + hole.mapped().size) join(after);
  holes_.insert(std::move(hole));
  return size;
}

void Arena::trim() {
  for (auto& [start, hole] : holes_) {
    madvise(start, hole.size, MADV_DONTNEED);
    if (mprotect(start, hole.size, PROT_NONE) == 0) hole.isOpen = false;
    hole.kept = 0;
  }
  kept_ = 0;
}

}  // namespace gantorch
