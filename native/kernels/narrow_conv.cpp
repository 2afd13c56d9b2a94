#include "kernels/narrow_conv.h"

#include <ATen/Parallel.h>
#include <ATen/native/CPUBlas.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <vector>

#include "kernels/element.h"
#include "kernels/kernel_record.h"
#include "kernels/narrow_conv_rows.h"
#include "kernels/processor.h"
#include "kernels/up_sample_tiles.h"

namespace gantorch::kernels {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// What storing four numbers at once allows.
constexpr int64_t kMostOut = 4;
// Rows that a thread does together; it reads one more on both sides.
constexpr int64_t kRowsTogether = 32;

struct Sizes {
  Sizes(const at::Tensor& x, const at::Tensor& kernel)
      : images(x.size(0)),
        height(x.size(1)),
        width(x.size(2)),
        in(x.size(3)),
        out(kernel.size(3)),
        rows(kernel.size(0)),
        columns(kernel.size(1)) {}

  int64_t pieces() const { return (height + kRowsTogether - 1) / kRowsTogether; }
  // Products of a pixel, rounded up to whole vectors.
  int64_t products() const { return (taps() * out + kLanes - 1) / kLanes * kLanes; }
  int64_t taps() const { return rows * columns; }

  // `rows` and `columns` are the kernel's.
  int64_t images, height, width, in, out, rows, columns;
};

// How far an axis of a kernel reaches to both sides of a result, as TensorFlow pads.
struct Reach {
  explicit Reach(int64_t taps) : before((taps - 1) / 2), after(taps / 2) {}

  int64_t before, after;
};

// Calls body(piece, image, first row, last row) for pieces of images.
template <typename Body>
void forPieces(const Sizes& sizes, Body body) {
  const int64_t pieces = sizes.pieces();
  at::parallel_for(0, sizes.images * pieces, 1, [&](int64_t begin, int64_t end) {
    for (int64_t piece = begin; piece < end; piece++) {
      const int64_t first = piece % pieces * kRowsTogether;
      body(piece, piece / pieces, first, std::min(first + kRowsTogether, sizes.height));
    }
  });
}

// The lines that a kernel sees, in turn; those outside the image are zeros.
class Window {
 public:
  Window(const Sizes& sizes, int64_t numbers)
      : height_(sizes.height),
        rows_(sizes.rows),
        lines_(static_cast<size_t>(rows_ + 1),
               std::vector<float>(
                   static_cast<size_t>((sizes.width + sizes.columns - 1) * numbers + kMostOut))),
        seen_(static_cast<size_t>(rows_)) {}

  float* line(int64_t row) {
    return lines_[static_cast<size_t>(row < 0 || row >= height_ ? rows_ : row % rows_)].data();
  }

  // Those from `first` on, one for each row of the kernel.
  const std::vector<const float*>& linesFrom(int64_t first) {
    for (int64_t i = 0; i < rows_; i++) seen_[static_cast<size_t>(i)] = line(first + i);
    return seen_;
  }

