/** `npx gantorch build` in a package with an addon of a few lines. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type Report } from '../../lib/install/doctor_command'
import { packageVersion } from '../../lib/package_root'
import { commands } from './commands'
import { clonesLibtorch } from './load_programs'
import { addonSource, smallPackage } from './small_package'

jest.setTimeout(120_000)

const root = join(__dirname, '../..')

let folder: string
let home: string
let cache: string
let libtorch: string
let version: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantorch-build-'))
  libtorch = clonesLibtorch().dir
  home = smallPackage(folder, ['dist/cli.js'])
  version = packageVersion(root)!
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

beforeEach(() => {
  cache = mkdtempSync(join(folder, 'cache-'))
})

function gantorch(words: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/cli.js', ...words], {
    cwd: home,
    env: { ...process.env, GANTORCH_CACHE: cache, GANTORCH_LIBTORCH: '', ...env },
    encoding: 'utf8',
  })
  return { status, stdout, text: stdout + stderr }
}

const built = () => join(cache, 'addons', version, 'torch-2.11')
const left = () =>
  readdirSync(join(cache, 'addons', version)).filter((name) => !name.endsWith('.lock'))
const value = () =>
  spawnSync(process.execPath, ['-p', `require('${built()}/gantorch.node').value`], {
    encoding: 'utf8',
  }).stdout.trim()

test('builds where the search looks, leaves the package as it is, and builds anew', () => {
  const before = readdirSync(home, { recursive: true })
  const first = gantorch(['build', '--libtorch', libtorch])
  expect(first.text).toContain(`Building gantorch ${version} for libtorch 2.11.0 in ${libtorch}\n`)
  expect(first.text).toContain(`gantorch for libtorch 2.11 is ready: ${built()}\n`)
  // Nothing but an empty cache would be searched.
  expect(first.text).toContain(`\n    export GANTORCH_LIBTORCH='${libtorch}'\n`)
  expect(first.status).toBe(0)
  expect(readdirSync(built()).sort()).toEqual(['gantorch.node', 'libtorch-version', 'loader.node'])
  expect(left()).toEqual(['torch-2.11'])
  expect(readdirSync(home, { recursive: true })).toEqual(before)
  expect(value()).toBe('1')
  const report = JSON.parse(gantorch(['doctor', '--json']).stdout) as Report
  expect(report.addons).toEqual([
    expect.objectContaining({
      origin: 'built here',
      minor: '2.11',
      path: `${built()}/gantorch.node`,
    }),
  ])

  writeFileSync(join(home, 'native/addon.cpp'), addonSource(2))
  // With make, and with the libtorch that GANTORCH_LIBTORCH names.
  const bin = commands(folder, { ninja: 'exit 1' })
  const env = { GANTORCH_LIBTORCH: libtorch, PATH: `${bin}${delimiter}${process.env.PATH}` }
  expect(gantorch(['build'], env)).toMatchObject({ status: 0 })
  expect(value()).toBe('2')
  expect(left()).toEqual(['torch-2.11'])
})

test('sources that do not compile leave what was built before', () => {
  mkdirSync(built(), { recursive: true })
  writeFileSync(join(built(), 'libtorch-version'), 'before')
  writeFileSync(join(home, 'native/addon.cpp'), '#error "unfinished"\n')
  const { status, text } = gantorch(['build', '--libtorch', libtorch])
  writeFileSync(join(home, 'native/addon.cpp'), addonSource(1))
  expect(text).toContain('unfinished')
  expect(text).toContain('[build] cmake failed; its words are above\nPossible solutions:\n')
  expect(status).toBe(1)
  expect(left()).toEqual(['torch-2.11'])
  expect(readFileSync(join(built(), 'libtorch-version'), 'utf8')).toBe('before')
})

/** One that nobody has waited for yet does not count. */
function isRunning(pid: string): boolean {
  const stat = join('/proc', pid, 'stat')
  return existsSync(stat) && !/\) Z /.test(readFileSync(stat, 'utf8'))
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends the compilers and leaves nothing',
  async (signal) => {
    const marker = join(cache, 'started')
    const bin = commands(folder, {
      cmake: `case "$1" in --version) echo 3.25.0;; *) echo $$ > '${marker}'; exec sleep 60;; esac`,
    })
    const child = spawn(process.execPath, ['dist/cli.js', 'build', '--libtorch', libtorch], {
      cwd: home,
      env: { ...process.env, GANTORCH_CACHE: cache, PATH: `${bin}${delimiter}${process.env.PATH}` },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let text = ''
    child.stderr.on('data', (part: Buffer) => (text += part.toString()))
    for (let i = 0; !existsSync(marker) || readFileSync(marker, 'utf8') === ''; i += 1) {
      if (i > 400) throw new Error('cmake did not start')
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    child.kill(signal)
    const [status] = (await once(child, 'close')) as [number | null]
    expect(text).toContain('[build] interrupted; nothing was left behind')
    expect(status).toBe(signal === 'SIGINT' ? 130 : 143)
    expect(left()).toEqual([])
    expect(isRunning(readFileSync(marker, 'utf8').trim())).toBe(false)
  },
)

describe('what is missing is named, with the cure', () => {
  test('tools', () => {
    const env = { PATH: commands(folder, {}), CXX: '' }
    expect(gantorch(['build', '--libtorch', libtorch], env)).toMatchObject({
      status: 1,
      text:
        "[build] the addon can't be built: " +
        'cmake was not found; ninja was not found; g++ was not found\nPossible solutions:\n' +
        '- On Debian or Ubuntu:\n    sudo apt-get install -y cmake ninja-build g++\n' +
        '- If these are too old there: use Debian 12, Ubuntu 22.04 or newer, ' +
        'or set CXX to a newer g++.\n',
    })
  })

  test('a folder that is no libtorch', () => {
    const { status, text } = gantorch(['build', '--libtorch', folder])
    expect(text).toContain(
      `[build] ${folder} is no libtorch to build with: it lacks lib/libtorch_cpu.so, lib/libc10.so, ` +
        'include/torch/headeronly/version.h\nPossible solutions:\n',
    )
    expect(status).toBe(1)
  })

  test('a folder that GANTORCH_LIBTORCH names: no other is taken', () => {
    symlinkSync(libtorch, join(cache, 'libtorch-2.11.0-cpu'))
    const { status, text } = gantorch(['build'], { GANTORCH_LIBTORCH: folder })
    expect(text).toContain(`[build] GANTORCH_LIBTORCH=${folder} is no libtorch to build with: it `)
    expect(text).toContain('    unset GANTORCH_LIBTORCH\n')
    expect(status).toBe(1)
  })

  test('no libtorch at all', () => {
    const { status, text } = gantorch(['build'], { PATH: commands(folder, {}) })
    expect(text).toContain(
      '[build] no libtorch with headers was found\nTried:\n- GANTORCH_LIBTORCH: not set\n',
    )
    expect(text).toContain(`- cache: ${cache} holds no libtorch\n`)
    expect(text).toContain('    npx gantorch setup --libtorch 2.11.0\n')
    expect(status).toBe(1)
  })
})
