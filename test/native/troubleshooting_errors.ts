/** One error for each entry of docs/troubleshooting.md, thrown by the code that throws it for users. */
import { Conv2D, Dense, imageFolder, ImageSet, NDArray, Sequential } from '../../lib/index'
import * as load from '../../lib/load_errors'
import type { LoadReason } from '../../lib/load_reasons'
import { fromNative } from '../../lib/native_errors'
import { validatePlan } from '../../lib/plan/validate'
import { Program, reluPlan, Store } from './garbage'

/** As a user has it: gantorch among the packages of a project. */
const host = { env: {}, home: '/home/you', root: '/project/node_modules/gantorch' }
const addonPath = `${host.root}/prebuilt/torch-2.11/prebuilds/linux-x64/gantorch.glibc.node`
const addon = { origin: 'prebuilt', path: addonPath, loader: 'loader.node', minor: '2.11' } as const
const dir = '/home/you/.cache/gantorch/libtorch-2.11.0-cpu'
const libtorch = { dir, origin: 'cache', version: '2.11.0', libraries: [] }
const attempt = { host, addon, libtorch }
const minors = ['2.11', '2.12', '2.13', '2.14', '2.15']

const places = (python: string) => [
  'GANTORCH_LIBTORCH: not set',
  'package @gantorch/libtorch-linux-x64: not installed',
  'cache: /home/you/.cache/gantorch holds no libtorch',
  `python3's torch: ${python}`,
]

const dlopen = (words: string, properties: object = {}) =>
  Object.assign(new Error(words), { code: 'ERR_DLOPEN_FAILED' }, properties)

/** The words of dlopen are the system's; test/install makes it say them where this machine can. */
export const LOAD_FAILURES: Record<Exclude<LoadReason, 'sharp'>, () => Error> = {
  'no-libtorch': () =>
    load.noLibtorch(
      minors,
      { libtorch: undefined, tried: places('python3 has no torch'), refused: [] },
      host,
    ),
  'wrong-libtorch': () => {
    const torch = '/usr/lib/python3/dist-packages/torch'
    const tried = places(`${torch} is libtorch 2.6.0, needed is 2.11, 2.12, 2.13, 2.14 or 2.15`)
    const refused = [{ origin: "python3's torch", dir: torch, why: 'other version' }] as const
    return load.noLibtorch(minors, { libtorch: undefined, tried, refused }, host)
  },
  'broken-libtorch': () =>
    load.libtorchUnusable(attempt, dlopen(`${dir}/lib/libtorch_cpu.so: file too short`)),
  'no-addon': () => load.noAddon(host),
  'broken-addon': () =>
    load.otherVersion(
      attempt,
      addonPath,
      'it was made as gantorch 0.1.0 for libtorch 2.11.0, needed is 0.2.0 for 2.11',
    ),
  'unsupported-platform': () => load.unsupportedPlatform('darwin-arm64'),
  musl: () => load.musl(),
  'old-glibc': () =>
    load.libtorchUnusable(
      attempt,
      dlopen(
        `/lib/x86_64-linux-gnu/libc.so.6: version \`GLIBC_2.28' not found (required by ${dir}/lib/libtorch_cpu.so)`,
      ),
    ),
  'old-libstdcxx': () =>
    load.libtorchUnusable(
      attempt,
      dlopen(
        `/opt/other/lib/libstdc++.so.6: version \`GLIBCXX_3.4.22' not found (required by ${dir}/lib/libtorch_cpu.so)`,
      ),
    ),
  'wrong-architecture': () =>
    load.libtorchUnusable(
      attempt,
      dlopen(`${dir}/lib/libc10.so: is for another processor (ELF machine 183)`),
    ),
  'addons-disabled': () =>
    load.addonUnusable(
      attempt,
      dlopen('Cannot load native addon because loading addons is disabled.', {
        code: 'ERR_DLOPEN_DISABLED',
      }),
    ),
  crash: () => load.crashed(attempt, 'SIGSEGV'),
  'already-open': () =>
    load.alreadyOpen(
      { ...attempt, libtorch: { ...libtorch, dir: '/opt/libtorch', origin: 'GANTORCH_LIBTORCH' } },
      `${dir}/lib/libtorch_cpu.so`,
    ),
  'deleted-folder': () => load.deletedFolder(new Error('uv_cwd')),
  bundled: () => load.bundled('/project'),
  'electron-archive': () => load.insideArchive('/app/resources/app.asar/node_modules/gantorch'),
}

const model = () => {
  const made = Sequential([Dense(1, { inputDim: 2 })], { name: 'critic' })
  return made.compile({ loss: 'mse', optimizer: 'adam' })
}

/** By class name; each throws, or gives a promise that rejects. */
export const FAILURES: Record<string, () => unknown> = {
  ArgumentError: () => Conv2D(0, 3, { name: 'c' }),
  ShapeError: () => model().trainOnBatch(NDArray.ones([4, 3]), NDArray.ones([4, 1])),
  DTypeError: () => ImageSet.fromArray(NDArray.ones([1, 8, 8, 3]), { colorOrder: 'rgb' }),
  NotFiniteError: () => model().trainOnBatch([[1, NaN]], [[0]]),
  StateError: () =>
    Sequential([Dense(1, { inputDim: 2 })], { name: 'g' }).trainOnBatch([[1, 2]], [[0]]),
  FileError: () => imageFolder('pictures', { height: 32, width: 32 }),
  OutOfMemoryError: () => NDArray.zeros([2 ** 45]),
  PlanError: () => validatePlan(reluPlan({}, { inputs: [7] })),
  NativeError: () => {
    try {
      return new Program(new Store(), reluPlan({}, { op: 'tangle' }))
    } catch (error) {
      throw fromNative(error, 'predict', new Error())
    }
  },
}
