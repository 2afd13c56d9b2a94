#pragma once

#include <cstddef>

namespace gantorch {

// Bytes that the machine has, and those that can be had without swapping; a container's limit
// counts, and so do the process's own. The largest size_t where the system doesn't say.
size_t totalMemory();
size_t availableMemory();

}  // namespace gantorch
