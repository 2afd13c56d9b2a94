// Errors that reach JavaScript as one of its classes, by code.
#pragma once

#include <exception>
#include <string>
#include <utility>

namespace gantorch {

struct Failure : std::exception {
  // A code of lib/errors.ts.
  const char* code;
  // Whose op failed, such as `Conv2D "conv2d_3"`; may be empty.
  std::string where;
  std::string message;

  Failure(const char* code, std::string where, std::string message)
      : code(code), where(std::move(where)), message(std::move(message)) {}

  const char* what() const noexcept override { return message.c_str(); }
};

inline constexpr const char* kArgument = "GANTORCH_ARGUMENT";
inline constexpr const char* kNativeFailure = "GANTORCH_NATIVE";
inline constexpr const char* kNotFinite = "GANTORCH_NOT_FINITE";
inline constexpr const char* kOutOfMemory = "GANTORCH_OUT_OF_MEMORY";
inline constexpr const char* kShape = "GANTORCH_SHAPE";

// The exception being handled as a Failure; `where` is used when it names no place itself.
Failure currentFailure(const std::string& where);

}  // namespace gantorch
