/** The wheels that make up a libtorch for the CPU, pinned, and what is taken out of each. */

export const torchVersion = '2.11.0'

/** What must be free before the download: the largest wheel and what is unpacked from it. */
export const bytesNeeded = 1.2e9

/**
 * @typedef {object} Wheel
 * @property {string} name
 * @property {string} version
 * @property {string} platform as the wheel's own name has it: an old pip knows no equivalents
 * @property {number} bytes
 * @property {string} sha256
 * @property {readonly (readonly [string, string])[]} members [member, target], folders end in /
 */

/** @type {readonly Wheel[]} */
export const wheels = [
  {
    name: 'torch',
    version: torchVersion,
    platform: 'manylinux_2_28_x86_64',
    bytes: 530_712_279,
    sha256: '0f68f4ac6d95d12e896c3b7a912b5871619542ec54d3649cf48cc1edd4dd2756',
    // The wheel's largest file, libtorch_cuda.so, is of no use on a CPU.
    members: [
      ['torch/include/', 'include/'],
      ['torch/lib/libtorch_cpu.so', 'lib/libtorch_cpu.so'],
      ['torch/lib/libc10.so', 'lib/libc10.so'],
      ['torch/lib/libgomp.so.1', 'lib/libgomp.so.1'],
      ['torch-2.11.0.dist-info/licenses/', 'licenses/torch/'],
    ],
  },
  // libtorch_cpu needs these two even where there is no GPU; versions are those of CUDA 13.0.2,
  // which torch 2.11.0 requires.
  {
    name: 'nvidia-cuda-runtime',
    version: '13.0.96',
    platform: 'manylinux2014_x86_64',
    bytes: 2_243_632,
    sha256: '7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548',
    members: [
      ['nvidia/cu13/lib/libcudart.so.13', 'lib/libcudart.so.13'],
      ['nvidia_cuda_runtime-13.0.96.dist-info/licenses/', 'licenses/nvidia-cuda-runtime/'],
    ],
  },
  {
    name: 'nvidia-cuda-cupti',
    version: '13.0.85',
    platform: 'manylinux_2_25_x86_64',
    bytes: 10_715_597,
    sha256: '4eb01c08e859bf924d222250d2e8f8b8ff6d3db4721288cf35d14252a4d933c8',
    members: [
      ['nvidia/cu13/lib/libcupti.so.13', 'lib/libcupti.so.13'],
      ['nvidia_cuda_cupti-13.0.85.dist-info/licenses/', 'licenses/nvidia-cuda-cupti/'],
    ],
  },
]
