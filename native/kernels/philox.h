// Philox4x32-10: random words from a counter and a key, equal on every thread count.
// Source: Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3 (2011). lib/philox.ts has the
// same.
#pragma once

#include <cstdint>

#include "core/store.h"

namespace gantorch {

// Names one random tensor: a key, and the number of the op under that key.
struct RandomStream {
  uint32_t keyLow;
  uint32_t keyHigh;
  uint64_t sequence;
};

inline RandomStream nextStream(RandomState& random) {
  return {static_cast<uint32_t>(random.seed), static_cast<uint32_t>(random.seed >> 32),
          random.sequence++};
}

namespace philox {

inline constexpr int kWords = 4;

// Last counter word, apart from that of lib/random.ts; its low bits are the sequence's high ones.
inline constexpr uint32_t kNativeStream = 0x6e617469;

// words[w][lane] of the blocks firstBlock .. firstBlock + lanes - 1, side by side, so that the
// compiler makes vectors of them.
template <int lanes>
inline __attribute__((always_inline)) void blocks(uint64_t firstBlock, const RandomStream& stream,
                                                  uint32_t (&words)[kWords][lanes]) {
  for (int lane = 0; lane < lanes; lane++) {
    const uint64_t block = firstBlock + lane;
    words[0][lane] = static_cast<uint32_t>(block);
    words[1][lane] = static_cast<uint32_t>(block >> 32);
    words[2][lane] = static_cast<uint32_t>(stream.sequence);
    words[3][lane] = kNativeStream ^ static_cast<uint32_t>(stream.sequence >> 32);
  }
  uint32_t key0 = stream.keyLow;
  uint32_t key1 = stream.keyHigh;
  // Unrolled rounds are no longer seen as loops over lanes.
#pragma GCC unroll 1
  for (int round = 0; round < 10; round++) {
    for (int lane = 0; lane < lanes; lane++) {
      const uint64_t product0 = uint64_t{0xD2511F53} * words[0][lane];
      const uint64_t product1 = uint64_t{0xCD9E8D57} * words[2][lane];
      words[0][lane] = static_cast<uint32_t>(product1 >> 32) ^ words[1][lane] ^ key0;
      words[2][lane] = static_cast<uint32_t>(product0 >> 32) ^ words[3][lane] ^ key1;
      words[1][lane] = static_cast<uint32_t>(product1);
      words[3][lane] = static_cast<uint32_t>(product0);
    }
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
}

}  // namespace philox
}  // namespace gantorch
