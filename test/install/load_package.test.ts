/** Loading from an installed package: its addons, its cures, and surroundings that forbid it. */
import { spawnSync } from 'node:child_process'
import { buildSync } from 'esbuild'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LOAD_REASONS } from '../../lib/load_reasons'
import { musl } from '../../lib/load_errors'
import { packageVersion } from '../../lib/package_root'
import { emptyProgram, libtorch, loading, packaged, root, run, write } from './load_programs'

jest.setTimeout(60_000)

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantorch-load-package-'))
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

interface Surroundings {
  readonly env?: NodeJS.ProcessEnv
  readonly platform?: string
}

const load = (dir: string, { env, platform }: Surroundings = {}) =>
  loading(dir, { env, platform, home: folder })

describe('the addon', () => {
  test('that was prebuilt for the libtorch that is there', () => {
    const env = { GANTORCH_LIBTORCH: libtorch(folder) }
    expect(load(packaged(folder, ['2.11', '2.12']), { env })).toMatch(/^loaded 2\.11\./)
  })

  test('that the user built comes before one that was prebuilt', () => {
    const dir = packaged(folder, ['2.11'])
    const cache = mkdtempSync(join(folder, 'cache-'))
    const version = packageVersion(dir)!
    const built = join(cache, 'addons', version, 'torch-2.11')
    write(join(built, 'libtorch-version'), '2.11.0\n')
    write(join(built, 'gantorch.node'), 'no addon')
    write(join(built, 'loader.node'), 'no addon')
    const env = { GANTORCH_LIBTORCH: libtorch(folder), GANTORCH_CACHE: cache }
    const text = load(dir, { env })
    expect(text).toContain(`LoadError broken-addon [addon] can't be opened: ${built}/loader.node: `)
    expect(text).toContain('- Build it anew:\n    npx gantorch build\n')
  })

  test('that was made by another gantorch', () => {
    const dir = packaged(folder, ['2.11'])
    const manifest = readFileSync(join(dir, 'package.json'), 'utf8')
    writeFileSync(join(dir, 'package.json'), manifest.replace('"version": "', '"version": "9'))
    const text = load(dir, { env: { GANTORCH_LIBTORCH: libtorch(folder) } })
    expect(text).toMatch(/^LoadError broken-addon \[addon\] .* is of another version of gantorch: /)
    expect(text).toMatch(
      /it was made as gantorch (\S+) for libtorch 2\.11\.0, needed is 9\1 for 2\.11\n/,
    )
    expect(text).toMatch(/- Install the package anew .*:\n {4}rm -r '.*' && npm install /)
  })

  test('that is not there', () => {
    const dir = emptyProgram(folder, 'package')
    expect(load(dir)).toBe(
      `LoadError no-addon [addon] no addon that fits is in ${dir}/prebuilt: the package is not whole\n` +
        'Possible solutions:\n' +
        '- Install the package anew (or as your package manager does it):\n' +
        `    rm -r '${dir}' && npm install --include=optional\n` +
        '- Or build one here:\n    npx gantorch build\n',
    )
  })
})

