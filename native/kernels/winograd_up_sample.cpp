#include "kernels/winograd_up_sample.h"

#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include "kernels/processor.h"
#include "kernels/up_sample_conv.h"
#include "kernels/up_sample_products.h"

namespace gantorch::kernels {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

at::Tensor reference(const at::Tensor& x, const at::Tensor& kernel) {
  return upSampleConv2d(x.permute({0, 3, 1, 2}), kernel, std::nullopt).permute({0, 2, 3, 1});
}

struct WinogradUpSample : torch::autograd::Function<WinogradUpSample> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& kernel,
                            const std::optional<at::Tensor>& bias) {
    context->save_for_backward({x, kernel});
    context->saved_data["hasBias"] = bias.has_value();
    return upSampleProducts(x, upSampleFactors(kernel), bias.value_or(at::Tensor()));
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const auto& [x, kernel] = std::tie(saved[0], saved[1]);
    const bool ofData = context->needs_input_grad(0);
    const bool ofKernel = context->needs_input_grad(1);
    const at::Tensor dy = gradients[0].contiguous();
    variable_list results(3);
    if (context->saved_data["hasBias"].toBool() && context->needs_input_grad(2)) {
      results[2] = dy.sum({0, 1, 2});
    }
    if ((ofData || ofKernel) && c10::GradMode::is_enabled()) {
      // These will be differentiated too. Views, since a kernel may itself depend on x: each counts
      // what goes through it alone.
      const at::Tensor data = x.view_as(x), taps = kernel.view_as(kernel);
      variable_list leaves;
      if (ofData) leaves.push_back(data);
      if (ofKernel) leaves.push_back(taps);
      const variable_list found =
          torch::autograd::grad({reference(data, taps)}, leaves, {dy}, true, true);
      if (ofData) results[0] = found.front();
      if (ofKernel) results[1] = found.back();
      return results;
    }
    if (ofData) results[0] = upSampleDataGradient(dy, x, kernel);
    if (ofKernel) results[1] = upSampleKernelGradient(dy, x, kernel);
    return results;
  }
};

}  // namespace

bool suitsWinogradUpSample(const at::Tensor& kernel) {
  const bool isKnown = kernel.scalar_type() == at::kFloat || kernel.scalar_type() == at::kBFloat16;
  return hasVectorBfloat16() && isKnown && kernel.device().is_cpu() && kernel.size(0) == 3 &&
         kernel.size(1) == 3 && kernel.size(2) % 32 == 0 && kernel.size(3) % 16 == 0;
}

bool suitsWinogradUpSample(const at::Tensor& x, const at::Tensor& kernel) {
  return x.scalar_type() == kernel.scalar_type() && x.numel() > 0 && suitsWinogradUpSample(kernel);
}

at::Tensor winogradUpSample(const at::Tensor& x, const at::Tensor& kernel,
                            const std::optional<at::Tensor>& bias) {
  const at::Tensor image = x.contiguous();
  if (!c10::GradMode::is_enabled()) {
    return upSampleProducts(image, upSampleFactors(kernel), bias.value_or(at::Tensor()));
  }
  return WinogradUpSample::apply(image, kernel, bias);
}

}  // namespace gantorch::kernels
