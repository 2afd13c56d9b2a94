/** The forms in which people write and start programs that use gantorch. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { commonJs, esModule, typeScript } from './three_steps'

export interface Form {
  readonly title: string
  readonly files: Readonly<Record<string, string>>
  /** Arguments of node, one list for each command. */
  readonly commands: readonly (readonly string[])[]
  /** How often the last command trains. */
  readonly times?: number
}

/** The clone's own tools stand for those that the user would have installed. */
const program = (name: string, path: string) =>
  join(require.resolve(`${name}/package.json`), '..', path)

const nodeTypes = join(require.resolve('@types/node/package.json'), '../..')
const tsc = program('typescript', 'bin/tsc')
const jestProgram = program('jest', 'bin/jest.js')
const esbuild = pathToFileURL(require.resolve('esbuild')).href
const tsx = pathToFileURL(require.resolve('tsx')).href

/** Compiled with all checks of the declarations. */
function compiled(
  resolution: string,
  module: string,
  source: 'train.ts' | 'train.mts' | 'train.cts',
  options: { readonly type?: 'module'; readonly target?: string } = {},
): Form {
  const folder = `${resolution}-${module}-${source}`
  const config = {
    compilerOptions: {
      module,
      moduleResolution: resolution,
      target: options.target ?? 'ES2022',
      strict: true,
      skipLibCheck: false,
      // sharp's declarations ask for Node's.
      types: ['node'],
      typeRoots: [nodeTypes],
    },
    files: [source],
  }
  return {
    title: `TypeScript, moduleResolution ${resolution}, ${source}`,
    files: {
      [`${folder}/package.json`]: JSON.stringify({ type: options.type ?? 'commonjs' }),
      [`${folder}/tsconfig.json`]: JSON.stringify(config),
      [`${folder}/${source}`]: typeScript,
    },
    commands: [[tsc, '-p', folder], [`${folder}/${source.replace('ts', 'js')}`]],
  }
}

function bundled(format: 'esm' | 'cjs', source: string): Form {
  const ending = format === 'esm' ? 'mjs' : 'cjs'
  const options = {
    entryPoints: [`source.${ending}`],
    outfile: `bundle.${ending}`,
    bundle: true,
    platform: 'node',
    format,
    external: ['gantorch'],
  }
  const build = `import { build } from '${esbuild}'\nawait build(${JSON.stringify(options)})\n`
  return {
    title: `bundled by esbuild as ${format}, gantorch external`,
    files: { [`source.${ending}`]: source, 'build.mjs': build },
    commands: [['build.mjs'], [`bundle.${ending}`]],
  }
}

const worker = `
import { Worker } from 'node:worker_threads'
for (let i = 0; i < 2; i++) {
  await new Promise((resolve, reject) => {
    new Worker(new URL('./train.mjs', import.meta.url)).on('error', reject).on('exit', resolve)
  })
}
`

const jestTest = `
const { Dense, NDArray, Sequential, random, setRandomSeed } = require('gantorch')
test('trains', async () => {
  setRandomSeed(1)
  const model = new Sequential([Dense(8, { activation: 'relu', inputDim: 4 }), Dense(1)])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  const [x, y] = [random.normal(0, 1, [16, 4]), NDArray.ones([16, 1])]
  const lines = []
  for (let step = 1; step <= 3; step++) lines.push(step + ' ' + (await model.trainOnBatch(x, y)).loss)
  require('node:fs').writeSync(1, lines.join('\\n') + '\\n')
})
`

export const forms: readonly Form[] = [
  { title: 'an ES module', files: { 'train.mjs': esModule }, commands: [['train.mjs']] },
  { title: 'CommonJS', files: { 'train.cjs': commonJs }, commands: [['train.cjs']] },
  compiled('node10', 'commonjs', 'train.ts'),
  compiled('node16', 'node16', 'train.ts'),
  compiled('node16', 'node16', 'train.mts'),
  compiled('nodenext', 'nodenext', 'train.cts'),
  compiled('nodenext', 'nodenext', 'train.ts', { type: 'module' }),
  compiled('bundler', 'esnext', 'train.ts', { type: 'module' }),
  {
    title: 'TypeScript run by tsx',
    files: { 'tsx.mts': typeScript },
    commands: [['--import', tsx, 'tsx.mts']],
  },
  {
    title: 'a test of jest',
    files: { 'jest/train.test.js': jestTest, 'jest/package.json': '{ "jest": {} }' },
    commands: [[jestProgram, '--rootDir', 'jest', '--silent']],
  },
  {
    title: 'two workers, one after the other',
    files: { 'worker.mjs': worker, 'train.mjs': esModule },
    commands: [['worker.mjs']],
    times: 2,
  },
  bundled('esm', esModule),
  bundled('cjs', commonJs),
]

/** What the version of Node may change. */
export const formsOnNewest: readonly Form[] = [
  ...forms.filter(({ title }) => /^(an ES|CommonJS|two workers|.* by tsx|.*\.cts$)/.test(title)),
  {
    title: 'TypeScript run by Node.js itself',
    files: { 'plain.mts': typeScript },
    commands: [['plain.mts']],
  },
]
