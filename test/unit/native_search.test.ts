import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cacheDir, searchLibtorch, versionOf, type Host } from '../../lib/native_search'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantorch-search-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function write(path: string, text = ''): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** A folder that looks like a libtorch from outside. */
function libtorch(dir: string, version: string, more: readonly string[] = []): string {
  for (const name of ['lib/libc10.so', 'lib/libtorch_cpu.so', ...more]) write(join(dir, name))
  write(join(dir, 'version'), `${version}\n`)
  return dir
}

function host(env: NodeJS.ProcessEnv = {}): Host {
  return {
    env: { PATH: '', GANTORCH_CACHE: join(folder, 'cache'), ...env },
    home: join(folder, 'home'),
    root: join(folder, 'program'),
  }
}

function installPackage(version: string): string {
  const dir = join(folder, 'program/node_modules/@gantorch/libtorch-linux-x64')
  write(join(dir, 'package.json'), '{ "name": "@gantorch/libtorch-linux-x64" }')
  return libtorch(dir, version)
}

/** A Python path with a torch that must not be imported. */
function installPython(version: string): NodeJS.ProcessEnv {
  const dir = join(folder, 'site/torch')
  write(join(dir, '__init__.py'), 'raise SystemExit("imported")')
  for (const name of ['lib/libc10.so', 'lib/libtorch_cpu.so']) write(join(dir, name))
  write(join(dir, 'version.py'), `__version__ = '${version}+cu130'\n`)
  return { PATH: process.env.PATH, PYTHONPATH: join(folder, 'site') }
}

describe('the order of the search', () => {
  test('GANTORCH_LIBTORCH, the package, the cache, Python', () => {
    const named = libtorch(join(folder, 'named'), '2.11.0')
    const packaged = installPackage('2.11.0')
    const cached = libtorch(join(folder, 'cache/libtorch-2.11.0-cpu'), '2.11.0')
    const python = installPython('2.11.0')
    const found = (env: NodeJS.ProcessEnv) => searchLibtorch(['2.11'], host(env)).libtorch

    expect(found({ ...python, GANTORCH_LIBTORCH: named })).toMatchObject({ dir: named })
    expect(found(python)).toMatchObject({
      dir: packaged,
      origin: 'package @gantorch/libtorch-linux-x64',
    })
    rmSync(packaged, { recursive: true })
    expect(found(python)).toMatchObject({ dir: cached, origin: 'cache', version: '2.11.0' })
    rmSync(cached, { recursive: true })
    expect(found(python)).toMatchObject({
      dir: join(folder, 'site/torch'),
      origin: "python3's torch",
      version: '2.11.0',
    })
  })

  test('what GANTORCH_LIBTORCH names is taken or refused, never passed over', () => {
    libtorch(join(folder, 'cache/libtorch-2.11.0-cpu'), '2.11.0')
    const named = join(folder, 'nothing')
    expect(searchLibtorch(['2.11'], host({ GANTORCH_LIBTORCH: named }))).toEqual({
      libtorch: undefined,
      tried: [`GANTORCH_LIBTORCH: ${named} does not exist`],
      refused: [],
    })
    mkdirSync(named)
    expect(searchLibtorch(['2.11'], host({ GANTORCH_LIBTORCH: named })).tried).toEqual([
      `GANTORCH_LIBTORCH: ${named} holds no lib/libtorch_cpu.so`,
    ])
  })

  test('a file in the place of the folder is refused', () => {
    const named = join(folder, 'libtorch_cpu.so')
    write(named)
    expect(searchLibtorch(['2.11'], host({ GANTORCH_LIBTORCH: named })).tried).toEqual([
      `GANTORCH_LIBTORCH: ${named} holds no lib/libtorch_cpu.so`,
    ])
  })

  test('an empty GANTORCH_LIBTORCH counts as not set', () => {
    const cached = libtorch(join(folder, 'cache/libtorch-2.11.0-cpu'), '2.11.0')
    const { libtorch: found } = searchLibtorch(['2.11'], host({ GANTORCH_LIBTORCH: '' }))
    expect(found).toMatchObject({ dir: cached })
  })

  test('the first place with any of the minor versions is taken', () => {
    installPackage('2.10.0')
    const python = installPython('2.13.0')
    const { libtorch: found, tried } = searchLibtorch(['2.11', '2.12', '2.13'], host(python))
    expect(found).toMatchObject({ dir: join(folder, 'site/torch'), version: '2.13.0' })
    expect(tried[1]).toMatch(/ is libtorch 2\.10\.0, needed is 2\.11, 2\.12 or 2\.13$/)
  })

  test('every place that was tried is told', () => {
    installPackage('2.12.1')
    const python = installPython('2.13.0')
    expect(searchLibtorch(['2.11'], host(python)).tried).toEqual([
      'GANTORCH_LIBTORCH: not set',
      'package @gantorch/libtorch-linux-x64: ' +
        `${join(folder, 'program/node_modules/@gantorch/libtorch-linux-x64')} ` +
        'is libtorch 2.12.1, needed is 2.11',
      `cache: ${join(folder, 'cache')} holds no libtorch 2.11`,
      `python3's torch: ${join(folder, 'site/torch')} is libtorch 2.13.0, needed is 2.11`,
    ])
  })
})

