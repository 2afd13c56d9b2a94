#include "kernels/dense.h"

#include <ATen/Parallel.h>
#include <ATen/native/CPUBlas.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/leaky_relu_backward.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/threshold_backward.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <vector>

#include "kernels/brgemm_product.h"
#include "kernels/dense_kernel_gradient.h"
#include "kernels/dense_rows.h"
#include "kernels/dense_sizes.h"
#include "kernels/kernel_record.h"
#include "kernels/narrow_dense.h"
#include "kernels/processor.h"
#include "kernels/small_dense.h"
#include "kernels/transpose.h"

namespace gantorch::kernels {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Columns of a product that are computed together: four vectors.
constexpr int64_t kColumns = 64;
// Inputs that are summed up at once.
constexpr int64_t kInner = 256;
// Inputs whose gradients a thread computes together.
constexpr int64_t kInputs = 64;

// Calls body(first, last) on all threads for shares of `count` items, whole vectors of them. Few
// products are not worth another thread.
template <typename Body>
void forShares(const DenseSizes& sizes, int64_t count, Body body) {
  constexpr int64_t kFewestProducts = 65536;
  const int64_t vectors = (count + kLanes - 1) / kLanes;
  const int64_t worth = 1 + sizes.rows * sizes.in * sizes.out / kFewestProducts;
  const int64_t shares = std::min({vectors, worth, static_cast<int64_t>(at::get_num_threads())});
  at::parallel_for(0, shares, 1, [&](int64_t begin, int64_t end) {
    const int64_t first = vectors * begin / shares * kLanes;
    const int64_t last = std::min(vectors * end / shares * kLanes, count);
    body(first, last);
    at::native::cpublas::brgemm_release(false);
  });
}

// y is nobody else's yet.
at::Tensor activated(at::Tensor y, std::optional<float> slope) {
  if (!slope) return y;
  return *slope == 0 ? at::relu_(y) : at::leaky_relu_(y, *slope);
}

// The gradient of what the activation made x of.
at::Tensor throughActivation(const at::Tensor& dx, const at::Tensor& x,
                             std::optional<float> slope) {
  if (!dx.defined() || !slope) return dx;
  return *slope == 0 ? at::threshold_backward(dx, x, 0)
                     : at::leaky_relu_backward(dx, x, *slope, false);
}

at::Tensor forward(const at::Tensor& x, const at::Tensor& kernel, const at::Tensor& bias,
                   std::optional<float> slope) {
  if (isSmallDense(x, kernel)) return activated(smallDense(x, kernel, bias), slope);
  if (isNarrowDense(x, kernel)) return activated(narrowDense(x, kernel, bias), slope);
  const DenseSizes sizes(x, kernel);
  const at::Tensor y = at::empty({sizes.rows, sizes.out}, x.options());
  const KernelRecord record("gantorch::dense", sizes.flops(), {x, kernel, y});
  const auto* in = x.const_data_ptr<float>();
  const auto* weights = kernel.const_data_ptr<float>();
  const auto* shift = bias.defined() ? bias.const_data_ptr<float>() : nullptr;
  auto* out = y.mutable_data_ptr<float>();
  if (sizes.rows >= kFewestDenseRows && sizes.rows <= kMostDenseRows) {
    const DenseRows products{sizes.rows, sizes.in, sizes.out, in, weights, shift, slope, out};
    forShares(sizes, sizes.out,
              [&](int64_t first, int64_t last) { products.compute(first, last); });
    return y;
  }
  forShares(sizes, sizes.out, [&](int64_t begin, int64_t end) {
    for (int64_t row = 0; shift != nullptr && row < sizes.rows; row++) {
      std::copy(shift + begin, shift + end, out + row * sizes.out + begin);
    }
    forPieces(0, sizes.in, kInner, [&](int64_t input, int64_t inputs) {
      forPieces(begin, end, kColumns, [&](int64_t first, int64_t columns) {
        const bool adds = shift != nullptr || input > 0;
        Product{sizes.rows, columns,     inputs,
                in + input, sizes.in,    weights + input * sizes.out + first,
                sizes.out,  out + first, sizes.out,
                adds}
            .compute();
      });
    });
  });
  return activated(y, slope);
}

// What one thread does: some of the inputs, all rows and results.
class GradientShare {
 public:
  GradientShare(const DenseSizes& sizes, const float* dy, int64_t first, int64_t last)
      : sizes_(sizes), dy_(dy), first_(first), last_(last) {}

