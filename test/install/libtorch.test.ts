import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { commands, python } from './commands'
import { type Wheel } from '../../lib/install/wheels'
import { fakeWheels } from './fake_wheels'

jest.setTimeout(60_000)

const root = join(__dirname, '../..')
const name = 'libtorch-2.11.0-cpu'

let folder: string
let cache: string
let wheels: Wheel[]

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantorch-libtorch-'))
  wheels = fakeWheels(join(folder, 'wheels'))
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

beforeEach(() => {
  cache = mkdtempSync(join(folder, 'cache-'))
})

interface Options {
  readonly cache?: string
  readonly wheels?: readonly Wheel[]
  readonly pipOptions?: readonly string[]
  readonly needed?: number
}

interface Surroundings {
  readonly env?: NodeJS.ProcessEnv
  /** Code that runs before libtorch is asked for. */
  readonly before?: string
}

function start(options: Options = {}, { env = {}, before = '' }: Surroundings = {}): ChildProcess {
  const all = {
    cache,
    wheels,
    needed: 1,
    pipOptions: ['--no-index', '--no-cache-dir', '--find-links', join(folder, 'wheels')],
    ...options,
  }
  const code = `
    const { ensureLibtorch, main } = await import('./scripts/install.mjs')
    ${before}
    await main(() => ensureLibtorch(${JSON.stringify(all)}))`
  return spawn(process.execPath, ['--input-type=module', '-e', code], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

interface Ended {
  readonly status: number | null
  readonly text: string
}

async function end(child: ChildProcess): Promise<Ended> {
  let text = ''
  const add = (part: Buffer) => (text += part.toString())
  child.stdout?.on('data', add)
  child.stderr?.on('data', add)
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, text }
}

function setUp(options: Options = {}, surroundings: Surroundings = {}): Promise<Ended> {
  return end(start(options, surroundings))
}

const entries = () => readdirSync(cache).filter((entry) => !entry.endsWith('.lock'))

/** A pip that waits, as a slow network would make it. */
const slowPip = (marker: string) => `
case "$*" in
  *download*) touch '${marker}'; exec sleep 20;;
  *) exec '${python}' "$@";;
esac`

async function appears(path: string): Promise<void> {
  for (let i = 0; !existsSync(path); i += 1) {
    if (i > 400) throw new Error(`${path} did not appear`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

describe('getting libtorch', () => {
  test('unpacks what is needed, and says so; a second run has nothing to do', async () => {
    const first = await setUp()
    expect(first.text).toMatch(/Downloading gantorch-test-torch 2\.11\.0 \(1 MB\)/)
    expect(first.text).toContain(`libtorch 2.11.0 is ready: ${join(cache, name)}`)
    expect(first.status).toBe(0)
    expect(entries()).toEqual([name])
    const files = readdirSync(join(cache, name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(cache, name).length + 1))
    expect(files.sort()).toEqual([
      'contents.json',
      'include/ATen/ATen.h',
      'lib/libcudart.so.13',
      'lib/libtorch_cpu.so',
      'licenses/torch/LICENSE',
      'version',
    ])
    expect(readFileSync(join(cache, name, 'version'), 'utf8')).toBe('2.11.0\n')

    const begin = Date.now()
    const second = await setUp()
    expect(second.text).toBe(`libtorch 2.11.0 is there: ${join(cache, name)}\n`)
    expect(Date.now() - begin).toBeLessThan(1000)
  })

  test('a library that was cut short or removed is replaced', async () => {
    await setUp()
    truncateSync(join(cache, name, 'lib/libtorch_cpu.so'), 1)
    expect(await setUp()).toMatchObject({ status: 0 })
    expect(readFileSync(join(cache, name, 'lib/libtorch_cpu.so'), 'utf8')).toBe('cpu')
    rmSync(join(cache, name, 'lib/libcudart.so.13'))
    expect(await setUp()).toMatchObject({ status: 0 })
    expect(existsSync(join(cache, name, 'lib/libcudart.so.13'))).toBe(true)
    expect(entries()).toEqual([name])
  })
})

describe('two at once, and interruptions', () => {
  test('one downloads, the others wait for it', async () => {
    const all = await Promise.all([setUp(), setUp(), setUp()])
    expect(all.map(({ status }) => status)).toEqual([0, 0, 0])
    const downloads = all.filter(({ text }) => text.includes('Downloading'))
    expect(downloads).toHaveLength(1)
    const waited = all.filter(({ text }) => text.includes('waiting for it'))
    expect(waited.length).toBeGreaterThan(0)
    expect(entries()).toEqual([name])
  })

  test('without flock(1) all download, and all end with the same libtorch', async () => {
    const bin = commands(folder, { python3: `exec '${python}' "$@"` })
    const all = await Promise.all([1, 2].map(() => setUp({}, { env: { PATH: bin } })))
    expect(all.map(({ status }) => status)).toEqual([0, 0])
    expect(entries()).toEqual([name])
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s leaves nothing behind', async (signal, code) => {
    const marker = join(cache, '..', `started-${signal}`)
    const bin = commands(folder, { python3: slowPip(marker) })
    const child = start({}, { env: { PATH: `${bin}${delimiter}${process.env.PATH}` } })
    const ended = end(child)
    await appears(marker)
    child.kill(signal)
    expect(await ended).toMatchObject({
      status: code,
      text: expect.stringContaining('[libtorch] interrupted; nothing was left behind'),
    })
    expect(entries()).toEqual([])
  })

  test('after a kill the next run is not blocked and clears away what was left', async () => {
    const marker = join(cache, '..', 'started-SIGKILL')
    const bin = commands(folder, { python3: slowPip(marker) })
    const child = start({}, { env: { PATH: `${bin}${delimiter}${process.env.PATH}` } })
    await appears(marker)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(entries()).toEqual([expect.stringMatching(/\.partial-\d+$/)])
    expect(await setUp()).toMatchObject({ status: 0 })
    expect(entries()).toEqual([name])
  })
})

describe('what is missing is named, with the cure', () => {
  test('no python3', async () => {
    const { status, text } = await setUp({}, { env: { PATH: commands(folder, {}) } })
    expect(text).toBe(
      '[libtorch] python3 was not found; its pip downloads libtorch\nPossible solutions:\n' +
        '- On Debian or Ubuntu:\n    sudo apt-get install -y python3 python3-pip\n',
    )
    expect(status).toBe(1)
  })

  test.each([
    ['without pip', `exec '${python}' -S "$@"`, 'has no pip'],
    [
      'with an old pip',
      `case "$*" in *pip*) echo 'pip 18.1 from /usr';; *) exec '${python}' "$@";; esac`,
      'has pip 18.1, needed is 19.2 or newer',
    ],
  ])('python3 %s', async (_, script, problem) => {
    const bin = commands(folder, { python3: script })
    const { status, text } = await setUp({}, { env: { PATH: bin, PYTHONPATH: '' } })
    expect(text).toContain(`[libtorch] ${bin}/python3 ${problem}; pip downloads libtorch\n`)
    expect(text).toContain('sudo apt-get install -y python3-pip\n')
    expect(status).toBe(1)
  })

  test('a python3 without pip before one that has it', async () => {
    const without = commands(folder, { python3: `exec '${python}' -S "$@"` })
    const env = { PATH: `${without}${delimiter}${process.env.PATH}` }
    expect(await setUp({}, { env })).toMatchObject({ status: 0 })
  })

  test('a package index that has nothing, as without a network', async () => {
    const { status, text } = await setUp({ pipOptions: ['--no-index', '--find-links', cache] })
    expect(text).toContain('[libtorch] pip could not get gantorch-test-torch 2.11.0:\n  ERROR: ')
    expect(text).toContain('Check that the network can be reached')
    expect(text).toContain('export GANTORCH_LIBTORCH=/path/to/libtorch')
    expect(status).toBe(1)
    expect(entries()).toEqual([])
  })

  test('a wheel that is not the pinned one', async () => {
    const other = wheels.map((wheel) => ({ ...wheel, sha256: '0'.repeat(64) }))
    const { status, text } = await setUp({ wheels: other })
    expect(text).toContain('The file is not the one that its authors published.')
    expect(text).toContain('-m pip cache purge')
    expect(status).toBe(1)
    expect(entries()).toEqual([])
  })

  test('a wheel that lacks a file', async () => {
    const [first] = wheels
    const other = [{ ...first!, members: [['torch/lib/libnew.so', 'lib/libnew.so']] as const }]
    const { status, text } = await setUp({ wheels: other })
    expect(text).toMatch(/\[libtorch\] unpacking failed:\n.*lacks torch\/lib\/libnew\.so/)
    expect(status).toBe(1)
    expect(entries()).toEqual(['downloads'])
  })

  test('too little room', async () => {
    const { status, text } = await setUp({ needed: 1e18 })
    expect(text).toContain('[libtorch] 1000000000.0 GB must be free for ')
    expect(text).toContain('export GANTORCH_CACHE=/path/to/folder')
    expect(status).toBe(1)
  })

  test("a cache folder that can't be made", async () => {
    writeFileSync(join(cache, 'file'), '')
    const { status, text } = await setUp({ cache: join(cache, 'file/cache') })
    expect(text).toContain("[libtorch] the cache folder can't be made: ENOTDIR")
    expect(status).toBe(1)
  })

  test.each([
    [
      'macOS',
      "Object.defineProperty(process, 'platform', { value: 'darwin' })",
      `gantorch runs on linux-x64 only, this is darwin-${process.arch}`,
    ],
    [
      'musl',
      'process.report.getReport = () => ({ header: {} })',
      'libtorch needs glibc 2.28 or newer, this system has another C library',
    ],
    [
      'an old glibc',
      "process.report.getReport = () => ({ header: { glibcVersionRuntime: '2.17' } })",
      'libtorch needs glibc 2.28 or newer, this system has 2.17',
    ],
  ])('%s', async (_, before, expected) => {
    const { status, text } = await setUp({}, { before })
    expect(text).toContain(`[libtorch] ${expected}\nPossible solutions:\n- Use `)
    expect(status).toBe(1)
  })
})

test('a folder whose name has spaces and quotes', async () => {
  const odd = join(cache, `it's a "cache"`)
  expect(await setUp({ cache: odd })).toMatchObject({ status: 0 })
  expect(existsSync(join(odd, name, 'version'))).toBe(true)
})
