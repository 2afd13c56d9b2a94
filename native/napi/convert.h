// JavaScript values to core types. Everything is checked: a wrong one is an error, not a crash.
#pragma once

#include <ATen/core/Tensor.h>
#include <napi.h>

#include <vector>

#include "core/plan.h"

namespace gantorch {

Plan toPlan(Napi::Value value);

DType toDType(Napi::Value value);

std::vector<int64_t> toIntegers(Napi::Value value, const char* what);

// A whole number from 0 to 2^53 - 1.
int64_t toWhole(Napi::Value value, const char* what);

// The memory of a typed array, valid as long as the array is.
struct ArrayMemory {
  void* data;
  size_t length;
  DType dtype;
  size_t bytes;
};

ArrayMemory toMemory(Napi::Value value, const char* what);

// A tensor with a copy of the array's elements. Checks that they are as many as the shape says,
// of the expected type, and finite where that is asked.
at::Tensor copyToTensor(const ArrayMemory& memory, const std::vector<int64_t>& shape,
                        const PlanValue& expected, const PlanInput& input);

}  // namespace gantorch
