/** `npx gantorch setup` on small wheels. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type SetupOptions } from '../../lib/install/setup_command'
import { type Part, type Wheel } from '../../lib/install/wheels'
import { commands, python } from './commands'
import { fakeWheels } from './fake_wheels'

jest.setTimeout(60_000)

const root = join(__dirname, '../..')

let folder: string
let wheelFolder: string
let cache: string
let torch: Wheel
let runtime: Wheel

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantorch-setup-command-'))
  wheelFolder = join(folder, 'wheels')
  ;[torch, runtime] = fakeWheels(wheelFolder) as [Wheel, Wheel]
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

beforeEach(() => {
  cache = mkdtempSync(join(folder, 'cache-'))
})

function parts(): { cpu: Part; cuda: Part; pipOptions: string[] } {
  const cuda = {
    ...torch,
    members: [['torch/lib/libtorch_cuda.so', 'lib/libtorch_cuda.so']] as const,
  }
  const [version, unpacked] = ['2.11.0', 1000]
  return {
    cpu: { folder: 'cpu', title: 'the CPU part', version, wheels: [torch, runtime], unpacked },
    cuda: { folder: 'cuda', title: 'the CUDA part', version, wheels: [cuda], unpacked },
    pipOptions: ['--no-index', '--no-cache-dir', '--find-links', wheelFolder],
  }
}

interface Surroundings {
  readonly env?: NodeJS.ProcessEnv
  /** What is typed at a terminal; without it there is none. */
  readonly typed?: string
  /** gantorch's folder. */
  readonly home?: string
}

const terminal = `
import os, pty, sys
master = os.environ.pop("TYPED")
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
text = b""
while True:
    try:
        part = os.read(fd, 1024)
    except OSError:
        break
    if not part:
        break
    text += part
    if master and b"[y/N]" in text:
        os.write(fd, master.encode())
        master = ""
sys.stdout.buffer.write(text.replace(b"\\r\\n", b"\\n"))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`

/** A process that sets up. */
function programOf(home: string, options: SetupOptions): readonly [string, ...string[]] {
  const code = `
    const { setup, main } = await import('${join(root, 'scripts/install.mjs')}')
    await main(() => setup(...${JSON.stringify([home, options, parts()])}))`
  return [process.execPath, '--input-type=module', '-e', code]
}

