// Box-Muller by vectors of our own logarithm, sine and cosine (the polynomials of fdlibm). They are
// not the last bits of std's: where those could make another float, std computes the numbers again.
#include "kernels/normal_numbers.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include "kernels/vectorize.h"

namespace gantorch::kernels {

namespace {

// Numbers are made by pieces of so many pairs.
constexpr int kPairs = 32;

// Of every pair: the high and the low word of the radius, the high and the low one of the angle.
using PairWords = uint32_t[philox::kWords][kPairs];

// How far a number may lie from the one that std gives, relative to |radius| + |mean|. In units of
// 2^-53 our logarithm is at most 4 off and our sine and cosine 2 (measured: 2.9 and 1.7), std's 2
// and 7, for it rounds angles up to 2 pi; the root, the products and the sum add at most 8 on each
// side. Together that is less than 4e-15.
constexpr double kBound = 1e-13;

// Beyond the last bits of any float: 0 and -0 never pass for the same.
constexpr double kLeastBound = 1e-60;

GANTORCH_VECTORIZED void takeWords(const RandomStream& stream, uint64_t position,
                                   PairWords& words) {
  const uint64_t block = position / philox::kWords;
  const uint64_t within = position % philox::kWords;
  if (within == 0) return philox::blocks(block, stream, words);
  PairWords first;
  PairWords second;
  philox::blocks(block, stream, first);
  philox::blocks(block + 1, stream, second);
  for (uint64_t word = 0; word < philox::kWords; word++) {
    const uint64_t from = within + word;
    std::copy_n(from < philox::kWords ? first[from] : second[from - philox::kWords], kPairs,
                words[word]);
  }
}

// The 53 bits of a uniform number as a whole one, exactly; words of less than 2^31, which every
// processor converts.
inline __attribute__((always_inline)) double whole(int32_t high, uint32_t low) {
  return high * 0x1p26 + static_cast<int32_t>(low >> 6);
}

// The natural logarithm of a number in (0, 1], which is 2^exponent (1 + f) with 1 + f from the root
// of a half up to that of 2; of s = f / (2 + f) it is exponent ln 2 + 2 atanh(s).
inline __attribute__((always_inline)) double logarithm(double number) {
  constexpr uint64_t kRootOfHalf = 0x3fe6a09e667f3bcd;
  constexpr uint64_t kOne = 0x3ff0000000000000;
  const uint64_t bits = std::bit_cast<uint64_t>(number) + (kOne - kRootOfHalf);
  const double exponent =
      std::bit_cast<double>((bits >> 52) | 0x4330000000000000) - (0x1p52 + 1023);
  const double f = std::bit_cast<double>((bits & 0x000fffffffffffff) + kRootOfHalf) - 1;
  const double s = f / (2 + f);
  const double z = s * s;
  double sum = 1.479819860511658591e-01;
  sum = sum * z + 1.531383769920937332e-01;
  sum = sum * z + 1.818357216161805012e-01;
  sum = sum * z + 2.222219843214978396e-01;
  sum = sum * z + 2.857142874366239149e-01;
  sum = sum * z + 3.999999999940941908e-01;
  sum = sum * z + 6.666666666666735130e-01;
  return exponent * std::numbers::ln2 + (s * z * sum + 2 * s);
}

// The two for an angle of at most a quarter of pi to either side of 0.
inline __attribute__((always_inline)) double sineNear(double angle, double square) {
  double sum = 1.58969099521155010221e-10;
  sum = sum * square - 2.50507602534068634195e-08;
  sum = sum * square + 2.75573137070700676789e-06;
  sum = sum * square - 1.98412698298579493134e-04;
  sum = sum * square + 8.33333333332248946124e-03;
  sum = sum * square - 1.66666666666666324348e-01;
  return angle + angle * square * sum;
}

inline __attribute__((always_inline)) double cosineNear(double square) {
  double sum = -1.13596475577881948265e-11;
  sum = sum * square + 2.08757232129817482790e-09;
  sum = sum * square - 2.75573143513906633035e-07;
  sum = sum * square + 2.48015872894767294178e-05;
  sum = sum * square - 1.38888888888741095749e-03;
  sum = sum * square + 4.16666666666666019037e-02;
  return 1 - 0.5 * square + square * square * sum;
}

// False where a number could be another one than std's.
GANTORCH_VECTORIZED bool quickNumbers(const PairWords& words, double mean, double stddev,
                                      float* numbers) {
  double radii[kPairs];
  for (int lane = 0; lane < kPairs; lane++) {
    const auto high = static_cast<int32_t>(words[0][lane] >> 5);
    const double unit = whole(high, words[1][lane]) * 0x1p-53;
    radii[lane] = std::sqrt(-2 * logarithm(1 - unit)) * stddev;
  }
  const double meanBound = kBound * std::abs(mean) + kLeastBound;
  uint32_t unsure = 0;
  for (int lane = 0; lane < kPairs; lane++) {
    // The nearest quarter of the circle is taken off the uniform number, where nothing is rounded.
    const auto high = static_cast<int32_t>(words[2][lane] >> 5);
    const int32_t quarter = (high + 0x1000000) >> 25;
    const double angle =
        whole(high - (quarter << 25), words[3][lane]) * (0x1p-51 * std::numbers::pi / 2);
    const double square = angle * angle;
    const double sine = sineNear(angle, square);
    const double cosine = cosineNear(square);
    const bool odd = (quarter & 1) != 0;
    const double across = odd ? sine : cosine;
    const double along = odd ? cosine : sine;
    const double radius = radii[lane];
    const double bound = kBound * radius + meanBound;
    const double x = mean + across * (radius * (1 - ((quarter + 1) & 2)));
    const double y = mean + along * (radius * (1 - (quarter & 2)));
    const auto leastX = static_cast<float>(x - bound);
    const auto leastY = static_cast<float>(y - bound);
    unsure |=
        std::bit_cast<uint32_t>(leastX) ^ std::bit_cast<uint32_t>(static_cast<float>(x + bound));
    unsure |=
        std::bit_cast<uint32_t>(leastY) ^ std::bit_cast<uint32_t>(static_cast<float>(y + bound));
    numbers[2 * lane] = leastX;
    numbers[2 * lane + 1] = leastY;
  }
  return unsure == 0;
}

// Uniform in [0, 1).
double unitOf(uint32_t high, uint32_t low) {
  return ((high >> 5) * 67108864.0 + (low >> 6)) / 9007199254740992.0;
}

// The same as lib/random.ts. Never inside a function for other instruction sets, where a sum may be
// fused with a product.
__attribute__((noinline)) void plainNumbers(const PairWords& words, double mean, double stddev,
                                            float* numbers) {
  for (int lane = 0; lane < kPairs; lane++) {
    const double unit = unitOf(words[0][lane], words[1][lane]);
    const double radius = std::sqrt(-2 * std::log(1 - unit)) * stddev;
    const double angle = 2 * std::numbers::pi * unitOf(words[2][lane], words[3][lane]);
    numbers[2 * lane] = static_cast<float>(mean + radius * std::cos(angle));
    numbers[2 * lane + 1] = static_cast<float>(mean + radius * std::sin(angle));
  }
}

}  // namespace

void normalNumbers(float* data, int64_t size, double mean, double stddev,
                   const RandomStream& stream, uint64_t position) {
  // No overflow, no subnormal numbers, no NaN: else the bounds say nothing.
  const bool usual = std::abs(mean) <= 1e30 && stddev >= 1e-30 && stddev <= 1e30;
  constexpr int64_t kNumbers = 2 * kPairs;
  for (int64_t done = 0; done < size; done += kNumbers) {
    PairWords words;
    float numbers[kNumbers];
    takeWords(stream, position + 2 * done, words);
    if (!usual || !quickNumbers(words, mean, stddev, numbers)) {
      plainNumbers(words, mean, stddev, numbers);
    }
    std::copy_n(numbers, std::min(kNumbers, size - done), data + done);
  }
}

}  // namespace gantorch::kernels