describe('a libtorch that is not what its folder says', () => {
  /** The libtorch of the clone under the name of another version. */
  const disguised = (version: string): NodeJS.ProcessEnv => {
    const dir = libtorch(folder)
    writeFileSync(join(dir, 'version'), `${version}\n`)
    return { GANTORCH_LIBTORCH: dir }
  }

  test('is told by what it says of itself', () => {
    const env = disguised('2.12.0')
    expect(load(packaged(folder, ['2.12']), { env })).toContain(
      `LoadError broken-libtorch [libtorch] in ${env.GANTORCH_LIBTORCH} (GANTORCH_LIBTORCH) ` +
        'is 2.11.0, not 2.12.0 as it says\n',
    )
  })

  test('and lacks what the addon needs: an error, not the end of the process', () => {
    const newest = join(root, 'prebuilt/torch-2.15/prebuilds/linux-x64/gantorch.glibc.node')
    const env = disguised('2.15.0')
    const text = load(packaged(folder, ['2.15'], newest), { env })
    expect(text).toMatch(/^LoadError broken-addon \[addon\] can't be opened: .*undefined symbol: /)
    expect(text).toContain(`- Install the libtorch in ${env.GANTORCH_LIBTORCH} anew.\n`)
  })
})

test('node --permission that allows addons, but no child processes', () => {
  const [major = 0] = process.versions.node.split('.').map(Number)
  const flag = major < 24 ? '--experimental-permission' : '--permission'
  const allowed = major < 22 ? [] : ['--allow-addons']
  // Node 20 lets no addon be opened under its permissions at all.
  const options = [flag, '--allow-fs-read=*', '--allow-fs-write=*', ...allowed]
  const code = `
    try { require('./dist').NDArray; const { Dense, Input, Model } = require('./dist')
      const x = Input({ shape: [2] })
      new Model(x, Dense(1)(x)).predict([[1, 2]]).then(
        () => console.log('loaded'), (error) => console.log(error.reason)) }
    catch (error) { console.log(error.reason) }`
  const cache = mkdtempSync(join(folder, 'cache-'))
  const env = { ...process.env, GANTORCH_LIBTORCH: libtorch(folder), GANTORCH_CACHE: cache }
  const how = { cwd: root, env, encoding: 'utf8' as const }
  const { stdout } = spawnSync(process.execPath, [...options, '-e', code], how)
  expect(stdout.trim()).toBe(allowed.length > 0 ? 'loaded' : 'addons-disabled')
})

describe("gantorch's libtorch package", () => {
  const name = '@gantorch/libtorch-linux-x64'

  /** An installed package with it; `version` and sizes are as it states them. */
  const withLibtorch = (minors: readonly string[], bytes: number): { dir: string; own: string } => {
    const dir = packaged(folder, minors)
    const own = join(dir, 'node_modules', name)
    write(join(own, 'package.json'), '{}')
    write(join(own, 'version'), '2.11.0\n')
    write(join(own, 'lib/libtorch_cpu.so'), '')
    write(join(own, 'contents.json'), `{ "libraries": { "libtorch_cpu.so": ${bytes} } }`)
    return { dir, own }
  }

  test('that is not whole is installed anew', () => {
    const { dir, own } = withLibtorch(['2.11'], 451_209_129)
    const text = load(dir)
    expect(text).toMatch(/^LoadError broken-libtorch \[libtorch\] no libtorch 2\.11 was found\n/)
    expect(text).toContain(`${own} is not whole: lib/libtorch_cpu.so has 0 bytes of 451209129\n`)
    expect(text).toMatch(
      new RegExp(
        `solutions:\\n- Install the package anew .*:\\n {4}rm -r '${own}' && npm install `,
      ),
    )
  })

  test('for which the addon is missing: gantorch is not whole', () => {
    const { dir } = withLibtorch(['2.12', '2.13'], 0)
    expect(load(dir)).toContain(
      `LoadError no-addon [addon] no addon that fits is in ${dir}/prebuilt`,
    )
  })
})

test('no libtorch: npm has it', () => {
  const text = load(packaged(folder, ['2.11', '2.12', '2.15']))
  expect(text).toMatch(
    /^LoadError no-libtorch \[libtorch\] no libtorch 2\.11, 2\.12 or 2\.15 was found\n/,
  )
  expect(text).toContain(
    '- Install the package that holds it (or as your package manager does it):\n' +
      '    npm install --include=optional\n',
  )
  expect(text).toContain(':\n    npx gantorch setup\n')
})

describe('surroundings in which it cannot work', () => {
  test.each([
    ['darwin-arm64', ['Use a Linux machine, a container or WSL 2']],
    ['linux-arm64', ['Use a Linux machine, a container or WSL 2', 'npx gantorch build --libtorch']],
  ])('%s', (platform, cures) => {
    const text = load(emptyProgram(folder, 'package'), { platform })
    expect(text).toContain(
      `LoadError unsupported-platform [gantorch] comes ready for linux-x64 only, this is ${platform}\n`,
    )
    for (const cure of cures) expect(text).toContain(cure)
    expect(text.match(/^- /gm)).toHaveLength(cures.length)
  })

  test('a bundle that swallowed its code', () => {
    const dir = mkdtempSync(join(folder, 'bundle-'))
    write(join(dir, 'package.json'), '{ "name": "my-app" }')
    expect(load(dir)).toContain(
      `LoadError bundled [gantorch] its own files are not in ${dir}: a bundler has put`,
    )
  })

  test('a real bundle', () => {
    const dir = mkdtempSync(join(folder, 'bundle-'))
    write(join(dir, 'package.json'), '{ "name": "my-app" }')
    const [source, outfile] = [join(dir, 'source.mjs'), join(dir, 'out/bundle.cjs')]
    write(
      source,
      `import { Dense, Input, Model } from ${JSON.stringify(join(root, 'dist/index.mjs'))}
       const x = Input({ shape: [2] })
       new Model(x, Dense(1)(x)).predict([[1, 2]]).catch((error) => console.log(error.reason))`,
    )
    // Packages stay outside, gantorch alone goes in: it is named by its path.
    const options = { bundle: true, packages: 'external', platform: 'node' } as const
    buildSync({ ...options, entryPoints: [source], format: 'cjs', outfile, logLevel: 'error' })
    const env = { ...process.env, NODE_PATH: join(root, 'node_modules') }
    const { stdout, stderr } = spawnSync(process.execPath, [outfile], { env, encoding: 'utf8' })
    expect({ stdout, stderr }).toEqual({ stdout: 'bundled\n', stderr: '' })
  })

  test('an archive of Electron', () => {
    const dir = join(folder, 'app.asar')
    renameSync(emptyProgram(folder, 'package'), dir)
    const text = load(dir)
    expect(text).toContain(`LoadError electron-archive [gantorch] is inside an archive`)
    expect(text).toContain('"asarUnpack": ["node_modules/gantorch/**"')
    mkdirSync(join(folder, 'app.asar.unpacked'))
    const beside = join(folder, 'app.asar.unpacked/gantorch')
    renameSync(emptyProgram(folder, 'package'), beside)
    expect(load(beside)).toMatch(/^LoadError no-addon /)
  })

  test('node --no-addons', () => {
    const code = `
      try { require('./lib/native.ts').native() }
      catch (error) { console.log(error.reason, error.message) }`
    const { text } = run(code, { GANTORCH_PROOF: 'skip' }, ['--no-addons'])
    expect(text).toContain('addons-disabled [addon] this process may not open native addons: ')
    expect(text).toContain(
      '- Start Node without --no-addons; with --permission, add --allow-addons --allow-fs-read="*".\n',
    )
  })

  test('musl', () => {
    expect(musl()).toMatchObject({ reason: 'musl' })
    expect(musl().message).toContain('glibc, and this system has none\nPossible solutions:\n')
  })
})

test('no reason is listed twice', () => {
  expect(new Set(LOAD_REASONS).size).toBe(LOAD_REASONS.length)
})