function setUp(options: SetupOptions, { env = {}, typed, home = folder }: Surroundings = {}) {
  const program = programOf(home, options)
  const [command, ...rest] = typed === undefined ? program : [python, '-c', terminal, ...program]
  const { status, stdout, stderr } = spawnSync(command, rest, {
    env: { ...process.env, GANTORCH_CACHE: cache, TYPED: typed, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  })
  return { status, text: stdout + stderr }
}

const entries = () => readdirSync(cache).filter((entry) => !entry.endsWith('.lock'))

test('a dry run lists name, version, size and place of all, and fetches nothing', () => {
  const { status, text } = setUp({ cuda: true, dryRun: true })
  expect(text).toContain(`the CPU part -> ${join(cache, 'cpu')}\n`)
  expect(text).toMatch(/ {2}gantorch-test-torch +2\.11\.0 +1 MB\n/)
  expect(text).toMatch(/ {2}gantorch-test-runtime +13\.0\.96 +1 MB\n/)
  // Both parts take their files out of the same wheel of torch.
  expect(text).toMatch(/To fetch: 2 wheels, 1 MB\. Room needed meanwhile: 1 MB; .* are free\./)
  expect(text).toContain('This version of gantorch computes on the CPU only')
  expect(text).toContain('CUDA 13.0 needs NVIDIA driver 580 or newer; this machine has ')
  expect(text).toContain(
    '--platform manylinux_2_28_x86_64 --python-version 312 gantorch-test-torch==',
  )
  expect(text).toContain('Nothing was fetched: --dry-run.\n')
  expect(status).toBe(0)
  expect(entries()).toEqual([])
})

test('fetches both parts, each with its own files only; then nothing is missing', () => {
  const first = setUp({ cuda: true, yes: true })
  expect(first.status).toBe(0)
  expect(first.text.match(/Downloading gantorch-test-torch/g)).toHaveLength(1)
  expect(entries().sort()).toEqual(['cpu', 'cuda'])
  expect(readdirSync(join(cache, 'cuda/lib'))).toEqual(['libtorch_cuda.so'])
  expect(readdirSync(join(cache, 'cpu/lib')).sort()).toEqual(['libcudart.so.13', 'libtorch_cpu.so'])
  const second = setUp({ cuda: true })
  expect(second.text).toMatch(/the CUDA part -> .*\n {2}is there\nNothing is missing\.\n$/)
  expect(second.status).toBe(0)
})

describe('the question', () => {
  test.each([
    ['y\n', 0, ['cpu']],
    ['yes\n', 0, ['cpu']],
    ['n\n', 1, []],
    ['\n', 1, []],
    ['\u0003', 1, []],
    ['\u0004', 1, []],
  ])('%j', (typed, status, there) => {
    const said = setUp({}, { typed })
    expect(said.text).toContain('Go on? [y/N] ')
    expect(said.status).toBe(status)
    expect(said.text.includes('Nothing was fetched.')).toBe(status === 1)
    expect(entries()).toEqual(there)
  })

  test('without a terminal', () => {
    expect(setUp({ cuda: true })).toEqual({
      status: 1,
      text: expect.stringContaining(
        '[setup] there is no terminal to ask on\nPossible solutions:\n' +
          '- Say yes beforehand:\n    npx gantorch setup --cuda --yes\n',
      ),
    })
    expect(entries()).toEqual([])
  })
})

describe('a folder of wheels', () => {
  const none = { PATH: '/nonexistent' }

  test('needs neither network nor Python, and stays as it is', () => {
    const { status, text } = setUp({ from: wheelFolder, yes: true }, { env: none })
    expect(text).toContain(`To unpack from ${wheelFolder}: 2 wheels, 1 MB. Room needed meanwhile: `)
    expect(text).not.toContain('To fetch')
    expect(status).toBe(0)
    expect(entries()).toEqual(['cpu'])
    expect(readdirSync(wheelFolder).sort()).toEqual([torch.file, runtime.file].sort())
  })

  test.each([{ yes: true }, { dryRun: true }])('all that is wrong is told at once, %j', (how) => {
    const other = mkdtempSync(join(folder, 'other-'))
    const content = readFileSync(join(wheelFolder, torch.file))
    content[100]! ^= 1
    writeFileSync(join(other, torch.file), content)
    const { status, text } = setUp({ from: other, ...how }, { env: none })
    expect(text).toContain(`[setup] ${other} lacks wheels:\n  ${torch.file} has SHA-256 `)
    expect(text).toContain(`  ${runtime.file} is not there\nPossible solutions:\n`)
    expect(text).toContain(' gantorch-test-runtime==13.0.96\n')
    expect(status).toBe(1)
    expect(entries()).toEqual([])
  })

  test('a wheel that was cut short', () => {
    const other = mkdtempSync(join(folder, 'other-'))
    copyFileSync(join(wheelFolder, runtime.file), join(other, runtime.file))
    writeFileSync(join(other, torch.file), 'x')
    const { text } = setUp({ from: other, yes: true })
    expect(text).toContain(`${torch.file} has 1 bytes in the place of ${torch.bytes}\nPossible`)
  })
})

describe('after an interruption', () => {
  test('wheels that were fetched whole are not fetched again', () => {
    // The second download fails, as when the network goes away.
    const counter = join(cache, '..', 'count')
    const bin = commands(folder, {
      python3: `case "$*" in *download*) echo >> '${counter}'
        [ "$(wc -l < '${counter}')" -gt 1 ] && exit 1;; esac
        exec '${python}' "$@"`,
    })
    const env = { PATH: `${bin}${delimiter}${process.env.PATH}` }
    const first = setUp({ yes: true }, { env })
    expect(first.text).toContain('[libtorch] pip could not get gantorch-test-runtime 13.0.96')
    expect(first.status).toBe(1)
    expect(readdirSync(join(cache, 'downloads'))).toEqual([torch.file])
    expect(setUp({ dryRun: true }).text).toMatch(
      /gantorch-test-torch +2\.11\.0 +1 MB {2}fetched already\n[^]*To fetch: 1 wheel, 1 MB/,
    )
    const second = setUp({ yes: true })
    expect(second.text).not.toContain('Downloading gantorch-test-torch')
    expect(second.status).toBe(0)
    expect(entries()).toEqual(['cpu'])
  })

  test('Ctrl-C during the second download keeps the first', async () => {
    const marker = join(cache, '..', 'second')
    const bin = commands(folder, {
      python3: `case "$*" in *download*${cache}*) [ -e '${cache}/downloads' ] &&
        { touch '${marker}'; exec sleep 20; };; esac
        exec '${python}' "$@"`,
    })
    const [command, ...rest] = programOf(folder, { yes: true })
    const child = spawn(command, rest, {
      env: {
        ...process.env,
        GANTORCH_CACHE: cache,
        PATH: `${bin}${delimiter}${process.env.PATH}`,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let text = ''
    child.stderr.on('data', (part: Buffer) => (text += part.toString()))
    for (let i = 0; !existsSync(marker); i += 1) {
      if (i > 800) throw new Error('the second download did not start')
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    child.kill('SIGINT')
    const [status] = (await once(child, 'close')) as [number | null]
    expect(text).toBe(
      `[libtorch] interrupted; wheels that are complete are kept in ${join(cache, 'downloads')}\n`,
    )
    expect(status).toBe(130)
    expect(entries()).toEqual(['downloads'])
    expect(readdirSync(join(cache, 'downloads'))).toEqual([torch.file])
  })

  test('one that was kept but damaged is fetched again', () => {
    mkdirSync(join(cache, 'downloads'))
    writeFileSync(join(cache, 'downloads', torch.file), Buffer.alloc(torch.bytes))
    const { status, text } = setUp({ yes: true })
    expect(text).toContain('Downloading gantorch-test-torch')
    expect(status).toBe(0)
    expect(entries()).toEqual(['cpu'])
  })
})

test('without Python the cure is named before the question', () => {
  const { status, text } = setUp({}, { typed: 'y\n', env: { PATH: '/nonexistent' } })
  expect(text).toContain('[libtorch] python3 was not found; its pip downloads libtorch')
  expect(text).not.toContain('Go on?')
  expect(status).toBe(1)
})
