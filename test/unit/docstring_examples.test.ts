/** The examples in docstrings of lib/: their types are right, whatever the names in them stand for. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as gantorch from '../../lib/index'

jest.setTimeout(120_000)

const root = join(__dirname, '..', '..')
const lib = join(root, 'lib')

/** Types that examples name. */
const TYPES = ['LayerOptions', 'Moment', 'Weight', 'WeightStep']

/** What examples take as given: tensors, data, models, functions. */
const GIVEN =
  'x y z a b c p q up skip shortcut memory values yTrue yPred image images noise label labels ' +
  'valid validity klass digits pictures real fake generator discriminator combined critic model ' +
  'autoencoder dropout sameShape readFile step signal bytes query value labelEmbedding half rare ' +
  'dataset'

const names = [...Object.keys(gantorch), ...TYPES.map((name) => `type ${name}`)]
const imports = `import { ${[...new Set(names)].join(', ')} } from 'gantorch'`

/** Declared for all examples, which may declare their own. */
const given = `declare global {\n  const ${GIVEN.split(' ').join(': any, ')}: any\n}\nexport {}\n`

/** Of each docstring the code below `@example`, up to the next tag. */
function examplesOf(text: string): string[] {
  const docstrings = [...text.matchAll(/\/\*\*.*?\*\//gs)].map(([docstring]) => docstring)
  return docstrings.flatMap((docstring) => {
    const inside = docstring.slice(0, -'*/'.length)
    const lines = inside.split('\n').map((line) => line.replace(/^\s*\* ?/, ''))
    const start = lines.findIndex((line) => line.startsWith('@example'))
    const code = lines.slice(start + 1)
    const end = code.findIndex((line) => line.startsWith('@'))
    return start < 0 ? [] : [code.slice(0, end < 0 ? undefined : end).join('\n')]
  })
}

let folder: string

beforeAll(() => {
  // Inside the project, so that 'gantorch' is this package.
  mkdirSync(join(root, '.cache'), { recursive: true })
  folder = mkdtempSync(join(root, '.cache', 'examples-'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the examples of docstrings', () => {
  const files = readdirSync(lib, { recursive: true, encoding: 'utf8' })
  let count = 0
  for (const file of files.filter((name) => name.endsWith('.ts')).sort()) {
    examplesOf(readFileSync(join(lib, file), 'utf8')).forEach((example, i) => {
      const name = `${file.replace(/\W/g, '_')}_${i}.mts`
      writeFileSync(join(folder, name), `${imports}\n{\n${example}\n}\n`)
      count++
    })
  }
  expect(count).toBeGreaterThan(90)
  writeFileSync(join(folder, 'given.d.mts'), given)
  const compilerOptions = { types: ['node'], noUncheckedIndexedAccess: false, noImplicitAny: false }
  const settings = { extends: '../../tsconfig.json', compilerOptions, include: ['*.mts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings))
  const tsc = join(dirname(require.resolve('typescript')), 'tsc.js')
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', '.'], {
    cwd: folder,
    encoding: 'utf8',
  })
  expect(stdout).toBe('')
})
