#pragma once

#include <napi.h>

#include <atomic>
#include <memory>

#include "core/program.h"

namespace gantorch {

// `Program` of binding.d.ts.
class ProgramWrap : public Napi::ObjectWrap<ProgramWrap> {
 public:
  static Napi::Function define(Napi::Env env);

  explicit ProgramWrap(const Napi::CallbackInfo& info);

 private:
  Napi::Value run(const Napi::CallbackInfo& info);

  std::shared_ptr<Program> program_;
  // Its last run was.
  std::shared_ptr<std::atomic<bool>> isQuick_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace gantorch
