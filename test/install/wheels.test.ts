/** The pinned wheels, on paper: nothing is fetched. */
import { cudaOpenOrder, cudaOpenedLater } from '../../lib/cuda_libraries'
import { cpuPart, tagsOf, versions } from '../../lib/install/wheels'
import { cudaPart } from '../../lib/install/wheels_cuda'

const librariesOf = (targets: readonly string[]) =>
  targets.filter((target) => target.startsWith('lib/')).map((target) => target.slice(4))

const targetsOf = (part: NonNullable<ReturnType<typeof cpuPart>>) =>
  part.wheels.flatMap(({ members }) => members.map(([, target]) => target))

test.each(versions)('the CPU part of %s', (version) => {
  const part = cpuPart(version)!
  expect(librariesOf(targetsOf(part)).sort()).toEqual([
    'libc10.so',
    'libcudart.so.13',
    'libcupti.so.13',
    'libgomp.so.1',
    'libtorch_cpu.so',
  ])
  expect(part.wheels.map((wheel) => tagsOf(wheel).name)).toEqual([
    'torch',
    'nvidia-cuda-runtime',
    'nvidia-cuda-cupti',
  ])
  expect(part.wheels.map((wheel) => wheel.sha256.length)).toEqual([64, 64, 64])
})

test('the CUDA part holds what is opened, and nothing of the CPU part', () => {
  const libraries = librariesOf(targetsOf(cudaPart))
  expect([...libraries].sort()).toEqual([...cudaOpenOrder, ...cudaOpenedLater].sort())
  const cpu = librariesOf(targetsOf(cpuPart('2.11.0')!))
  expect(libraries.filter((name) => cpu.includes(name))).toEqual([])
})

test('both parts take the same wheel of torch', () => {
  const file = 'torch-2.11.0-cp312-cp312-manylinux_2_28_x86_64.whl'
  for (const part of [cpuPart('2.11.0')!, cudaPart]) {
    const torch = part.wheels.find((wheel) => wheel.file === file)
    expect(torch?.sha256).toBe('0f68f4ac6d95d12e896c3b7a912b5871619542ec54d3649cf48cc1edd4dd2756')
  }
})

test('a member has one place, a licence comes with each wheel', () => {
  for (const { wheels } of [cudaPart, ...versions.map((version) => cpuPart(version)!)]) {
    const targets = wheels.flatMap(({ members }) => members.map(([, target]) => target))
    expect(new Set(targets).size).toBe(targets.length)
    for (const { file, members } of wheels) {
      expect([file, members.some(([, target]) => target.startsWith('licenses/'))]).toEqual([
        file,
        true,
      ])
    }
  }
})
