/** The child process in which an addon and a libtorch are opened together for the first time. */
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addon, libtorch, loading, program, write } from './load_programs'

jest.setTimeout(60_000)

let folder: string
let cache: string
let torch: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantorch-proof-'))
  torch = libtorch(folder)
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

beforeEach(() => {
  cache = mkdtempSync(join(folder, 'cache-'))
})

/** An addon that does `action` when it is opened. */
function addonThat(action: string): Buffer {
  const source = join(folder, 'addon.c')
  const library = join(folder, 'addon.node')
  write(
    source,
    `#include <signal.h>\n#include <stdlib.h>\n__attribute__((constructor)) void act(void) { ${action} }\n`,
  )
  const { status, stderr } = spawnSync('cc', ['-shared', '-fPIC', source, '-o', library])
  expect({ status, words: String(stderr) }).toEqual({ status: 0, words: '' })
  return readFileSync(library)
}

const load = (dir: string, env: NodeJS.ProcessEnv = {}) =>
  loading(dir, { env: { GANTORCH_LIBTORCH: torch, GANTORCH_CACHE: cache, ...env }, home: folder })

const proven = () => (existsSync(join(cache, 'proven')) ? readdirSync(join(cache, 'proven')) : [])

test('a crash becomes a message, each time anew', () => {
  const dir = program(folder, addonThat('raise(SIGSEGV);'))
  for (const attempt of [1, 2]) {
    const text = load(dir)
    expect([attempt, text]).toEqual([
      attempt,
      expect.stringMatching(
        /^LoadError crash \[gantorch\] a process that opened .* was ended by SIGSEGV\n/,
      ),
    ])
    expect(text).toContain(`libtorch 2.11.0 in ${torch} (GANTORCH_LIBTORCH) was ended`)
    expect(text).toContain('    export GANTORCH_PROOF=skip\n')
  }
  expect(proven()).toEqual([])
})

test('an instruction that the processor lacks', () => {
  const text = load(program(folder, addonThat('__builtin_trap();')))
  expect(text).toContain('was ended by SIGILL\n')
  expect(text).toContain('this processor lacks instructions that they use: ')
})

test('a library that ends the process by itself', () => {
  const text = load(program(folder, addonThat('if (getenv("GANTORCH_PROOF")) _Exit(2);')))
  expect(text).toMatch(
    /^LoadError crash \[gantorch\] a process that opened .* was ended by status 2\n/,
  )
})

test('what ends the child from outside is no crash', () => {
  const dir = program(folder, addonThat('if (getenv("GANTORCH_PROOF")) raise(SIGINT);'))
  expect(load(dir)).toMatch(/^LoadError broken-addon /)
})

test('what went well is remembered until a file changes', () => {
  const dir = program(folder, readFileSync(addon))
  expect(load(dir)).toMatch(/^loaded 2\.11\./)
  const memory = join(cache, 'proven', proven()[0]!)
  const isWrittenAgain = (): boolean => {
    utimesSync(memory, 1, 1)
    expect(load(dir)).toMatch(/^loaded 2\.11\./)
    return statSync(memory).mtimeMs !== 1000
  }
  expect(isWrittenAgain()).toBe(false)
  utimesSync(join(dir, 'build/Release/gantorch.node'), 1, 1)
  expect(isWrittenAgain()).toBe(true)
  expect(isWrittenAgain()).toBe(false)
  expect(proven()).toHaveLength(1)
})

test('a cache that cannot be written, and GANTORCH_PROOF=skip', () => {
  const dir = program(folder, readFileSync(addon))
  expect(load(dir, { GANTORCH_CACHE: '/dev/null/cache' })).toMatch(/^loaded 2\.11\./)
  expect(load(dir, { GANTORCH_PROOF: 'skip' })).toMatch(/^loaded 2\.11\./)
  expect(proven()).toEqual([])
})
