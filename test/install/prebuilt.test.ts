/** The addons that `npm run prebuild` made, each with the libtorch that it was compiled for. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { libtorchDir } from '../../lib/install/libtorch'
import { versions } from '../../lib/install/wheels'

jest.setTimeout(60_000)

const root = join(__dirname, '..', '..')
const minorOf = (version: string) => version.split('.').slice(0, 2).join('.')

/** What a program prints as JSON, run in a process of its own. */
function run(program: string, libtorch: string): unknown {
  const env = { ...process.env, GANTORCH_LIBTORCH: libtorch }
  const options = { cwd: root, encoding: 'utf8', env } as const
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', program], options)
  expect(stderr).toBe('')
  expect(status).toBe(0)
  return JSON.parse(stdout)
}

/** Opens the addon of a minor version by the means of node-gyp-build alone. */
const opening = (minor: string) => `
  const { path } = require('node-gyp-build')
  const names = ['libgomp.so.1', 'libcudart.so.13', 'libcupti.so.13', 'libc10.so', 'libtorch_cpu.so']
  const folder = process.env.GANTORCH_LIBTORCH + '/lib/'
  require(path('prebuilt/loader')).open(...names.map((name) => folder + name))
  const info = require(path('prebuilt/torch-${minor}')).runtimeInfo()
  const isOurs = info.gantorch === require('./package.json').version
  console.log(JSON.stringify({ ...info, isOurs }))`

/** Three steps of a small model as a user takes them, and the addons that were opened for them. */
const training = `
  const g = require('./dist/index.js')
  g.setRandomSeed(1)
  const model = new g.Sequential()
  model.add(g.Dense(48, { inputDim: 8, activation: 'relu' }))
  model.add(g.Reshape([4, 4, 3]))
  model.add(g.Conv2D(8, { kernelSize: 3, padding: 'same' }))
  model.add(g.BatchNormalization())
  model.add(g.Flatten())
  model.add(g.Dense(1, { activation: 'sigmoid' }))
  model.compile({ loss: 'binary_crossentropy', optimizer: new g.Adam(0.01) })
  const x = new g.NDArray(Float32Array.from({ length: 128 }, (_, i) => Math.sin(i)), [16, 8])
  const train = async () => {
    const losses = []
    for (let i = 0; i < 3; i++) losses.push((await model.trainOnBatch(x, g.NDArray.ones([16, 1]))).loss)
    const maps = require('fs').readFileSync('/proc/self/maps', 'utf8')
    const addons = new Set(maps.match(/\\S+\\/gantorch(\\.glibc)?\\.node$/gm))
    console.log(JSON.stringify({ losses, addons: [...addons] }))
  }
  train()`

/** With libtorch 2.11; the small numbers of other versions may be rounded otherwise. */
const losses = [0.8593336, 0.2394462, 0.0754302]

describe.each(versions)('libtorch %s', (version) => {
  const libtorch = libtorchDir(undefined, version)
  const minor = minorOf(version)
  const folder = join(root, 'prebuilt', `torch-${minor}`)

  beforeAll(() => {
    const missing = [libtorch, folder].filter((path) => !existsSync(path))
    if (missing.length > 0) throw new Error(`npm run prebuild makes ${missing.join(' and ')}`)
  })

  test('its addon is found by node-gyp-build and states what it was compiled for', () => {
    const expected = { libtorch: version, builtFor: version, isOurs: true }
    expect(run(opening(minor), libtorch)).toMatchObject(expected)
  })

  test('a small model trains with it', () => {
    const isClones =
      readFileSync(join(root, 'build', 'libtorch-version'), 'utf8').trim() === version
    const addon = isClones ? join(root, 'build', 'Release') : folder
    expect(run(training, libtorch)).toEqual({
      losses: losses.map((loss) => expect.closeTo(loss, 5) as unknown),
      addons: [expect.stringContaining(addon)],
    })
  })
})
