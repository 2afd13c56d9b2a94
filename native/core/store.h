// All weights of one JavaScript thread, apart from the graphs that use them.
#pragma once

#include <ATen/core/Tensor.h>

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
  void allocate(WeightId id, const std::vector<int64_t>& shape, DType dtype,
                const std::vector<int64_t>& order);
  void release(WeightId id);
  // The tensor of a weight; shares its memory. Programs that hold it outlive its release.
  at::Tensor find(WeightId id) const;

  RandomState random;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<WeightId, at::Tensor> weights_;
};

}  // namespace gantorch
