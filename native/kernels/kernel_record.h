#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/record_function.h>

#include <initializer_list>
#include <vector>

namespace gantorch::kernels {

// Tells libtorch's observers, the profile of core/profile.cpp among them, that a kernel runs until
// the end of the scope. Its work is `flops` multiplications and additions, and all `touched`
// tensors once through memory.
class KernelRecord {
 public:
  KernelRecord(const char* name, int64_t flops, std::initializer_list<at::Tensor> touched)
      : guard_(at::RecordScope::FUNCTION) {
    if (!guard_.isActive()) return;
    double bytes = 0;
    for (const at::Tensor& tensor : touched) {
      if (tensor.defined()) bytes += static_cast<double>(tensor.nbytes());
    }
    work_.emplace_back(static_cast<double>(flops));
    work_.emplace_back(bytes);
    guard_.before(name, &work_);
  }
  KernelRecord(const KernelRecord&) = delete;
  KernelRecord& operator=(const KernelRecord&) = delete;

 private:
  // Observers may read it until the end.
  std::vector<c10::IValue> work_;
  at::RecordFunction guard_;
};

}  // namespace gantorch::kernels
