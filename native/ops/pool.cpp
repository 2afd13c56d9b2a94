// lib/ops/pool.ts
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/max_pool2d.h>

#include "ops/spatial.h"

namespace gantorch {

namespace {

// Windows as ATen counts them, and how many of the first ones are not Keras's.
struct Windows {
  Lengths padding = {0, 0};
  bool ceil = false;
  Lengths skip = {0, 0};
};

// ATen pads both sides alike, and never counts padding in a mean. With ceil the last window may
// reach beyond the end, which is what padding behind would be; only windows that begin one element
// apart need padding in front instead, and the first of them goes.
Windows sameWindows(const at::Tensor& x, const Lengths& size, const Lengths& strides) {
  Windows windows;
  windows.ceil = true;
  for (size_t axis = 0; axis < 2; axis++) {
    const AxisPadding around =
        samePadding(x.size(static_cast<int64_t>(axis) + 2), size[axis], strides[axis]);
    const bool isOneShort = strides[axis] == 1 && around.after > around.before;
    windows.padding[axis] = isOneShort ? around.after : around.before;
    windows.skip[axis] = isOneShort ? 1 : 0;
  }
  return windows;
}

template <typename Pool>
Operation pool(const PlanNode& node, Pool pooled) {
  const ImageLayout layout(node);
  const Lengths size = perAxis(node, "size");
  const Lengths strides = perAxis(node, "strides");
  const bool isSame = node.attributes.text("padding") == "same";
  return [=](RandomState&, const Tensors& in) -> Tensors {
    const at::Tensor x = layout.toNative(in[0]);
    const Windows windows = isSame ? sameWindows(x, size, strides) : Windows{};
    at::Tensor y = pooled(x, size, strides, windows);
    for (int64_t axis = 0; axis < 2; axis++) {
      const int64_t skip = windows.skip[static_cast<size_t>(axis)];
      if (skip > 0) y = y.narrow(axis + 2, skip, y.size(axis + 2) - skip);
    }
    return {layout.fromNative(y, in[0])};
  };
}

Operation maxPool(const PlanNode& node) {
  return pool(node, [](const at::Tensor& x, const Lengths& size, const Lengths& strides,
                       const Windows& windows) {
    return at::max_pool2d(x, size, strides, windows.padding, {1, 1}, windows.ceil);
  });
}

Operation averagePool(const PlanNode& node) {
  return pool(node, [](const at::Tensor& x, const Lengths& size, const Lengths& strides,
                       const Windows& windows) {
    return at::avg_pool2d(x, size, strides, windows.padding, windows.ceil, false);
  });
}

}  // namespace

void registerPool(OperationTable& table) {
  table["maxPool"] = maxPool;
  table["averagePool"] = averagePool;
}

}  // namespace gantorch
