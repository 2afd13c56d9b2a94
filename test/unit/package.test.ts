/** The package as its users load it: both module systems give every public name. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as library from '../../lib/index'

const root = join(__dirname, '..', '..')
const expected = Object.keys(library).sort()
let folder: string

beforeAll(() => {
  if (!existsSync(join(root, 'dist', 'index.js'))) {
    throw new Error('dist/ is not built: npm run setup')
  }
  folder = mkdtempSync(join(tmpdir(), 'gantorch-package-'))
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules', 'gantorch'))
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** What a program of that name and text prints, as JSON. */
function run(name: string, text: string): unknown {
  writeFileSync(join(folder, name), text)
  const { stdout, stderr, status } = spawnSync(process.execPath, [name], {
    cwd: folder,
    encoding: 'utf8',
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return JSON.parse(stdout)
}

test('there are public names', () => {
  expect(expected).toEqual(
    expect.arrayContaining(['Adam', 'Dense', 'NDArray', 'Sequential', 'ops']),
  )
})

test("require('gantorch') gives all of them", () => {
  const names = run(
    'program.cjs',
    "console.log(JSON.stringify(Object.keys(require('gantorch')).sort()))",
  )
  expect(names).toEqual(expected)
})

test("import * from 'gantorch' gives all of them", () => {
  const names = run(
    'program.mjs',
    "import * as library from 'gantorch'\nconsole.log(JSON.stringify(Object.keys(library)))",
  ) as string[]
  expect(names.sort()).toEqual(expected)
})

test('named imports are the objects that require gives', () => {
  const same = run(
    'both.mjs',
    [
      "import { createRequire } from 'node:module'",
      `import { ${expected.join(', ')} } from 'gantorch'`,
      "const required = createRequire(import.meta.url)('gantorch')",
      `const imported = { ${expected.join(', ')} }`,
      'const differing = Object.keys(imported).filter((name) => imported[name] !== required[name])',
      'console.log(JSON.stringify(differing))',
    ].join('\n'),
  )
  expect(same).toEqual([])
})

test('types and manifest are part of the package', () => {
  for (const name of ['index.d.ts', 'index.d.mts']) {
    expect(existsSync(join(root, 'dist', name))).toBe(true)
  }
  const manifest = run(
    'manifest.cjs',
    "console.log(JSON.stringify(require('gantorch/package.json')))",
  )
  expect(manifest).toMatchObject({ main: './dist/index.js', types: './dist/index.d.ts' })
})
