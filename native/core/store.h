// All weights of one JavaScript thread, apart from the graphs that use them.
#pragma once

#include <ATen/core/Tensor.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "core/plan.h"

namespace gantorch {

at::ScalarType scalarType(DType dtype);

// Where random ops stand. Used on the runtime thread only.
struct RandomState {
  uint64_t seed = 0;
  // Number of random ops since the seed was set; each has a stream of its own.
  uint64_t sequence = 0;
};

class Store {
 public:
  // `order` lists the logical axes from the outermost to the innermost in memory.
  // Returns by how many bytes the Store has grown.
  int64_t allocate(WeightId id, const std::vector<int64_t>& shape, DType dtype,
                   const std::vector<int64_t>& order, bool isFilled = false);
  // Returns by how many bytes the Store has grown, which is not positive.
  int64_t release(WeightId id);
  // The memory of a weight, shared; `held` when it has been released and that is defined.
  at::Tensor room(WeightId id, const at::Tensor& held = {}) const;
  // The same, of a weight that has had its first values.
  at::Tensor find(WeightId id, const at::Tensor& held = {}) const;
  void markFilled(WeightId id);
  // What was made of weights holds as long as `version` stays; whoever writes into one says so.
  uint64_t version() const { return version_; }
  void noteChange() { version_++; }
  // Changes when a weight gets other memory.
  uint64_t generation() const;

  RandomState random;

 private:
  struct Slot {
    at::Tensor tensor;
    bool isFilled;
  };

  const Slot& slot(WeightId id) const;

  mutable std::mutex mutex_;
  std::unordered_map<WeightId, Slot> weights_;
  uint64_t generation_ = 1;
  std::atomic<uint64_t> version_ = 1;
};

// Copies all elements; of equal shapes and types. Between a kernel's memory and a row-major tensor
// ATen's plain copy takes some ten times longer.
void copyElements(const at::Tensor& to, const at::Tensor& from);

}  // namespace gantorch