  // dx, transposed as it is computed: the kernel is read as it lies. With a slope, that of what the
  // activation made x of.
  void input(const float* x, const float* kernel, float* dx, std::optional<float> slope) const {
    const int64_t rows = (sizes_.rows + kLanes - 1) / kLanes * kLanes;
    const int64_t together = columnsTogether(rows);
    std::vector<float> turned(static_cast<size_t>(std::min(together, sizes_.out) * rows));
    std::vector<float> sums(static_cast<size_t>((last_ - first_) * rows));
    forPieces(0, sizes_.out, together, [&](int64_t column, int64_t columns) {
      transpose(sizes_.rows, columns, dy_ + column, sizes_.out, turned.data(), rows);
      forPieces(first_, last_, kInputs, [&](int64_t first, int64_t inputs) {
        const float* left = kernel + first * sizes_.out + column;
        Product{inputs,     rows,          columns, left,
                sizes_.out, turned.data(), rows,    sums.data() + (first - first_) * rows,
                rows,       column > 0}
            .compute();
      });
    });
    transpose(last_ - first_, sizes_.rows, sums.data(), rows, dx + first_, sizes_.in);
    if (slope) activate(x, dx, *slope);
  }

  void kernel(const DenseKernelGradient& gradient, float* dkernel) const {
    gradient.compute(first_, last_, dkernel + first_ * sizes_.out);
  }

  // A part of dy's columns, as large as the share.
  void bias(float* dbias) const {
    const int64_t first = first_ * sizes_.out / sizes_.in;
    const int64_t last = last_ * sizes_.out / sizes_.in;
    std::fill(dbias + first, dbias + last, 0.0F);
    for (int64_t row = 0; row < sizes_.rows; row++) {
      const float* line = dy_ + row * sizes_.out;
      for (int64_t column = first; column < last; column++) dbias[column] += line[column];
    }
  }

 private:
  // As at::threshold_backward and at::leaky_relu_backward, also of what is no number.
  void activate(const float* x, float* dx, float slope) const {
    for (int64_t row = 0; row < sizes_.rows; row++) {
      const int64_t start = row * sizes_.in;
      for (int64_t i = start + first_; i < start + last_; i++) {
        const float below = slope == 0 ? 0 : dx[i] * slope;
        dx[i] = (slope == 0 ? x[i] <= 0 : !(x[i] > 0)) ? below : dx[i];
      }
    }
  }

  const DenseSizes& sizes_;
  const float* dy_;
  int64_t first_, last_;
};

bool suits(const at::Tensor& x, const at::Tensor& kernel) {
  constexpr int64_t kMostRows = 256;
  // Fewer have kernels/narrow_dense.h.
  constexpr int64_t kFewestColumns = 4;
  return hasAvx512() && x.scalar_type() == at::kFloat && x.device().is_cpu() &&
         kernel.is_contiguous() && x.size(0) > 0 && x.size(0) <= kMostRows && x.size(1) >= kLanes &&
         kernel.size(1) >= kFewestColumns;
}

struct Dense : torch::autograd::Function<Dense> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& kernel,
                            const std::optional<at::Tensor>& bias) {
    context->save_for_backward({x, kernel});
    context->saved_data["hasBias"] = bias.has_value();
    return kernels::forward(x, kernel, bias.value_or(at::Tensor()), std::nullopt);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const auto compute = c10::GradMode::is_enabled() ? denseGradientsReference : denseGradients;
    const DenseWants wants = {
        context->needs_input_grad(0), context->needs_input_grad(1),
        context->saved_data["hasBias"].toBool() && context->needs_input_grad(2)};
    const DenseGradients found = compute(gradients[0], saved[0], saved[1], wants);
    return {found.x, found.kernel, found.bias};
  }
};

}  // namespace

