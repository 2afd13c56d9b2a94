/** A cache that can't be written or locked, and wheels that change under our hands. */
import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { folderSource } from '../../lib/install/source'
import { type Wheel } from '../../lib/install/wheels'
import { commands } from './commands'
import { fakeWheels } from './fake_wheels'

const root = join(__dirname, '../..')

let folder: string
let wheels: Wheel[]
let cache: string

beforeAll(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'gantorch-cache-'))
  fs.chmodSync(folder, 0o755)
})

afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true })
})

beforeEach(() => {
  wheels = fakeWheels(join(folder, 'wheels'))
  cache = fs.mkdtempSync(join(folder, 'cache-'))
})

afterEach(() => {
  jest.restoreAllMocks()
})

function setUp(before: string, env: NodeJS.ProcessEnv = {}) {
  const options = { cache, wheels, needed: 1, pipOptions: ['--no-index'] }
  const code = `
    const { ensureLibtorch, main } = await import('./scripts/install.mjs')
    ${before}
    await main(() => ensureLibtorch(${JSON.stringify(options)}))`
  const program = ['--input-type=module', '-e', code]
  const { status, stdout, stderr } = spawnSync(process.execPath, program, {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  })
  return { status, text: stdout + stderr }
}

const cure = '    export GANTORCH_CACHE=/path/to/folder\n'

test("a cache that can't be written is one error, with a lock file in it or without", () => {
  for (const name of [undefined, 'install.lock']) {
    if (name !== undefined) fs.writeFileSync(join(cache, name), '')
    fs.chmodSync(cache, 0o555)
    // Nothing is refused to root.
    const { status, text } = setUp('if (process.getuid() === 0) process.setuid(65534)')
    expect(text).toBe(
      `[libtorch] the cache folder can't be written: EACCES: permission denied, access '${cache}'\n` +
        `Possible solutions:\n- Name another one:\n${cure}`,
    )
    expect(status).toBe(1)
    fs.chmodSync(cache, 0o755)
  }
})

test('a lock that fails is no lock that another process holds', () => {
  const flock = `case "$1" in --version) ;; *) echo 'flock: No locks available' >&2; exit 71;; esac`
  const bin = commands(folder, { flock })
  const { status, text } = setUp('', { PATH: `${bin}${delimiter}${process.env.PATH}` })
  expect(text).toContain(
    `[lock] ${cache}/install.lock can't be locked: flock: No locks available\nPossible solutions:\n`,
  )
  expect(text).toContain(cure)
  expect(text).not.toContain('Another process')
  expect(status).toBe(1)
})

describe('a folder of wheels', () => {
  const signal = new AbortController().signal

  test('is read once for what is checked, then used', async () => {
    const source = folderSource(join(folder, 'wheels'), 'setup')
    const read = jest.spyOn(process.getBuiltinModule('node:fs'), 'createReadStream')
    await source.check(wheels)
    await source.check(wheels)
    for (const wheel of wheels) await source.get(wheel, cache, signal)
    expect(read).toHaveBeenCalledTimes(wheels.length)
  })

  test('of which one is replaced after the check', async () => {
    const source = folderSource(join(folder, 'wheels'), 'setup')
    await source.check(wheels)
    const [wheel] = wheels as [Wheel]
    fs.writeFileSync(join(folder, 'wheels', wheel.file), Buffer.alloc(wheel.bytes))
    await expect(source.get(wheel, cache, signal)).rejects.toThrow(`${wheel.file} has SHA-256 `)
  })
})
