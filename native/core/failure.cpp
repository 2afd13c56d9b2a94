#include "core/failure.h"

#include <c10/util/Exception.h>

#include <new>

namespace gantorch {

namespace {

const char* const kSmallerBatch =
    "; use a smaller batch or smaller layers (nothing was changed, training can go on)";

bool isOutOfMemory(const c10::Error& error) {
  if (dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr) return true;
  const std::string message = error.what_without_backtrace();
  const auto says = [&](const char* text) { return message.find(text) != std::string::npos; };
  return says("DefaultCPUAllocator: can't allocate") || says("Storage size calculation overflowed");
}

}  // namespace

Failure currentFailure(const std::string& where) {
  try {
    throw;
  } catch (const Failure& failure) {
    return {failure.code, failure.where.empty() ? where : failure.where, failure.message};
  } catch (const c10::Error& error) {
    const std::string message = error.what_without_backtrace();
    if (isOutOfMemory(error)) return {kOutOfMemory, where, message + kSmallerBatch};
    return {kNativeFailure, where, message};
  } catch (const std::bad_alloc&) {
    return {kOutOfMemory, where, std::string("memory ran out") + kSmallerBatch};
  } catch (const std::exception& error) {
    return {kNativeFailure, where, error.what()};
  } catch (...) {
    return {kNativeFailure, where, "an unknown error"};
  }
}

}  // namespace gantorch
