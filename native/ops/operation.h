// An op made ready to run, and the table that makes it from its name.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/plan.h"
#include "core/store.h"

namespace gantorch {

// Its [] is checked: a Plan with too few inputs for an op is an error, not a crash.
class Tensors : public std::vector<at::Tensor> {
 public:
  using std::vector<at::Tensor>::vector;
  Tensors(std::vector<at::Tensor> tensors) : vector(std::move(tensors)) {}

  const at::Tensor& operator[](size_t i) const { return at(i); }
  at::Tensor& operator[](size_t i) { return at(i); }
};

// Computes outputs from inputs. 4-D values are (batch, height, width, channels) and contiguous
// where ATen allows it, so that a permuted view of them is channels_last.
using Operation = std::function<Tensors(RandomState&, const Tensors&)>;

using OperationFactory = Operation (*)(const PlanNode&);

using OperationTable = std::unordered_map<std::string, OperationFactory>;

// One for each family of lib/ops.
void registerMath(OperationTable& table);
void registerCompare(OperationTable& table);
void registerNeuralNetwork(OperationTable& table);
void registerConv(OperationTable& table);
void registerResize(OperationTable& table);
void registerPool(OperationTable& table);
void registerReduce(OperationTable& table);
void registerShape(OperationTable& table);
void registerMatrix(OperationTable& table);
void registerSort(OperationTable& table);
void registerArrange(OperationTable& table);
void registerJoin(OperationTable& table);
void registerGather(OperationTable& table);
void registerGenerator(OperationTable& table);
void registerCreate(OperationTable& table);
void registerRandom(OperationTable& table);
void registerGradients(OperationTable& table);
void registerDerivatives(OperationTable& table);
void registerElements(OperationTable& table);

// The op of a node, with its attributes read. Throws for an unknown name.
Operation makeOperation(const PlanNode& node);

}  // namespace gantorch
