#include "kernels/activation_dropout.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "kernels/element.h"
#include "kernels/saved_dropout.h"
#include "kernels/vectorize.h"

namespace gantorch::kernels {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Elements whose mask is made at once; it stays in the cache.
constexpr int64_t kPiece = 4096;

template <typename T>
GANTORCH_VECTORIZED void activate(const T* __restrict x, const float* __restrict mask,
                                  T* __restrict y, int64_t count, float slope) {
  for (int64_t i = 0; i < count; i++) {
    const float v = load(x[i]);
    y[i] = narrow<T>(rounded<T>(v * (v > 0 ? 1.0f : slope)) * mask[i]);
  }
}

template <typename T>
GANTORCH_VECTORIZED void differentiate(const T* __restrict x, const T* __restrict dy,
                                       const float* __restrict mask, T* __restrict dx,
                                       int64_t count, float slope) {
  for (int64_t i = 0; i < count; i++) {
    const float given = rounded<T>(load(dy[i]) * mask[i]);
    dx[i] = narrow<T>(given * (load(x[i]) > 0 ? 1.0f : slope));
  }
}

// body(first, last, mask) for all pieces of a tensor of T.
template <typename T, typename Body>
void forPieces(const at::Tensor& tensor, const Dropout& dropout, Body body) {
  at::parallel_for(0, tensor.numel(), 4 * kPiece, [&](int64_t begin, int64_t end) {
    DropoutMask mask(dropout, rounded<T>(dropout.scale()));
    for (int64_t first = begin; first < end; first += kPiece) {
      const int64_t last = std::min(end, first + kPiece);
      body(first, last, mask.of(first, last));
    }
  });
}

at::Tensor forward(const at::Tensor& x, double slope, const Dropout& dropout) {
  const at::Tensor y = at::empty_like(x);
  forElementType(x.scalar_type(), [&]<typename T>() {
    const T* from = x.const_data_ptr<T>();
    T* to = y.mutable_data_ptr<T>();
    forPieces<T>(x, dropout, [&](int64_t first, int64_t last, const float* mask) {
      activate(from + first, mask, to + first, last - first, static_cast<float>(slope));
    });
  });
  return y;
}

at::Tensor backward(const at::Tensor& x, const at::Tensor& dy, double slope,
                    const Dropout& dropout) {
  const at::Tensor dx = at::empty_like(x);
  forElementType(x.scalar_type(), [&]<typename T>() {
    const T* from = x.const_data_ptr<T>();
    const T* given = dy.const_data_ptr<T>();
    T* to = dx.mutable_data_ptr<T>();
    forPieces<T>(x, dropout, [&](int64_t first, int64_t last, const float* mask) {
      differentiate(from + first, given + first, mask, to + first, last - first,
                    static_cast<float>(slope));
    });
  });
  return dx;
}

void save(AutogradContext* context, const at::Tensor& x, double slope, const Dropout& dropout) {
  context->save_for_backward({x});
  context->saved_data["slope"] = slope;
  saveDropout(context, dropout);
}

// The gradient as a function of dy. It is linear in it and its own gradient; by x it has none.
struct Gradient : torch::autograd::Function<Gradient> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& dy, const at::Tensor& x,
                            double slope, const Dropout& dropout) {
    save(context, x, slope, dropout);
    return kernels::backward(x, dy.contiguous(), slope, dropout);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const at::Tensor result =
        Gradient::apply(gradients[0], context->get_saved_variables()[0],
                        context->saved_data["slope"].toDouble(), *savedDropout(context));
    return {result, at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

struct ActivationDropout : torch::autograd::Function<ActivationDropout> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, double slope,
                            const Dropout& dropout) {
    save(context, x, slope, dropout);
    return kernels::forward(x, slope, dropout);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const at::Tensor result =
        Gradient::apply(gradients[0], context->get_saved_variables()[0].detach(),
                        context->saved_data["slope"].toDouble(), *savedDropout(context));
    return {result, at::Tensor(), at::Tensor()};
  }
};

}  // namespace

at::Tensor activationDropout(const at::Tensor& x, double slope, const Dropout& dropout) {
  if (x.scalar_type() == at::kHalf) {
    return activationDropout(x.to(at::kFloat), slope, dropout).to(at::kHalf);
  }
  const at::Tensor elements = x.contiguous();
  return c10::GradMode::is_enabled() ? ActivationDropout::apply(elements, slope, dropout)
                                     : forward(elements, slope, dropout);
}

}  // namespace gantorch::kernels
