/** Set-up of a small clone: our scripts and CMakeLists.txt, an addon of a few lines. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { commands } from './commands'
import { clonesLibtorch } from './load_programs'
import { addonSource, smallPackage } from './small_package'

jest.setTimeout(300_000)

const root = join(__dirname, '../..')

let folder: string
let libtorch: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantorch-setup-'))
  libtorch = clonesLibtorch().dir
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** What lib/install needs beside itself. */
const ofTheCommand = readdirSync(join(root, 'lib'))
  .filter((name) =>
    /^(load_|native_(?!errors))|^(ahead|cuda_libraries|errors?|error_text|native|package_root)\.ts$|^node_gyp/.test(
      name,
    ),
  )
  .map((name) => `lib/${name}`)

function clone(): string {
  const dir = smallPackage(folder, [
    'scripts',
    'tsconfig.json',
    'tsconfig.build.json',
    'binding.d.ts',
    'lib/install',
    ...ofTheCommand,
  ])
  writeFileSync(join(dir, 'lib/index.ts'), 'export const answer: number = 42\n')
  return dir
}

function setUp(dir: string, env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/setup.mjs'], {
    cwd: dir,
    // A nodedir of npm's would hide that cmake-js wants to download headers.
    env: { ...process.env, npm_config_nodedir: '', GANTORCH_LIBTORCH: libtorch, ...env },
    encoding: 'utf8',
  })
  return { status, text: stdout + stderr }
}

function evaluate(dir: string, code: string): string {
  return spawnSync(process.execPath, ['-p', code], { cwd: dir, encoding: 'utf8' }).stdout.trim()
}

const value = (dir: string) => evaluate(dir, "require('./build/Release/gantorch.node').value")

test('builds what is missing or changed, and nothing else', () => {
  const dir = clone()
  const first = setUp(dir)
  expect(first.text).toContain('Building the addon (some minutes the first time)\n')
  expect(first.status).toBe(0)
  expect(value(dir)).toBe('1')
  expect(evaluate(dir, "require('./dist').answer")).toBe('42')
  expect(existsSync(join(dir, 'build/Release/loader.node'))).toBe(false)

  const begin = Date.now()
  expect(setUp(dir)).toEqual({
    status: 0,
    text: 'The addon is up to date.\ndist/ is up to date.\n',
  })
  expect(Date.now() - begin).toBeLessThan(2000)

  rmSync(join(dir, 'dist/cli.js'))
  expect(setUp(dir).text).toContain('Compiling lib/ into dist/\n')
  expect(existsSync(join(dir, 'dist/cli.js'))).toBe(true)

  writeFileSync(join(dir, 'native/addon.cpp'), addonSource(2))
  expect(setUp(dir).text).toContain('Building the addon')
  expect(value(dir)).toBe('2')

  writeFileSync(join(dir, 'lib/index.ts'), 'export const answer: number = 43\n')
  expect(setUp(dir).text).toMatch(/^The addon is up to date\.\nCompiling lib\/ into dist\/\n/)
  expect(evaluate(dir, "require('./dist').answer")).toBe('43')

  rmSync(join(dir, 'build/Release/gantorch.node'))
  expect(setUp(dir).status).toBe(0)
  expect(value(dir)).toBe('2')

  // A clone that was moved with its build folder.
  const moved = `${dir}-moved`
  spawnSync('mv', [dir, moved])
  writeFileSync(join(moved, 'native/addon.cpp'), addonSource(3))
  expect(setUp(moved).status).toBe(0)
  expect(value(moved)).toBe('3')
})

test('a source that does not compile is an error each time, and mends', () => {
  const dir = clone()
  writeFileSync(join(dir, 'native/addon.cpp'), '#error "unfinished"\n')
  for (const attempt of [1, 2]) {
    const { status, text } = setUp(dir)
    expect({ attempt, status }).toEqual({ attempt, status: 1 })
    expect(text).toContain('unfinished')
    expect(text).toContain('[setup] The build failed; its words are above\nPossible solutions:\n')
  }
  writeFileSync(join(dir, 'native/addon.cpp'), addonSource(1))
  writeFileSync(join(dir, 'lib/index.ts'), "export const answer: number = 'x'\n")
  const { status, text } = setUp(dir)
  expect(text).toContain('error TS2322')
  expect(text).toContain('[setup] tsc failed')
  expect(status).toBe(1)
  writeFileSync(join(dir, 'lib/index.ts'), 'export const answer: number = 1\n')
  expect(setUp(dir).status).toBe(0)
})

describe('what is missing is named, with the cure', () => {
  test('build tools', () => {
    expect(setUp(clone(), { PATH: commands(folder, {}), CXX: '' })).toEqual({
      status: 1,
      text:
        "[setup] the addon can't be built: " +
        'cmake was not found; ninja was not found; g++ was not found\n' +
        'Possible solutions:\n' +
        '- On Debian or Ubuntu:\n    sudo apt-get install -y cmake ninja-build g++\n' +
        '- If these are too old there: use Debian 12, Ubuntu 22.04 or newer, ' +
        'or set CXX to a newer g++.\n',
    })
  })

  test('all tools at once, before anything is downloaded', () => {
    const cache = mkdtempSync(join(folder, 'cache-'))
    const env = {
      GANTORCH_LIBTORCH: '',
      GANTORCH_CACHE: cache,
      PATH: commands(folder, {}),
      CXX: '',
    }
    const { status, text } = setUp(clone(), env)
    expect(text).toContain('python3 was not found; cmake was not found; ninja was not found; g++')
    expect(text).toContain(
      '    sudo apt-get install -y python3 python3-pip cmake ninja-build g++\n',
    )
    expect(status).toBe(1)
    expect(readdirSync(cache)).toEqual([])
  })

  test('an old compiler and an old cmake', () => {
    const path = commands(folder, {
      cmake: 'echo 3.16.3',
      ninja: 'echo 1.11.1',
      'g++': 'echo 9.4.0',
    })
    const { text } = setUp(clone(), { PATH: path, CXX: '' })
    expect(text).toContain(
      'cmake 3.16.3 is too old, needed is 3.18 or newer; ' +
        'g++ 9.4.0 is too old, needed is 11.0 or newer\n',
    )
  })

  test('npm packages', () => {
    const dir = clone()
    rmSync(join(dir, 'node_modules'))
    expect(setUp(dir)).toEqual({
      status: 1,
      text:
        '[setup] the npm package esbuild is not installed\nPossible solutions:\n' +
        '- Install the packages of this clone:\n    npm install\n',
    })
  })

  test('a libtorch that GANTORCH_LIBTORCH does not name', () => {
    const { status, text } = setUp(clone(), { GANTORCH_LIBTORCH: folder })
    expect(text).toContain(
      `[setup] GANTORCH_LIBTORCH=${folder} holds no libtorch to build with: ` +
        'it lacks lib/libtorch_cpu.so, lib/libc10.so, include/torch/headeronly/version.h\n',
    )
    expect(status).toBe(1)
  })

  test('an old Node.js', () => {
    const dir = clone()
    writeFileSync(
      join(dir, 'old.cjs'),
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.0' } })",
    )
    const { status, text } = setUp(dir, { NODE_OPTIONS: `--require ${join(dir, 'old.cjs')}` })
    expect(text).toContain('[setup] Node.js 20.17 or newer is needed, this is ')
    expect(status).toBe(1)
  })
})
