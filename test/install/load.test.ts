/** Each case runs in a process of its own, for what was opened once stays open. */
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { libtorchSolutions, systemSolutions } from '../../lib/load_cures'
import type { Libtorch } from '../../lib/native_search'
import * as programs from './load_programs'
import { clonesLibtorch, loader, loading, root, run } from './load_programs'

jest.setTimeout(60_000)

let folder: string
let real: Libtorch

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantorch-load-'))
  real = clonesLibtorch()
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

const program = () => programs.program(folder)
const libtorch = (without?: readonly string[]) => programs.libtorch(folder, without)
const failure = (dir: string, env: NodeJS.ProcessEnv = {}) => loading(dir, { env, home: folder })

const setup = (dir: string) => `node '${dir}/scripts/setup.mjs'`

describe('why gantorch does not load, and what to do', () => {
  test('an addon that is not built', () => {
    const dir = programs.emptyProgram(folder)
    expect(failure(dir)).toBe(
      `LoadError no-addon [addon] is not built: ${dir}/build/Release/gantorch.node does not exist\n` +
        `Possible solutions:\n- Build it (this gets libtorch too):\n    ${setup(dir)}\n`,
    )
  })

  test('no libtorch anywhere', () => {
    const dir = program()
    expect(failure(dir, {})).toBe(
      [
        'LoadError no-libtorch [libtorch] no libtorch 2.11 was found',
        'Tried:',
        '- GANTORCH_LIBTORCH: not set',
        '- package @gantorch/libtorch-linux-x64: not installed',
        `- cache: ${folder}/.cache/gantorch holds no libtorch 2.11`,
        "- python3's torch: python3 was not found",
        'Possible solutions:',
        `- Download it into ${folder}/.cache/gantorch (0.5 GB, once for all programs):`,
        `    ${setup(dir)}`,
        '- Or name a libtorch 2.11 that you have:',
        '    export GANTORCH_LIBTORCH=/path/to/libtorch',
        '- Or install PyTorch for the python3 in your PATH, that of a virtual environment, say:',
        "    python3 -m pip install 'torch==2.11.*'",
        '',
      ].join('\n'),
    )
  })

  test('GANTORCH_LIBTORCH names a folder without libtorch', () => {
    const dir = program()
    expect(failure(dir, { GANTORCH_LIBTORCH: folder })).toBe(
      [
        'LoadError no-libtorch [libtorch] ' +
          'the folder that GANTORCH_LIBTORCH names holds no libtorch 2.11',
        'Tried:',
        `- GANTORCH_LIBTORCH: ${folder} holds no lib/libtorch_cpu.so`,
        'Possible solutions:',
        '- Name a folder that holds lib/libtorch_cpu.so of libtorch 2.11:',
        '    export GANTORCH_LIBTORCH=/path/to/libtorch',
        "- Or use gantorch's own:",
        `    unset GANTORCH_LIBTORCH && ${setup(dir)}`,
        '',
      ].join('\n'),
    )
  })

  test('a libtorch of another minor version', () => {
    const dir = libtorch()
    writeFileSync(join(dir, 'version'), '2.10.1\n')
    const text = failure(program(), { GANTORCH_LIBTORCH: dir })
    expect(text).toMatch(/^LoadError wrong-libtorch /)
    expect(text).toContain(`- GANTORCH_LIBTORCH: ${dir} is libtorch 2.10.1, needed is 2.11\n`)
    expect(text).toMatch(
      /- Or build gantorch for the one that you have:\n {4}node '.*' build --libtorch '.*'\n/,
    )
  })

  test('a libtorch for another processor', () => {
    const dir = libtorch(['libc10'])
    const path = join(dir, 'lib/libc10.so')
    writeFileSync(path, programs.forArm(join(dirname(real.libraries.at(-1)!), 'libc10.so')))
    const text = failure(program(), { GANTORCH_LIBTORCH: dir })
    expect(text).toMatch(/^LoadError wrong-architecture \[libtorch\] can't be opened from /)
    expect(text).toContain(`${path}: is for another processor (ELF machine 183)\n`)
  })

  test('a libtorch_cpu.so that is no library', () => {
    const dir = libtorch(['libtorch_cpu'])
    const path = join(dir, 'lib/libtorch_cpu.so')
    writeFileSync(path, 'corrupt')
    const text = failure(program(), { GANTORCH_LIBTORCH: dir })
    expect(text).toContain(
      `[libtorch] can't be opened from ${dir} (GANTORCH_LIBTORCH): ${path}: is not a shared library`,
    )
    expect(text).toContain(`- Install the libtorch in ${dir} anew.\n- Or use gantorch's own:\n`)
  })

  test('a libtorch_cpu.so that was cut short, in the cache', () => {
    const cache = join(folder, 'cut/gantorch')
    const dir = join(cache, 'libtorch-2.11.0-cpu')
    mkdirSync(dirname(dir), { recursive: true })
    symlinkSync(libtorch(['libtorch_cpu']), dir)
    const start = Buffer.alloc(1 << 20)
    const file = openSync(real.libraries.at(-1)!, 'r')
    readSync(file, start)
    closeSync(file)
    writeFileSync(join(dir, 'lib/libtorch_cpu.so'), start)
    const parent = program()
    const text = failure(parent, { XDG_CACHE_HOME: join(folder, 'cut') })
    expect(text).toMatch(/libtorch_cpu\.so: is cut short: 1048576 bytes of \d{9}\n/)
    expect(text).toContain(`- Download it anew:\n    rm -r '${dir}' && ${setup(parent)}\n`)
  })

  test('a library of CUDA that libtorch needs is not there', () => {
    const dir = libtorch(['libcupti'])
    const text = failure(program(), { GANTORCH_LIBTORCH: dir })
    expect(text).toContain('libcupti.so.13: cannot open shared object file')
    expect(text).toContain(`- Put libcupti.so.13 into ${dir}/lib.\n`)
  })

  test('an addon that is no library', () => {
    const dir = programs.program(folder, 'no addon')
    const text = failure(dir, { GANTORCH_LIBTORCH: libtorch() })
    expect(text).toContain(`[addon] can't be opened: ${dir}/build/Release/gantorch.node: `)
    expect(text).toContain(`- Build it anew:\n    rm -r '${dir}/build' && ${setup(dir)}\n`)
  })

  test('an addon that was cut short', () => {
    const whole = readFileSync(programs.addon)
    const text = failure(programs.program(folder, whole.subarray(0, 900_000)), {
      GANTORCH_LIBTORCH: libtorch(),
    })
    expect(text).toMatch(/^LoadError broken-addon .*: is cut short: 900000 bytes of \d{7}\n/)
  })

  test('a folder that was deleted', () => {
    const dir = mkdtempSync(join(folder, 'gone-'))
    const code = `
      process.chdir(${JSON.stringify(dir)}); require('node:fs').rmdirSync(${JSON.stringify(dir)})
      const { Dense, Input, Model } = require(${JSON.stringify(join(root, 'dist'))})
      const x = Input({ shape: [2] })
      new Model(x, Dense(1)(x)).predict([[1, 2]]).catch((error) => console.log(error.reason))`
    expect(run(code)).toMatchObject({ status: 0, text: 'deleted-folder\n' })
  })

  test('an addon of another version of gantorch', () => {
    const dir = program()
    copyFileSync(loader, join(dir, 'build/Release/gantorch.node'))
    expect(failure(dir, { GANTORCH_LIBTORCH: libtorch() })).toContain(
      `[addon] ${dir}/build/Release/gantorch.node is of another version of gantorch: ` +
        'it lacks Store, Program, ',
    )
  })

  test.each([
    [
      "/lib/libm.so.6: version `GLIBC_2.28' not found (required by libtorch_cpu.so)",
      'old-glibc',
      "This system's C library (glibc) is older than GLIBC_2.28: ",
    ],
    [
      "libstdc++.so.6: version `GLIBCXX_3.4.22' not found (required by libc10.so)",
      'old-libstdcxx',
      "This system's C++ library (libstdc++) is older than GLIBCXX_3.4.22: ",
    ],
    [
      'Error loading shared library ld-linux-x86-64.so.2: No such file or directory',
      'musl',
      'This system has another C library than glibc (Alpine has musl): ',
    ],
  ])('%s', (words, reason, expected) => {
    expect(systemSolutions(words)).toEqual([reason, [expect.stringContaining(expected)]])
  })

  test('words that blame no system get a cure for the files', () => {
    const words = 'undefined symbol: _ZN2at4onesE'
    expect(systemSolutions(words)).toBeUndefined()
    const host = { env: {}, home: folder, root }
    expect(libtorchSolutions(words, { ...real, origin: 'cache' }, host)).toEqual([
      'broken-libtorch',
      [expect.stringMatching(/^Download it anew:/)],
    ])
  })
})

describe('loading', () => {
  const use = `
    const { native } = require('./lib/native.ts')
    console.log(native() === native(), /^2\\.11\\./.test(native().runtimeInfo().libtorch))`

  test('from the sources', () => {
    expect(run(use)).toEqual({ status: 0, signal: null, text: 'true true\n' })
  })

  test('from dist/', () => {
    const code = `
      const { Dense, Input, Model } = require('./dist')
      const x = Input({ shape: [2] })
      const model = new Model(x, Dense(1, { kernelInitializer: 'ones' })(x))
      model.predict([[1, 2]]).then((y) => console.log(y.data[0]))`
    expect(run(code)).toEqual({ status: 0, signal: null, text: '3\n' })
  })

  test('nothing is opened before the first use', () => {
    const maps = "require('node:fs').readFileSync('/proc/self/maps', 'utf8')"
    const { text } = run(`require('./lib/native.ts'); console.log(/torch_cpu/.test(${maps}))`)
    expect(text).toBe('false\n')
  })

  test('works after a failure whose cause is gone', () => {
    const { text } = run(
      `const { native } = require('./lib/native.ts')
       try { native() } catch (error) { console.log(error.name) }
       process.env.GANTORCH_LIBTORCH = ${JSON.stringify(libtorch())}
       console.log(native().runtimeInfo().libtorch)`,
      { GANTORCH_LIBTORCH: libtorch(['libtorch_cpu']) },
    )
    expect(text).toMatch(/^LoadError\n2\.11\./)
  })

  test('works after a library could not be opened', () => {
    const broken = libtorch(['libtorch_cpu'])
    writeFileSync(join(broken, 'lib/libtorch_cpu.so'), 'corrupt')
    const { text } = run(
      `const { native } = require('./lib/native.ts')
       try { native() } catch (error) { console.log(error.name) }
       process.env.GANTORCH_LIBTORCH = ${JSON.stringify(libtorch())}
       console.log(native().runtimeInfo().libtorch)`,
      { GANTORCH_LIBTORCH: broken },
    )
    expect(text).toMatch(/^LoadError\n2\.11\./)
  })

  test('in several workers, of which some end early', () => {
    const { status, text } = run(`
      const { Worker } = require('node:worker_threads')
      const code = "require('tsx/cjs'); require('./lib/native.ts').native().runtimeInfo()"
      const begin = () => new Promise((resolve, reject) => {
        new Worker(code, { eval: true }).on('error', reject).on('exit', resolve)
      })
      Promise.all([begin(), begin()]).then(begin).then((code) => console.log('ended', code))`)
    expect({ status, text }).toEqual({ status: 0, text: 'ended 0\n' })
  })
})