at::Tensor dense(const at::Tensor& x, const at::Tensor& kernel,
                 const std::optional<at::Tensor>& bias, std::optional<float> slope) {
  if (!isSmallDense(x, kernel) && !isNarrowDense(x, kernel) && !suits(x, kernel))
    return activated(bias ? at::addmm(*bias, x, kernel) : at::mm(x, kernel), slope);
  const at::Tensor rows = x.contiguous();
  if (c10::GradMode::is_enabled()) return activated(Dense::apply(rows, kernel, bias), slope);
  return forward(rows, kernel, bias.value_or(at::Tensor()), slope);
}

DenseGradients denseGradientsReference(const at::Tensor& dy, const at::Tensor& x,
                                       const at::Tensor& kernel, const DenseWants& wants) {
  DenseGradients result;
  if (wants.x) result.x = throughActivation(at::mm(dy, kernel.t()), x, wants.slope);
  if (wants.kernel) result.kernel = at::mm(x.t(), dy);
  if (wants.bias) result.bias = at::sum(dy, 0);
  return result;
}

DenseGradients denseGradients(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& kernel,
                              const DenseWants& wants) {
  if (isSmallDense(x, kernel) || isNarrowDense(x, kernel)) {
    const auto compute = isSmallDense(x, kernel) ? smallDenseGradients : narrowDenseGradients;
    DenseGradients found = compute(dy.contiguous(), x.contiguous(), kernel, wants);
    found.x = throughActivation(found.x, x, wants.slope);
    return found;
  }
  if (!suits(x, kernel)) return denseGradientsReference(dy, x, kernel, wants);
  // Of fewer rows vectors would hold too little of dx, which is computed transposed.
  constexpr int64_t kFewestRows = 4;
  const bool givesX = wants.x && x.size(0) >= kFewestRows;
  if (!givesX && !wants.kernel && !wants.bias) return denseGradientsReference(dy, x, kernel, wants);
  DenseGradients result =
      denseGradientsReference(dy, x, kernel, {wants.x && !givesX, false, false, wants.slope});
  const DenseSizes sizes(x, kernel);
  if (wants.bias) result.bias = at::empty({sizes.out}, x.options());
  if (givesX) result.x = at::empty({sizes.rows, sizes.in}, x.options());
  if (wants.kernel) result.kernel = at::empty({sizes.in, sizes.out}, x.options());
  const int64_t products = static_cast<int64_t>(givesX) + static_cast<int64_t>(wants.kernel);
  const KernelRecord record("gantorch::denseGradients", products * sizes.flops(),
                            {dy, x, kernel, result.x, result.kernel});
  const at::Tensor given = dy.contiguous();
  const at::Tensor rows = x.contiguous();
  const DenseKernelGradient kernelGradient(rows, given);
  forShares(sizes, sizes.in, [&](int64_t first, int64_t last) {
    const GradientShare share(sizes, given.const_data_ptr<float>(), first, last);
    if (givesX) {
      share.input(rows.const_data_ptr<float>(), kernel.const_data_ptr<float>(),
                  result.x.mutable_data_ptr<float>(), wants.slope);
    }
    if (wants.kernel) {
      share.kernel(kernelGradient, result.kernel.mutable_data_ptr<float>());
    }
    if (wants.bias) share.bias(result.bias.mutable_data_ptr<float>());
  });
  return result;
}

}  // namespace gantorch::kernels
