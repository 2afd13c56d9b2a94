/**
 * The API reference with the guides, by typedoc: docs/api/ from all that lib/index.ts exports.
 * Fails on broken links, types without a page, and public things without a description:
 *   node scripts/docs.mjs [--check]      --check writes nothing
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Application, ReflectionKind } from 'typedoc'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** Classes that users know by the name of what calls them: their page is that of `Dense`. */
function classesBehindCallables() {
  const lib = join(root, 'lib')
  const files = readdirSync(lib, { recursive: true, encoding: 'utf8' })
  const texts = files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(lib, file), 'utf8'))
  const made = /(?:layerClass|callableClass)\(\s*'\w+',\s*(\w+)/g
  return texts.flatMap((text) => [...text.matchAll(made)].map((match) => match[1]))
}

/** Types of the machinery: what they stand for is said where they are used. */
const INNER = [
  // Lists of names, which the pages of their types spell out.
  'BY_NAME',
  'CLASSES',
  'DTYPES',
  'FUNCTIONS',
  'INTERPOLATIONS',
  'LOAD_REASONS',
  'REDUCTIONS',
  // Computations of types.
  'ByName',
  'Constructor',
  'IsUnion',
  'LayerConstructor',
  'MetricNames',
  'NamedResult',
  // Bases between a public base and its classes.
  'FanInitializer',
  'TensorSpec',
  'Traceable',
  'WeightedMean',
]

const app = await Application.bootstrap({
  entryPoints: [join(root, 'lib', 'index.ts')],
  tsconfig: join(root, 'tsconfig.build.json'),
  out: join(root, 'docs', 'api'),
  name: 'gantorch',
  readme: join(root, 'README.md'),
  projectDocuments: ['docs/*.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].map((path) =>
    join(root, path),
  ),
  excludeInternal: true,
  excludePrivate: true,
  intentionallyNotExported: [...classesBehindCallables(), ...INNER],
  validation: { notExported: true, invalidLink: true, invalidPath: true, notDocumented: true },
  requiredToBeDocumented: ['Class', 'Interface', 'TypeAlias', 'Variable'],
  treatWarningsAsErrors: true,
})
const project = await app.convert()
if (!project) process.exit(1)
app.validate(project)
// typedoc's own check of functions takes in every method, also those that override described ones.
for (const { signatures } of project.getReflectionsByKind(ReflectionKind.Function)) {
  for (const signature of signatures) {
    if (!signature.hasComment()) app.logger.warn(`${signature.getFriendlyFullName()} says nothing`)
  }
}
if (!process.argv.includes('--check') && !app.logger.hasErrors()) await app.generateOutputs(project)
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1