 private:
  int64_t height_, rows_;
  std::vector<std::vector<float>> lines_;
  std::vector<const float*> seen_;
};

// Goes down from row `first` to `last`: fill(row) for each row of the image that a window from
// `above` rows above to `below` rows below sees, and use(row) as soon as its window is filled.
template <typename Fill, typename Use>
void forWindows(const Sizes& sizes, int64_t first, int64_t last, int64_t above, int64_t below,
                Fill fill, Use use) {
  for (int64_t row = std::max<int64_t>(first - above, 0); row < last + below; row++) {
    if (row < sizes.height) fill(row);
    if (row - below >= first) use(row - below);
  }
}

// (in, products), for bfloat16 with each two rows interleaved, as its products want them.
at::Tensor factorsOf(const at::Tensor& kernel, const Sizes& sizes) {
  const at::Tensor all = kernel.permute({2, 0, 1, 3}).reshape({sizes.in, -1});
  const at::Tensor padded = at::constant_pad_nd(all, {0, sizes.products() - all.size(1)});
  if (kernel.scalar_type() == at::kFloat) return padded.contiguous();
  return padded.view({sizes.in / 2, 2, sizes.products()}).permute({0, 2, 1}).contiguous();
}

template <typename T>
at::Tensor forwardOf(const at::Tensor& x, const at::Tensor& kernel, const at::Tensor& bias) {
  constexpr bool kIsInterleaved = !std::is_same_v<T, float>;
  const Sizes sizes(x, kernel);
  const Reach vertical(sizes.rows), horizontal(sizes.columns);
  const int64_t products = sizes.products();
  const at::Tensor factors = factorsOf(kernel, sizes);
  const at::Tensor y = at::empty({sizes.images, sizes.height, sizes.width, sizes.out}, x.options());
  std::vector<float> shift(kMostOut);
  if (bias.defined()) {
    const at::Tensor numbers = bias.to(at::kFloat).contiguous();
    std::copy_n(numbers.const_data_ptr<float>(), sizes.out, shift.begin());
  }
  forPieces(sizes, [&](int64_t, int64_t image, int64_t first, int64_t last) {
    Window window(sizes, products);
    const auto line = [&](int64_t row) { return (image * sizes.height + row) * sizes.width; };
    const auto multiply = [&](int64_t row) {
      at::native::cpublas::brgemm(sizes.width, products, sizes.in, sizes.in, products, products,
                                  false, x.const_data_ptr<T>() + line(row) * sizes.in,
                                  factors.const_data_ptr<T>(),
                                  window.line(row) + horizontal.before * products, kIsInterleaved);
    };
    const auto sum = [&](int64_t row) {
      sumTaps(window.linesFrom(row - vertical.before), sizes.columns, sizes.width, products,
              sizes.out, shift.data(), y.mutable_data_ptr<T>() + line(row) * sizes.out);
    };
    forWindows(sizes, first, last, vertical.before, vertical.after, multiply, sum);
    at::native::cpublas::brgemm_release(kIsInterleaved);
  });
  return y;
}

// The sums of each piece are added up in order, whatever thread made them.
template <typename T>
at::Tensor kernelGradientOf(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& kernel) {
  const Sizes sizes(x, kernel);
  const Reach vertical(sizes.rows), horizontal(sizes.columns);
  const int64_t products = sizes.products();
  const int64_t out = sizes.out;
  const int64_t right = 32;
  const at::Tensor data = x.to(at::kFloat);
  const at::Tensor sums =
      at::zeros({sizes.images * sizes.pieces(), products, sizes.in}, data.options());
  forPieces(sizes, [&](int64_t piece, int64_t image, int64_t first, int64_t last) {
    Window window(sizes, out);
    std::vector<float> patch(static_cast<size_t>(sizes.width * products + kMostOut));
    float* sum = sums.mutable_data_ptr<float>() + piece * products * sizes.in;
    const auto line = [&](int64_t row) { return (image * sizes.height + row) * sizes.width; };
    const auto read = [&](int64_t row) {
      std::copy_n(dy.const_data_ptr<T>() + line(row) * out, sizes.width * out,
                  window.line(row) + horizontal.after * out);
    };
    const auto add = [&](int64_t row) {
      patches(window.linesFrom(row - vertical.after), sizes.columns, sizes.width, products, out,
              patch.data());
      const float* pixels = data.const_data_ptr<float>() + line(row) * sizes.in;
      for (int64_t c = 0; c < sizes.in; c += right) {
        for (int64_t f = 0; f < sizes.taps() * out; f += 8) {
          outerProducts({patch.data() + f, products}, {pixels + c, sizes.in}, sizes.width, true,
                        sum + f * sizes.in + c, sizes.in);
        }
      }
    };
    // A value reaches results as far to one side as a result sees values to the other.
    forWindows(sizes, first, last, vertical.after, vertical.before, read, add);
  });
  const at::Tensor taps = sums.sum(0).narrow(0, 0, sizes.taps() * out);
  return taps.view({sizes.rows, sizes.columns, out, sizes.in})
      .permute({2, 0, 1, 3})
      .contiguous()
      .to(x.scalar_type())
      .permute({1, 2, 3, 0});
}

int64_t flopsOf(const at::Tensor& x, const at::Tensor& kernel) {
  return 2 * x.numel() * kernel.size(0) * kernel.size(1) * kernel.size(3);
}

at::Tensor forward(const at::Tensor& x, const at::Tensor& kernel, const at::Tensor& bias) {
  const KernelRecord record("gantorch::narrowConv", flopsOf(x, kernel), {x, kernel});
  return forElementType(x.scalar_type(),
                        [&]<typename T>() { return forwardOf<T>(x, kernel, bias); });
}

at::Tensor kernelGradient(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& kernel) {
  const KernelRecord record("gantorch::narrowConvKernelGradient", flopsOf(x, kernel), {dy, x});
  return forElementType(x.scalar_type(),
                        [&]<typename T>() { return kernelGradientOf<T>(dy, x, kernel); });
}

struct NarrowConv : torch::autograd::Function<NarrowConv> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& kernel,
                            const std::optional<at::Tensor>& bias) {
    context->save_for_backward({x, kernel});
    context->saved_data["hasBias"] = bias.has_value();
    return kernels::forward(x, kernel, bias.value_or(at::Tensor()));
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const auto& [x, kernel] = std::tie(saved[0], saved[1]);
    const bool createsGraph = c10::GradMode::is_enabled();
    const bool ofKernel = context->needs_input_grad(1);
    const at::Tensor dy = gradients[0].contiguous();
    variable_list results(3);
    if (context->saved_data["hasBias"].toBool() && context->needs_input_grad(2)) {
      results[2] = dy.sum({0, 1, 2});
    }
    if (ofKernel && !createsGraph) results[1] = kernelGradient(dy, x, kernel);
    const bool kernelToo = ofKernel && createsGraph;
    if (!context->needs_input_grad(0) && !kernelToo) return results;
    // ATen's are differentiable. They know one padding for both sides: an even kernel's larger one,
    // with which a result more comes first.
    const int64_t rows = kernel.size(0), columns = kernel.size(1);
    const bool isEven = rows % 2 == 0 || columns % 2 == 0;
    const at::Tensor given =
        isEven ? at::constant_pad_nd(dy, {0, 0, 1 - columns % 2, 0, 1 - rows % 2, 0}) : dy;
    const auto found = at::convolution_backward(
        given.permute({0, 3, 1, 2}), x.permute({0, 3, 1, 2}), kernel.permute({3, 2, 0, 1}), {},
        {1, 1}, {rows / 2, columns / 2}, {1, 1}, false, {0, 0}, 1,
        {context->needs_input_grad(0), kernelToo, false});
    if (context->needs_input_grad(0)) results[0] = std::get<0>(found).permute({0, 2, 3, 1});
    if (kernelToo) results[1] = std::get<1>(found).permute({2, 3, 1, 0});
    return results;
  }
};

}  // namespace

bool suitsNarrowConv(const at::Tensor& x, const at::Tensor& kernel) {
  const auto isSmall = [](int64_t taps) { return taps >= 2 && taps <= kMostTaps; };
  const bool isKnown = x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16;
  return hasVectorBfloat16() && isKnown && x.dim() == 4 && x.device().is_cpu() && x.numel() > 0 &&
         kernel.scalar_type() == x.scalar_type() && isSmall(kernel.size(0)) &&
         isSmall(kernel.size(1)) && kernel.size(2) == x.size(3) && kernel.size(2) % 32 == 0 &&
         kernel.size(3) <= kMostOut;
}

at::Tensor narrowConv(const at::Tensor& x, const at::Tensor& kernel,
                      const std::optional<at::Tensor>& bias) {
  const at::Tensor image = x.contiguous();
  if (!c10::GradMode::is_enabled()) {
    return forward(image, kernel, bias.value_or(at::Tensor()));
  }
  return NarrowConv::apply(image, kernel, bias);
}

}  // namespace gantorch::kernels
