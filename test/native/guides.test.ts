/** The programs that docs/ shows: their types are right, they run, and print what the pages say. */
import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { programOf, ROOT, roundedAs, sectionsOf } from './guide_pages'

jest.setTimeout(240_000)

const PAGES = ['getting-started', 'from-keras', 'from-pytorch']
const programs = PAGES.flatMap((page) =>
  sectionsOf(`docs/${page}.md`).flatMap((section) => {
    const program = programOf(section)
    return program ? [{ page, ...program }] : []
  }),
)
/** Fewer steps than a reader's: what is printed is the beginning of what the page shows. */
const SHORTENED: Record<string, readonly string[]> = { training: ['1'] }

const tsx = pathToFileURL(require.resolve('tsx')).href

let folder: string

beforeAll(() => {
  // Inside the project, so that 'gantorch' is this package.
  mkdirSync(join(ROOT, '.cache'), { recursive: true })
  folder = mkdtempSync(join(ROOT, '.cache', 'guides-'))
  for (const { page, name, text } of programs) {
    mkdirSync(join(folder, page), { recursive: true })
    writeFileSync(join(folder, page, `${name}.mts`), text)
  }
  const compilerOptions = { types: ['node'] }
  const settings = { extends: '../../tsconfig.json', compilerOptions, include: ['*/*.mts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('every page has programs, each of a name of its own', () => {
  for (const page of PAGES) expect(programs.map((program) => program.page)).toContain(page)
  const names = programs.map(({ page, name }) => `${page}/${name}`)
  expect(new Set(names).size).toBe(names.length)
  expect(names).toEqual(expect.arrayContaining(['getting-started/training']))
})

test('their types are right', () => {
  const tsc = join(dirname(require.resolve('typescript')), 'tsc.js')
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
  expect(stdout).toBe('')
})

test('every npm script that a page names exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const pages = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'))
  for (const page of ['../CONTRIBUTING.md', '../README.md', ...pages]) {
    const text = readFileSync(join(ROOT, 'docs', page), 'utf8')
    for (const [, name] of text.matchAll(/npm run ([\w:]+)/g)) {
      expect([page, Object.keys(scripts)]).toEqual([page, expect.arrayContaining([name])])
    }
  }
})

// In the order of the page, in one folder: later programs use files that earlier ones left.
test.each(programs)('$page: $name', async ({ page, name, output }) => {
  const args = page === 'getting-started' ? (SHORTENED[name] ?? []) : []
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', tsx, `${name}.mts`, ...args],
    { cwd: join(folder, page) },
  )
  if (output === undefined) return
  const lines = args.length > 0 ? stdout.trimEnd().split('\n').length : Infinity
  const shown = output.trimEnd().split('\n').slice(0, lines).join('\n')
  expect(roundedAs(shown, stdout.trimEnd())).toBe(shown)
})
