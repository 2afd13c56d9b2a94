/** What is in the two tarballs, and what README.md says about their sizes. */
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'

jest.setTimeout(600_000)

const root = join(__dirname, '../..')

let folder: string
let tarballs: { readonly gantorch: string; readonly libtorch: string }
/** gantorch as it lies in its tarball. */
let whole: string

/** What a function of scripts/ returns for these arguments. */
function call(script: string, name: string, ...values: readonly unknown[]): unknown {
  const list = values.map((value) => JSON.stringify(value)).join(', ')
  const code = `
    const { ${name} } = await import('./scripts/${script}.mjs')
    console.log('\\n' + JSON.stringify(await ${name}(${list})))`
  const options = ['--input-type=module', '-e', code]
  const text = execFileSync(process.execPath, options, { cwd: root, encoding: 'utf8' })
  const printed = text.trim().split('\n').at(-1)!
  return printed === 'undefined' ? undefined : JSON.parse(printed)
}

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'gantorch-tarball-')))
  // Fails for a tarball that does not pass its checks.
  tarballs = call('pack', 'pack') as typeof tarballs
  execFileSync('tar', ['-xzf', tarballs.gantorch, '-C', folder])
  whole = join(folder, 'package')
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

test('tarballs of earlier versions go, and nothing else', () => {
  const packages = mkdtempSync(join(folder, 'packages-'))
  const names = ['gantorch-0.0.9.tgz', 'gantorch-0.1.0.tgz', 'notes.txt']
  for (const name of names) writeFileSync(join(packages, name), '')
  call('pack', 'removeOthers', [join(packages, 'gantorch-0.1.0.tgz')], packages)
  expect(readdirSync(packages)).toEqual(['gantorch-0.1.0.tgz', 'notes.txt'])
  expect(readdirSync(dirname(tarballs.gantorch)).filter((name) => /\.tgz$/.test(name))).toEqual(
    [tarballs.gantorch, tarballs.libtorch].map((path) => basename(path)),
  )
})

test('publint and arethetypeswrong find nothing', () => {
  for (const tarball of Object.values(tarballs)) {
    expect(call('lint_tarball', 'lintTarball', tarball)).toEqual([])
  }
})

test('they do find what is wrong', () => {
  const broken = copyOf()
  rmSync(join(broken, 'dist/index.d.mts'))
  execFileSync('tar', ['-czf', 'broken.tgz', '-C', join(broken, '..'), 'package'], { cwd: folder })
  const found = call('lint_tarball', 'lintTarball', join(folder, 'broken.tgz'))
  expect(found).toEqual([expect.stringMatching(/^publint/), expect.stringMatching(/^attw/)])
})

function copyOf(): string {
  const copy = join(mkdtempSync(join(folder, 'copy-')), 'package')
  cpSync(whole, copy, { recursive: true })
  return copy
}

const check = (dir: string) => call('check_tarball', 'checkGantorch', dir)

function edit(dir: string, change: (manifest: Record<string, unknown>) => void): void {
  const path = join(dir, 'package.json')
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  change(manifest)
  writeFileSync(path, JSON.stringify(manifest))
}

const addon = 'prebuilt/torch-2.13/prebuilds/linux-x64/gantorch.glibc.node'

describe('the check of contents finds', () => {
  test('nothing in what is packed', () => {
    expect(check(whole)).toEqual([])
  })

  test.each<[string, (dir: string) => void]>([
    ['prebuilt/torch-2.13 holds 0 addons, must be one', (dir) => rmSync(join(dir, addon))],
    [
      'prebuilt/torch-2.13 is no library for x86-64',
      (dir) => writeFileSync(join(dir, addon), 'not an addon'.repeat(10)),
    ],
    [
      'prebuilt/torch-2.13 is not stripped',
      (dir) => copyFileSync(join(root, 'build/Release/gantorch.node'), join(dir, addon)),
    ],
    ['dist/index.d.mts is missing', (dir) => rmSync(join(dir, 'dist/index.d.mts'))],
    ['LICENSE is missing', (dir) => rmSync(join(dir, 'LICENSE'))],
    [
      'licenses/node-addon-api/LICENSE.md is missing',
      (dir) => rmSync(join(dir, 'licenses/node-addon-api/LICENSE.md')),
    ],
    [
      'dist/index.js.map does not belong into the package',
      (dir) => writeFileSync(join(dir, 'dist/index.js.map'), '{}'),
    ],
    [
      'dist/index.js contains a path of the machine that built it',
      (dir) => appendFileSync(join(dir, 'dist/index.js'), `// ${root}/lib/index.ts\n`),
    ],
    [
      'dist/index.js opens left-pad, which is not among the dependencies',
      (dir) => appendFileSync(join(dir, 'dist/index.js'), 'require("left-pad")\n'),
    ],
    [
      'package.json must not have scripts',
      (dir) => edit(dir, (manifest) => (manifest.scripts = { install: 'true' })),
    ],
    [
      'package.json must not have binary',
      (dir) => edit(dir, (manifest) => (manifest.binary = { napi_versions: [9] })),
    ],
    [
      'package.json must pin @gantorch/libtorch-linux-x64 2.11.0',
      (dir) =>
        edit(dir, (manifest) => {
          manifest.optionalDependencies = { '@gantorch/libtorch-linux-x64': '^2.11.0' }
        }),
    ],
  ])('%s', (problem, spoil) => {
    const copy = copyOf()
    spoil(copy)
    expect(check(copy)).toEqual([problem])
  })
})

test("README.md's sizes are those of the tarballs and of what they need", () => {
  const sizes = call('sizes', 'installedSizes', tarballs)
  const shown = tableRows(readFileSync(join(root, 'README.md'), 'utf8'))
  const real = tableRows(call('sizes', 'sizesTable', sizes) as string)
  expect(shown.map(([part]) => part)).toEqual(real.map(([part]) => part))
  real.forEach(([, ...numbers], i) =>
    numbers.forEach((text, j) => {
      const [is, says] = [text, shown[i]![j + 1]!].map((number) => parseFloat(number) || 0)
      // Releases of dependencies differ in size, and so do compilers' addons.
      expect(Math.abs(says! - is!)).toBeLessThanOrEqual(0.1 * is!)
    }),
  )
})

/** The cells of the table of sizes. */
function tableRows(text: string): string[][] {
  const [, rows] = /^\| part +\| to fetch.*\n\|[ -:|]+\n((?:\|.*\n?)+)/m.exec(text) ?? []
  if (rows === undefined) throw new Error('there is no table of sizes')
  return rows
    .trim()
    .split('\n')
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}
