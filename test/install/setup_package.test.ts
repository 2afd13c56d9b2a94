/** `npx gantorch setup` beside the package with libtorch, and what it says of a libtorch that is not taken. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SetupOptions } from '../../lib/install/setup_command'
import { type Part, type Wheel } from '../../lib/install/wheels'
import { fakeWheels } from './fake_wheels'

jest.setTimeout(60_000)

const root = join(__dirname, '../..')

let folder: string
let wheels: Wheel[]
let cache: string
/** gantorch's folder, and the package with libtorch in it. */
let home: string
let libtorch: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantorch-setup-package-'))
  wheels = fakeWheels(join(folder, 'wheels'))
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

beforeEach(() => {
  cache = mkdtempSync(join(folder, 'cache-'))
  home = mkdtempSync(join(folder, 'home-'))
  writeFileSync(join(home, 'package.json'), '{ "name": "gantorch", "version": "0.1.0" }')
  libtorch = join(home, 'node_modules/@gantorch/libtorch-linux-x64')
})

function installPackage(): void {
  mkdirSync(join(libtorch, 'lib'), { recursive: true })
  writeFileSync(join(libtorch, 'package.json'), '{}')
  writeFileSync(join(libtorch, 'version'), '2.11.0\n')
  writeFileSync(join(libtorch, 'lib/libtorch_cpu.so'), 'cpu')
  writeFileSync(join(libtorch, 'lib/libc10.so'), 'c10')
  const libraries = { 'libtorch_cpu.so': 3, 'libc10.so': 3 }
  writeFileSync(join(libtorch, 'contents.json'), JSON.stringify({ libraries }))
}

/** An addon as `npx gantorch build` leaves it, for the search only. */
function installAddon(minor: string): void {
  const dir = join(cache, 'addons/0.1.0', `torch-${minor}`)
  mkdirSync(dir, { recursive: true })
  for (const name of ['gantorch.node', 'loader.node']) writeFileSync(join(dir, name), '')
  writeFileSync(join(dir, 'libtorch-version'), `${minor}.0\n`)
}

function setUp(options: SetupOptions, env: NodeJS.ProcessEnv = {}) {
  const part = (name: string): Part => {
    return { folder: name, title: name, version: '2.11.0', wheels, unpacked: 1000 }
  }
  const parts = { cpu: part('libtorch-2.11.0-cpu'), cuda: part('cuda') }
  const all = [home, { from: join(folder, 'wheels'), yes: true, ...options }, parts]
  const code = `
    const { setup, main } = await import('${join(root, 'scripts/install.mjs')}')
    await main(() => setup(...${JSON.stringify(all)}))`
  const program = ['--input-type=module', '-e', code]
  const { status, stdout, stderr } = spawnSync(process.execPath, program, {
    env: { ...process.env, GANTORCH_CACHE: cache, GANTORCH_LIBTORCH: '', ...env },
    encoding: 'utf8',
  })
  return { status, text: stdout + stderr }
}

const entries = () =>
  readdirSync(cache).filter((entry) => !entry.endsWith('.lock') && entry !== 'addons')

describe('the package with libtorch for the CPU', () => {
  beforeEach(installPackage)

  test('makes set-up unnecessary', () => {
    expect(setUp({})).toEqual({
      status: 0,
      text: `Nothing is needed: libtorch 2.11.0 is there, in the package\n  ${libtorch}\n`,
    })
    expect(entries()).toEqual([])
  })

  test('is what the CUDA part is added to', () => {
    expect(setUp({ cuda: true })).toMatchObject({ status: 0 })
    expect(entries()).toEqual(['cuda'])
  })

  test.each<[string, () => void]>([
    ['is not whole: lib/libc10.so is not there', () => rmSync(join(libtorch, 'lib/libc10.so'))],
    [
      'is not whole: lib/libtorch_cpu.so has 1 bytes of 3',
      () => writeFileSync(join(libtorch, 'lib/libtorch_cpu.so'), 'c'),
    ],
    ['holds no lib/libtorch_cpu.so', () => rmSync(join(libtorch, 'lib'), { recursive: true })],
  ])('that %s: the cache is filled in its place', (problem, spoil) => {
    spoil()
    installAddon('2.11')
    const { status, text } = setUp({})
    expect(text).toContain(
      `The package with libtorch ${problem}:\n  ${libtorch}\n` +
        'It is passed over; the libtorch in the cache is used in its place.\n',
    )
    expect(text).not.toContain('GANTORCH_LIBTORCH')
    expect(status).toBe(0)
    expect(entries()).toEqual(['libtorch-2.11.0-cpu'])
    rmSync(join(cache, 'libtorch-2.11.0-cpu'), { recursive: true })
    setUp({ cuda: true })
    expect(entries()).toEqual(['cuda', 'libtorch-2.11.0-cpu'])
  })
})

describe('a libtorch that is not taken by itself', () => {
  const cached = () => join(cache, 'libtorch-2.11.0-cpu')
  const use = () => `To use this libtorch:\n    export GANTORCH_LIBTORCH='${cached()}'\n`

  test('one that is: nothing is said', () => {
    installAddon('2.11')
    expect(setUp({ libtorch: '2.11.0' }).text).toMatch(/is ready: .*\n$/)
    expect(setUp({ libtorch: '2.11.0' }).text).toMatch(/Nothing is missing\.\n$/)
  })

  test('the package comes first', () => {
    installPackage()
    installAddon('2.11')
    const first = 'package @gantorch/libtorch-linux-x64 (libtorch 2.11.0) comes first. '
    expect(setUp({ libtorch: '2.11.0' }).text).toContain(`\n${first}${use()}`)
    expect(setUp({ libtorch: '2.11.0' }).text).toContain(`\n${first}${use()}`)
  })

  test('GANTORCH_LIBTORCH names a folder that will not do', () => {
    installAddon('2.11')
    expect(setUp({}, { GANTORCH_LIBTORCH: folder }).text).toContain(`\n${use()}`)
  })

  test('there is no addon for it', () => {
    installAddon('2.13')
    expect(setUp({}).text).toContain(
      `There is no addon for libtorch 2.11 yet; to build it:\n` +
        `    npx gantorch build --libtorch '${cached()}'\n`,
    )
  })
})
