#include "ops/operation.h"

#include "core/failure.h"
#include "ops/few_elements.h"

namespace gantorch {

namespace {

OperationTable makeTable() {
  OperationTable table;
  registerMath(table);
  registerCompare(table);
  registerNeuralNetwork(table);
  registerConv(table);
  registerResize(table);
  registerPool(table);
  registerReduce(table);
  registerShape(table);
  registerMatrix(table);
  registerSort(table);
  registerArrange(table);
  registerJoin(table);
  registerGather(table);
  registerGenerator(table);
  registerCreate(table);
  registerRandom(table);
  registerGradients(table);
  registerDerivatives(table);
  registerElements(table);
  return table;
}

}  // namespace

Operation makeOperation(const PlanNode& node) {
  static const OperationTable table = makeTable();
  const auto found = table.find(node.op);
  if (found == table.end()) {
    throw Failure(kNativeFailure, node.scope, "native code has no op " + node.op);
  }
  return withFewElements(node, found->second(node));
}

}  // namespace gantorch
