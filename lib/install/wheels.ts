/** What a wheel is, and the pinned wheels that make up each libtorch for the CPU. */

export interface Wheel {
  /** `name-version-python-abi-platform.whl`, as its authors published it. */
  readonly file: string
  readonly bytes: number
  readonly sha256: string
  /** [member, target]; both are folders when they end in /. */
  readonly members: readonly (readonly [string, string])[]
}

/** A folder of the cache and the wheels that fill it. */
export interface Part {
  readonly folder: string
  /** For messages. */
  readonly title: string
  readonly version: string
  readonly wheels: readonly Wheel[]
  /** Bytes of what is unpacked. */
  readonly unpacked: number
}

interface WheelTags {
  readonly name: string
  readonly version: string
  readonly platform: string
}

/** What the name of a wheel's file says. */
export function tagsOf({ file }: Wheel): WheelTags {
  const [name = '', version = '', , , platforms = ''] = file.replace(/\.whl$/, '').split('-')
  // The oldest spelling: an old pip knows no equivalents.
  const [platform = ''] = platforms.split('.')
  return { name: name.replaceAll('_', '-'), version, platform }
}

export const defaultVersion = '2.11.0'

type Pin = readonly [bytes: number, sha256: string]

// libtorch_cpu needs these two even where there is no GPU. The versions are those that torch asks for.
const runtimes = {
  '13.0.96': [2_243_632, '7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548'],
  '13.2.86': [2_323_576, '3498247680dfddce31bad102af7e3e26fc795342a3cac64722bb0fa95e7f60f0'],
} as const satisfies Record<string, Pin>

const profilers = {
  '13.0.85': [10_715_597, '4eb01c08e859bf924d222250d2e8f8b8ff6d3db4721288cf35d14252a4d933c8'],
  '13.2.86': [11_988_600, '8fa29f15dd8336181f961764d9d95236fc6b931dd0c8fcf8cd70aab0c310b586'],
} as const satisfies Record<string, Pin>

interface Pins {
  readonly torch: Pin
  readonly runtime: keyof typeof runtimes
  readonly profiler: keyof typeof profilers
}

const cuda130 = { runtime: '13.0.96', profiler: '13.0.85' } as const
const cuda132 = { runtime: '13.2.86', profiler: '13.2.86' } as const

/** Every libtorch that gantorch has an addon for, by version. */
const pins = {
  '2.11.0': {
    torch: [530_712_279, '0f68f4ac6d95d12e896c3b7a912b5871619542ec54d3649cf48cc1edd4dd2756'],
    ...cuda130,
  },
  '2.12.1': {
    torch: [532_261_322, '649e4ced014ba646f76f8cb9c9726735a6323eb321b7919f942790a923f90921'],
    ...cuda130,
  },
  '2.13.0': {
    torch: [526_605_292, '796633c4cdf0fe2cdced72d8f88f22e73dbcfce83132763162f6d4bff13b820b'],
    ...cuda130,
  },
  '2.14.1': {
    torch: [554_618_695, '23011fe29a99b591eabb3a31a25080c62e2c2f0690a3c798744e5489dae50451'],
    ...cuda130,
  },
  '2.15.0': {
    torch: [539_172_785, '6d8c86f4e33a9f12a58149bd9b0d64351632b8eb44479be8ff85e5389932dd79'],
    ...cuda132,
  },
} as const satisfies Record<string, Pins>

export const versions: readonly string[] = Object.keys(pins)

function isPinned(version: string): version is keyof typeof pins {
  return versions.includes(version)
}

/** The folder's name in the cache; the search for libtorch knows it too. */
export function cpuFolder(version: string): string {
  return `libtorch-${version}-cpu`
}

/** The CPU part of a libtorch: libraries, headers, licences. */
export function cpuPart(version: string): Part | undefined {
  if (!isPinned(version)) return undefined
  const pinned = pins[version]
  const wheels = [torchWheel(version), runtimeWheel(pinned), profilerWheel(pinned)]
  const [folder, title] = [cpuFolder(version), `libtorch ${version}`]
  return { folder, title, version, wheels, unpacked: 560e6 }
}

/** The wheel of torch, for its parts for the CPU unless `members` says otherwise. */
export function torchWheel(version: keyof typeof pins, members?: Wheel['members']): Wheel {
  const [bytes, sha256] = pins[version].torch
  const file = `torch-${version}-cp312-cp312-manylinux_2_28_x86_64.whl`
  const cpu = [
    ['torch/include/', 'include/'],
    ['torch/lib/libtorch_cpu.so', 'lib/libtorch_cpu.so'],
    ['torch/lib/libc10.so', 'lib/libc10.so'],
    ['torch/lib/libgomp.so.1', 'lib/libgomp.so.1'],
    [`torch-${version}.dist-info/licenses/`, 'licenses/torch/'],
  ] as const
  return { file, bytes, sha256, members: members ?? cpu }
}

function runtimeWheel({ runtime }: Pins): Wheel {
  const [bytes, sha256] = runtimes[runtime]
  const stem = `nvidia_cuda_runtime-${runtime}`
  return {
    file: `${stem}-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl`,
    bytes,
    sha256,
    members: [
      ['nvidia/cu13/lib/libcudart.so.13', 'lib/libcudart.so.13'],
      [`${stem}.dist-info/licenses/`, 'licenses/nvidia-cuda-runtime/'],
    ],
  }
}

function profilerWheel({ profiler }: Pins): Wheel {
  const [bytes, sha256] = profilers[profiler]
  const stem = `nvidia_cuda_cupti-${profiler}`
  return {
    file: `${stem}-py3-none-manylinux_2_25_x86_64.whl`,
    bytes,
    sha256,
    members: [
      ['nvidia/cu13/lib/libcupti.so.13', 'lib/libcupti.so.13'],
      [`${stem}.dist-info/licenses/`, 'licenses/nvidia-cuda-cupti/'],
    ],
  }
}
