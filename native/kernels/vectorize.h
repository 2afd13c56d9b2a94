// Compiles a function for several instruction sets and picks one when the addon is loaded.
#pragma once

#define GANTORCH_VECTORIZED \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
