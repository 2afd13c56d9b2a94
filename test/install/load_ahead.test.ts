/** Libtorch opened on a thread while a program is still being read, and processes that end meanwhile. */
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { libtorch, run, write } from './load_programs'

jest.setTimeout(120_000)

let folder: string
let env: NodeJS.ProcessEnv

const maps = "require('node:fs').readFileSync('/proc/self/maps', 'latin1')"

const ahead = (code: string, more: NodeJS.ProcessEnv = {}) =>
  run(`require('./lib/ahead.ts'); ${code}`, { ...env, ...more })

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantorch-ahead-'))
  env = { GANTORCH_LIBTORCH: libtorch(folder), GANTORCH_CACHE: join(folder, 'cache') }
  // In the usual way, which is remembered.
  const { text } = run("console.log(typeof require('./lib/native.ts').native().Store)", env)
  expect(text).toBe('function\n')
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

const compute = "console.log(require('./lib/native.ts').native().runtimeInfo().libtorch)"

test('libtorch is opened without anyone asking for it', () => {
  const code = `
    const wait = () => {
      if (!${maps}.includes('libtorch_cpu')) return setTimeout(wait, 20)
      ${compute}
    }
    wait()`
  expect(ahead(code)).toEqual({
    status: 0,
    signal: null,
    text: expect.stringMatching(/^2\.\d+\.\d+\n$/),
  })
})

test('a program that needs it before it is there waits for it', () => {
  expect(ahead(compute).text).toMatch(/^2\.\d+\.\d+\n$/)
})

// libgomp is the first, opened before the thread begins.
const begun = `console.log(${maps}.includes('libgomp'))`

test('only what was opened well before, and no failure is heard of', () => {
  expect(ahead(begun).text).toBe('true\n')
  expect(ahead(begun, { GANTORCH_CACHE: join(folder, 'empty') }).text).toBe('false\n')
  expect(ahead(begun, { GANTORCH_LIBTORCH: join(folder, 'nowhere') }).text).toBe('false\n')
})

test('python3 is not asked, and nothing begins where that is not wanted', () => {
  const bin = join(folder, 'bin')
  const asked = join(folder, 'asked')
  write(join(bin, 'python3'), `#!/bin/sh\ntouch '${asked}'\n`)
  chmodSync(join(bin, 'python3'), 0o755)
  const none = { GANTORCH_LIBTORCH: '', GANTORCH_CACHE: join(folder, 'empty') }
  const path = `${bin}:${process.env.PATH ?? ''}`
  expect(ahead(begun, { ...none, PATH: path }).text).toBe('false\n')
  expect(existsSync(asked)).toBe(false)
  expect(ahead(begun, { GANTORCH_AHEAD: 'skip' }).text).toBe('false\n')
})

test('another libtorch than the one that was opened is an error', () => {
  const other = JSON.stringify(libtorch(folder))
  const code = `
    process.env.GANTORCH_LIBTORCH = ${other}
    try { ${compute} } catch (error) { console.log(error.reason) }`
  expect(ahead(code)).toEqual({ status: 0, signal: null, text: 'already-open\n' })
})

test.each([
  ['while it is opened', ''],
  ['and its name is remembered', 'process.cwd();'],
])('the working folder is deleted %s', (_, before) => {
  const gone = JSON.stringify(join(folder, 'gone'))
  const code = `
    const fs = require('node:fs')
    require('./lib/native.ts')
    fs.mkdirSync(${gone}); process.chdir(${gone}); ${before} fs.rmdirSync(${gone})
    setTimeout(() => console.log('done'), 500)`
  expect(ahead(code)).toEqual({ status: 0, signal: null, text: 'done\n' })
})

test('in a deleted folder whose name is remembered nothing is opened', () => {
  const gone = JSON.stringify(join(folder, 'gone'))
  const code = `
    const fs = require('node:fs')
    const { native } = require('./lib/native.ts')
    fs.mkdirSync(${gone}); process.chdir(${gone}); process.cwd(); fs.rmdirSync(${gone})
    try { native() } catch (error) { console.log(error.reason) }`
  const said = run(code, env)
  expect(said).toEqual({ status: 0, signal: null, text: 'deleted-folder\n' })
})

/** Ends while the thread is at its beginning, in the middle, and near its end. */
const moments = [0, 30, 80, 130, 200]
const after = (milliseconds: number, code: string) =>
  `const start = performance.now(); while (performance.now() - start < ${milliseconds}); ${code}`

test.each([
  ['by itself', '', 0],
  ['by process.exit', 'process.exit(3)', 3],
  ['by process.reallyExit, which nothing in JavaScript hears of', 'process.reallyExit(4)', 4],
])('a process ends %s at any moment', (_, code, status) => {
  for (const moment of moments) {
    expect([moment, ahead(after(moment, code))]).toEqual([
      moment,
      { status, signal: null, text: '' },
    ])
  }
})

test('a worker thread that began it ends at any moment', () => {
  for (const moment of moments) {
    const code = `
      const { Worker } = require('node:worker_threads')
      const worker = new Worker(
        "require('tsx/cjs'); require('./lib/ahead.ts'); require('node:worker_threads').parentPort.postMessage(0); for (;;);",
        { eval: true },
      )
      worker.on('message', () => setTimeout(() => worker.terminate(), ${moment}))`
    const said = run(code, env)
    expect([moment, said]).toEqual([moment, { status: 0, signal: null, text: '' }])
  }
})
