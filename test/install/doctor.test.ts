/** `npx gantorch doctor`, in processes of its own. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Report } from '../../lib/install/doctor_command'
import { clonesLibtorch } from './load_programs'

jest.setTimeout(60_000)

const root = join(__dirname, '../..')
const cli = join(root, 'dist/cli.js')

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantorch-doctor-'))
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

function doctor(options: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'doctor', ...options], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  return { status, text: stdout }
}

function report(env: NodeJS.ProcessEnv = {}): { status: number | null; report: Report } {
  const { status, text } = doctor(['--json'], env)
  return { status, report: JSON.parse(text) as Report }
}

test('where gantorch loads: what was found, what is taken, how long it takes', () => {
  const libtorch = clonesLibtorch()
  const { status, report: found } = report()
  expect(status).toBe(0)
  expect(found.gantorch.folder).toBe(root)
  expect(found.system.node).toBe(process.version)
  expect(found.system.libc).toMatch(/^glibc 2\.\d+$/)
  expect(found.system.libstdcxx).toMatch(/^GLIBCXX_3\.4\.\d+ \(\/.*libstdc\+\+\.so/)
  expect(found.addons).toContainEqual({
    origin: 'clone',
    minor: '2.11',
    path: join(root, 'build/Release/gantorch.node'),
    loader: join(root, 'build/loader/loader.node'),
  })
  expect(found.places.map(({ origin }) => origin)).toEqual(
    expect.arrayContaining(['GANTORCH_LIBTORCH', 'cache', "python3's torch"]),
  )
  expect(found.places).toContainEqual(
    expect.objectContaining({ dir: libtorch.dir, version: libtorch.version }),
  )
  expect(found.taken?.libtorch).toBe(libtorch.dir)
  expect(found.load).toMatchObject({ ok: true, libtorch: '2.11.0', threads: expect.any(Number) })
  expect(found.cache.bytes).toBeGreaterThan(0)
})

test('the same for people', () => {
  const { status, text } = doctor([])
  for (const title of ['C++ library:', 'NVIDIA driver:', 'CUDA files:', 'addons:', 'taken:']) {
    expect(text).toContain(`\n${title}`)
  }
  expect(text).toMatch(/\ngantorch loads here, in \d+ ms: libtorch 2\.11\.0 /)
  expect(status).toBe(0)
})

test('where it does not load: the error that a program would get, and status 1', () => {
  const env = { GANTORCH_LIBTORCH: folder }
  const { status, report: found } = report(env)
  expect(status).toBe(1)
  expect(found.taken).toBeUndefined()
  const program = `const { Dense, Sequential } = require('${root}')
    new Sequential([Dense(1, { inputDim: 1 })]).predict([[1]])`
  const { stderr } = spawnSync(process.execPath, ['-e', program], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
  })
  const { load } = found
  if (load.ok) throw new Error('it loaded')
  expect(load.error).toMatch(/^\[libtorch\] .*\nTried:\n[^]*\nPossible solutions:\n- /)
  expect(stderr).toContain(load.error)
  const people = doctor([], env)
  expect(people.text).toContain(`gantorch can't be loaded here.\n${load.error}`)
  expect(people.status).toBe(1)
})

test('a crash is reported, not shared', () => {
  const dir = join(folder, 'crashing')
  mkdirSync(join(dir, 'lib'), { recursive: true })
  writeFileSync(join(dir, 'version'), '2.11.0\n')
  const source = '#include <cstdlib>\nstruct End { End() { std::abort(); } } end;'
  const library = join(dir, 'lib/libtorch_cpu.so')
  execFileSync('g++', ['-shared', '-fPIC', '-x', 'c++', '-', '-o', library], { input: source })
  const env = { GANTORCH_LIBTORCH: dir }
  expect(report(env)).toMatchObject({
    status: 1,
    report: { load: { ok: false, error: expect.stringContaining('was ended by SIGABRT') } },
  })
  const unproven = report({ ...env, GANTORCH_PROOF: 'skip' })
  expect(unproven).toMatchObject({
    status: 1,
    report: {
      load: {
        ok: false,
        error: expect.stringMatching(
          /^\[gantorch\] a process that loaded gantorch was ended by SIGABRT[^]*\nPossible solutions:/,
        ),
      },
    },
  })
})

test('CUDA files that are not whole, and a libtorch that there is no addon for', () => {
  const cache = join(folder, 'cache')
  const cuda = join(cache, 'libtorch-2.11.0-cuda')
  mkdirSync(join(cuda, 'lib'), { recursive: true })
  writeFileSync(join(cuda, 'contents.json'), '{"libraries":{"libtorch_cuda.so":3}}')
  const old = join(cache, 'libtorch-2.10.0-cpu')
  mkdirSync(join(old, 'lib'), { recursive: true })
  writeFileSync(join(old, 'version'), '2.10.0\n')
  symlinkSync('/dev/null', join(old, 'lib/libc10.so'))
  writeFileSync(join(old, 'lib/libtorch_cpu.so'), '')
  const { report: found } = report({ GANTORCH_CACHE: cache })
  expect(found.cuda).toMatchObject({
    folder: cuda,
    state: 'not whole: lib/libtorch_cuda.so is not there',
  })
  expect(found.places).toContainEqual({
    origin: 'cache',
    dir: old,
    version: '2.10.0',
    problem: 'there is no addon for it',
  })
})
