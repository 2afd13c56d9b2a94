/**
 * The API reference with the guides, by typedoc: docs/api/ from all that lib/index.ts exports.
 * Fails on broken links, types without a page, and public things without a description:
 *   node scripts/docs.mjs
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Application, Comment, CommentTag, Converter, ReflectionKind } from 'typedoc'

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

/** Headings of the list of everything, by the folder or file in lib/. */
const CATEGORIES = {
  callbacks: 'Callbacks',
  config: 'Models',
  constraints: 'Initialisers, regularisers, constraints',
  errors: 'Errors',
  gan: 'Whole steps',
  graph: 'Tensors and ops',
  image: 'Pictures',
  initializers: 'Initialisers, regularisers, constraints',
  layers: 'Layers',
  load_reasons: 'Errors',
  losses: 'Losses and metrics',
  metrics: 'Losses and metrics',
  models: 'Models',
  ops: 'Tensors and ops',
  optimizers: 'Optimizers',
  public: 'Namespaces',
  regularizers: 'Initialisers, regularisers, constraints',
}

/** Pages are called by their headings; what stands under one heading of the list lies in one folder. */
function arrange({ project }) {
  for (const page of project.getReflectionsByKind(ReflectionKind.Document)) {
    page.name = /^# (.*)$/m.exec(page.content[0]?.text ?? '')?.[1] ?? page.name
  }
  for (const reflection of project.getReflectionsByKind(ReflectionKind.SomeExport)) {
    if (
      !reflection.parent?.kindOf(ReflectionKind.SomeModule) ||
      reflection.parent.name !== 'gantorch'
    ) {
      continue
    }
    const file = reflection.sources?.[0]?.fullFileName ?? ''
    const [, place = ''] = /\/lib\/(\w+)/.exec(file) ?? []
    const text = reflection.kindOf(ReflectionKind.Namespace)
      ? CATEGORIES.public
      : (CATEGORIES[place] ?? 'Arrays, random numbers, settings')
    reflection.comment ??= new Comment()
    reflection.comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text }]))
  }
}

const app = await Application.bootstrap({
  entryPoints: [join(root, 'lib', 'index.ts')],
  tsconfig: join(root, 'tsconfig.build.json'),
  out: join(root, 'docs', 'api'),
  name: 'gantorch',
  readme: join(root, 'README.md'),
  projectDocuments: ['docs/*.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].map((path) =>
    join(root, path),
  ),
  highlightLanguages: ['js', 'json', 'python', 'sh', 'text', 'ts'],
  ignoredHighlightLanguages: ['mermaid'],
  // Source links lead to this clone's own files, whether it has a remote or not.
  disableGit: true,
  sourceLinkTemplate: '../../../lib/{path}#L{line}',
  excludeInternal: true,
  excludePrivate: true,
  intentionallyNotExported: [...classesBehindCallables(), ...INNER],
  validation: { notExported: true, invalidLink: true, invalidPath: true, notDocumented: true },
  requiredToBeDocumented: ['Class', 'Interface', 'TypeAlias', 'Variable'],
  treatWarningsAsErrors: true,
})
app.converter.on(Converter.EVENT_RESOLVE_BEGIN, arrange)
const project = await app.convert()
if (!project) process.exit(1)
app.validate(project)
// typedoc's own check of functions takes in every method, also those that override described ones.
for (const { signatures } of project.getReflectionsByKind(ReflectionKind.Function)) {
  for (const signature of signatures) {
    if (!signature.hasComment()) app.logger.warn(`${signature.getFriendlyFullName()} says nothing`)
  }
}
if (!app.logger.hasErrors()) await app.generateOutputs(project)
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1