describe('the cache', () => {
  test('of several libtorch the newest of the right minor version is taken', () => {
    for (const version of ['2.9.1', '2.11.2', '2.11.10', '2.12.0']) {
      libtorch(join(folder, `cache/libtorch-${version}-cpu`), version)
    }
    libtorch(join(folder, 'cache/libtorch-2.11.11-cpu.partial-7'), '2.11.11')
    const found = (...minors: string[]) => searchLibtorch(minors, host()).libtorch?.version
    expect(found('2.11')).toBe('2.11.10')
    expect(found('2.1')).toBeUndefined()
    expect(found('2.11', '2.12')).toBe('2.11.10')
    expect(found('2.12', '2.11')).toBe('2.12.0')
    expect(found('2.13', '2.12')).toBe('2.12.0')
  })

  test('a libtorch that lacks what it states is passed over, and told', () => {
    const dir = libtorch(join(folder, 'cache/libtorch-2.11.0-cpu'), '2.11.0')
    const libraries = { 'libc10.so': 0, 'libtorch_cpu.so': 446_770_065 }
    write(join(dir, 'contents.json'), JSON.stringify({ libraries }))
    const told = () => searchLibtorch(['2.11'], host()).tried[2]
    expect(told()).toBe(`cache: ${dir} is not whole: lib/libtorch_cpu.so has 0 bytes of 446770065`)
    libraries['libtorch_cpu.so'] = 0
    write(join(dir, 'contents.json'), JSON.stringify({ libraries }))
    rmSync(join(dir, 'lib/libc10.so'))
    expect(told()).toBe(`cache: ${dir} is not whole: lib/libc10.so is not there`)
    write(join(dir, 'lib/libc10.so'))
    expect(told()).toBe(`cache: ${dir} (libtorch 2.11.0)`)
  })

  test.each([
    [{ GANTORCH_CACHE: '/a', XDG_CACHE_HOME: '/b' }, '/a'],
    [{ GANTORCH_CACHE: '', XDG_CACHE_HOME: '/b' }, '/b/gantorch'],
    [{}, '/home/me/.cache/gantorch'],
  ])('%j names %s, for set-up and for the search', (env, expected) => {
    expect(cacheDir({ env, home: '/home/me', root: '' })).toBe(expected)
    const script = "import('./scripts/install.mjs').then((it) => console.log(it.cacheDir()))"
    const said = execFileSync(process.execPath, ['-e', script], {
      env: { ...env, HOME: '/home/me' },
      encoding: 'utf8',
    })
    expect(said.trim()).toBe(expected)
  })
})

describe('Python', () => {
  test('no python3', () => {
    expect(searchLibtorch(['2.11'], host()).tried.at(-1)).toBe(
      "python3's torch: python3 was not found",
    )
  })

  test('a folder named torch that is no package is no torch', () => {
    mkdirSync(join(folder, 'site/torch/lib'), { recursive: true })
    const env = { PATH: process.env.PATH, PYTHONPATH: join(folder, 'site') }
    const tried = searchLibtorch(['2.11'], host(env)).tried.at(-1)
    expect(tried).toMatch(/^python3's torch: /)
    expect(tried).not.toContain(folder)
  })
})

describe('what lies in a folder', () => {
  test('libraries come in the order in which they can be opened', () => {
    const dir = join(folder, 'site/torch')
    libtorch(dir, '2.11.0', ['lib/libgomp-a34b3233.so.1', 'lib/libtorch.so', 'lib/libc10_cuda.so'])
    for (const name of ['libcupti.so.13', 'libcudart.so.13', 'libnvperf_host.so']) {
      write(join(folder, 'site/nvidia/cu13/lib', name))
    }
    const { libtorch: found } = searchLibtorch(['2.11'], host({ GANTORCH_LIBTORCH: dir }))
    expect(found?.libraries).toEqual([
      join(dir, 'lib/libgomp-a34b3233.so.1'),
      join(folder, 'site/nvidia/cu13/lib/libcudart.so.13'),
      join(folder, 'site/nvidia/cu13/lib/libcupti.so.13'),
      join(dir, 'lib/libc10.so'),
      join(dir, 'lib/libtorch_cpu.so'),
    ])
  })

  test.each([
    ['version', '2.11.0\n', '2.11.0'],
    ['build-version', '2.11.1+cpu', '2.11.1'],
    ['version.py', "from typing import Optional\n__version__ = '2.11.2+cu130'\n", '2.11.2'],
    ['include/torch/headeronly/version.h', '#define TORCH_VERSION \\\n  "2.11.3"\n', '2.11.3'],
    ['README', '2.11.4', undefined],
  ])('the version that %s states', (name, text, expected) => {
    write(join(folder, name), text)
    expect(versionOf(folder)).toBe(expected)
  })

  test('a libtorch that states no version is refused', () => {
    const dir = libtorch(join(folder, 'named'), 'unknown')
    expect(searchLibtorch(['2.11'], host({ GANTORCH_LIBTORCH: dir })).tried).toEqual([
      `GANTORCH_LIBTORCH: ${dir} states no version (version, build-version or version.py)`,
    ])
  })
})
