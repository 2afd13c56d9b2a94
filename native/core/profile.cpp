#include "core/profile.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <ATen/record_function.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string_view>
#include <vector>

namespace gantorch {

namespace {

using Clock = std::chrono::steady_clock;
using Values = std::vector<c10::IValue>;

enum class Level { kPhase, kNode, kBackward, kOp };

struct Frame {
  Level level;
  std::string key;
  Clock::time_point start;
  double inner;  // seconds of what is timed by itself inside
  double flops;
  double bytes;
};

struct Row {
  std::vector<double> seconds;
  double flops;
  double bytes;
};

// Of the runtime thread only: programs and their backward passes run nowhere else.
thread_local std::vector<Frame> frames;

class Report {
 public:
  explicit Report(const char* file) : file_(file) {}
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;
  ~Report() {
    std::ofstream out(file_);
    for (auto& [key, row] : rows_) {
      const auto middle = row.seconds.begin() + row.seconds.size() / 2;
      std::nth_element(row.seconds.begin(), middle, row.seconds.end());
      out << "{" << key << ", \"calls\": " << row.seconds.size() << ", \"seconds\": " << *middle
          << ", \"flops\": " << row.flops << ", \"bytes\": " << row.bytes << "}\n";
    }
  }

  void add(const Frame& frame, double seconds) {
    Row& row = rows_[frame.key];
    row.seconds.push_back(seconds);
    row.flops = frame.flops;
    row.bytes = frame.bytes;
  }

 private:
  std::string file_;
  std::map<std::string, Row> rows_;
};

void push(Level level, std::string key) {
  const std::string outer = frames.empty() ? "" : frames.back().key + ", ";
  frames.push_back({level, outer + std::move(key), Clock::now(), 0, 0, 0});
}

Report* report();

void pop() {
  const Frame frame = std::move(frames.back());
  frames.pop_back();
  const double seconds = std::chrono::duration<double>(Clock::now() - frame.start).count();
  if (!frames.empty()) frames.back().inner += seconds;
  report()->add(frame, seconds - frame.inner);
}

std::string quoted(const char* name, const std::string& value) {
  std::string text = std::string("\"") + name + "\": \"";
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

std::vector<at::Tensor> tensorsOf(const Values& values) {
  std::vector<at::Tensor> tensors;
  for (const c10::IValue& value : values) {
    if (value.isTensor() && value.toTensor().defined()) tensors.push_back(value.toTensor());
  }
  return tensors;
}

double bytesOf(const Values& values) {
  double bytes = 0;
  for (const at::Tensor& tensor : tensorsOf(values)) bytes += static_cast<double>(tensor.nbytes());
  return bytes;
}

std::string shapesOf(const Values& values) {
  std::ostringstream text;
  for (const at::Tensor& tensor : tensorsOf(values)) text << tensor.sizes();
  return text.str();
}

// Of one convolution: each element of its smaller side meets its share of the kernel.
double convolutionFlops(const at::Tensor& side, const at::Tensor& kernel) {
  return 2.0 * static_cast<double>(side.numel() * kernel.numel()) /
         static_cast<double>(kernel.size(0));
}

// Multiplications and additions of convolutions and matrix products; 0 for all else.
double flopsOf(const std::string& op, const Values& inputs, const Values& outputs) {
  const std::vector<at::Tensor> tensors = tensorsOf(inputs);
  if (op == "aten::conv_transpose2d") return convolutionFlops(tensors[0], tensors[1]);
  if ((op == "aten::conv2d" || op == "aten::mkldnn_convolution") && outputs.size() == 1) {
    return convolutionFlops(outputs[0].toTensor(), tensors[1]);
  }
  if (op == "aten::convolution" && outputs.size() == 1) {
    const bool transposed = inputs[6].toBool();
    return convolutionFlops(transposed ? tensors[0] : outputs[0].toTensor(), tensors[1]);
  }
  if (op == "aten::convolution_backward") {
    const auto wanted = inputs[10].toBoolList();
    const bool transposed = inputs[7].toBool();
    const double once = convolutionFlops(transposed ? tensors[1] : tensors[0], tensors[2]);
    return once * (static_cast<int>(wanted.get(0)) + static_cast<int>(wanted.get(1)));
  }
  const size_t first = op == "aten::addmm" ? 1 : 0;
  if ((op == "aten::addmm" || op == "aten::mm") && tensors.size() == first + 2) {
    return 2.0 * static_cast<double>(tensors[first].numel() * tensors[first + 1].size(-1));
  }
  return 0;
}

struct Context : at::ObserverContext {
  std::vector<c10::IValue> inputs;
};

// An op inside an op counts as part of it; what autograd's engine wraps a node in does not count.
std::unique_ptr<at::ObserverContext> begin(const at::RecordFunction& function) {
  if (frames.empty() || frames.back().level == Level::kOp) return nullptr;
  if (std::string_view(function.name()).starts_with("autograd::engine")) return nullptr;
  const bool isBackward = function.scope() == at::RecordScope::BACKWARD_FUNCTION;
  if (isBackward && frames.back().level == Level::kBackward) return nullptr;
  auto context = std::make_unique<Context>();
  if (isBackward) {
    push(Level::kBackward, quoted("backward", function.name()));
    return context;
  }
  context->inputs.assign(function.inputs().begin(), function.inputs().end());
  push(Level::kOp,
       quoted("op", function.name()) + ", " + quoted("shapes", shapesOf(context->inputs)));
  return context;
}

void end(const at::RecordFunction& function, at::ObserverContext* context) {
  if (!context) return;
  Frame& frame = frames.back();
  if (frame.level == Level::kOp) {
    const Values& inputs = static_cast<Context*>(context)->inputs;
    if (std::string_view(function.name()).starts_with("gantorch::")) {
      // kernels/kernel_record.h
      frame.flops = inputs.at(0).toDouble();
      frame.bytes = inputs.at(1).toDouble();
    } else {
      frame.flops = flopsOf(function.name(), inputs, function.outputs());
      frame.bytes = bytesOf(inputs) + bytesOf(function.outputs());
    }
  }
  pop();
}

// The report that GANTORCH_PROFILE asks for, or null.
Report* report() {
  static const std::unique_ptr<Report> asked = [] {
    const char* file = std::getenv("GANTORCH_PROFILE");
    if (!file || !*file) return std::unique_ptr<Report>();
    at::addGlobalCallback(
        at::RecordFunctionCallback(begin, end)
            .needsInputs(true)
            .needsOutputs(true)
            .scopes({at::RecordScope::FUNCTION, at::RecordScope::BACKWARD_FUNCTION}));
    return std::make_unique<Report>(file);
  }();
  return asked.get();
}

}  // namespace

ProfileScope::ProfileScope(const std::string& name, const void* phase) {
  if (!report()) return;
  std::ostringstream address;
  address << phase;
  push(Level::kPhase, quoted("phase", name) + ", " + quoted("address", address.str()));
}

ProfileScope::ProfileScope(const std::string& op, const std::string& layer) {
  if (report()) push(Level::kNode, quoted("node", op) + ", " + quoted("layer", layer));
}

ProfileScope::~ProfileScope() {
  if (report()) pop();
}

}  // namespace gantorch
