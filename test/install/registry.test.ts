/** Both packed packages in a real registry: installed by each package manager, used in each form. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { commands } from './commands'
import { packageManagers } from './package_managers'
import { forms, formsOnNewest } from './program_forms'
import { pythonTorches, pythonWith } from './python_torch'
import { publish, startRegistry, type Registry } from './registry'
import { esModule, stepsOf } from './three_steps'
import { installTools, nodes } from './tools'
import { userProject, type Ended, type Project } from './user_project'

jest.setTimeout(600_000)

const root = join(__dirname, '../..')

let folder: string
let registry: Registry
/** What the clone's own build computes: the same everywhere with this libtorch. */
let expected: readonly number[]
/** Where the tarballs were installed as README.md says, before any registry knew them. */
let fromTarballs: Project

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'gantorch-registry-')))
  installTools()
  expected = lossesOfTheClone()
  const pack = ['scripts/pack.mjs']
  const packed = execFileSync(process.execPath, pack, { cwd: root, encoding: 'utf8' })
  const tarballs = packed.trim().split('\n').slice(-2)
  registry = await startRegistry(join(folder, 'registry'))
  fromTarballs = projectOf('npm')
  printed(fromTarballs.run('npm', ['install', ...tarballs]))
  for (const tarball of tarballs) {
    publish(registry, tarball, join(folder, 'publisher'))
  }
})

afterAll(() => {
  registry?.stop()
  rmSync(folder, { recursive: true, force: true })
})

function lossesOfTheClone(): readonly number[] {
  mkdirSync(join(root, '.cache'), { recursive: true })
  const scratch = mkdtempSync(join(root, '.cache', 'registry-'))
  const project = userProject(scratch, nodes.own)
  const { text } = project.run('node', [project.write('train.mjs', esModule)], process.env)
  rmSync(scratch, { recursive: true })
  const { losses } = stepsOf(text)
  if (losses.length !== 3) throw new Error(`the clone does not train:\n${text}`)
  return losses
}

/** What a program printed; fails with all its words when it did not end well. */
function printed({ status, text }: Ended): string {
  if (status !== 0) throw new Error(`ended with ${status}:\n${text}`)
  return text
}

const managerOf = (title: string) =>
  packageManagers(registry.url, folder).find((one) => one.title === title)!

/** An empty folder that is set up for one of `packageManagers`. */
function projectOf(title: string): Project {
  const manager = managerOf(title)
  const project = userProject(folder, manager.node, manager.programs)
  for (const [name, text] of Object.entries(manager.files)) project.write(name, text)
  return project
}

/** Others' packages may be deprecated any day; Yarn 1 names them `gantorch > NAME@VERSION`. */
function complaints(text: string): string[] {
  const lines = text.split('\n').filter((line) => /warn|script|approve|error/i.test(line))
  return lines.filter((line) => {
    const ofOthers = / > [^ ]+@[^ ]+: /.test(line) || /deprecated/i.test(line)
    return !ofOthers || /gantorch@/.test(line)
  })
}

/** gantorch in such a folder, installed without a warning. */
function installed(title: string, ...options: readonly string[]): Project {
  const { install, usual } = managerOf(title)
  const project = projectOf(title)
  const text = printed(project.run(install[0], [...install.slice(1), ...options]))
  expect(complaints(text.replace(usual ?? /^$/, ''))).toEqual([])
  return project
}

describe('from the tarballs', () => {
  test("README.md's first program trains", () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8')
    fromTarballs.write('first.mts', /^```ts\n(.*?)^```$/ms.exec(readme)![1]!)
    const tsx = pathToFileURL(require.resolve('tsx')).href
    const text = printed(fromTarballs.run('node', ['--import', tsx, 'first.mts']))
    expect(Number(text)).toBeGreaterThan(0)
  })

  test('npx gantorch doctor finds the libtorch package', () => {
    const text = printed(fromTarballs.run('npx', ['gantorch', 'doctor']))
    const libtorch = join(fromTarballs.dir, 'node_modules/@gantorch/libtorch-linux-x64')
    expect(text).toContain(`- libtorch: ${libtorch}, `)
    expect(text).toMatch(/^gantorch loads here, in \d+ ms: libtorch 2\.11\.0/m)
    for (const minor of ['2.11', '2.12', '2.13', '2.14', '2.15']) {
      expect(text).toContain(`- libtorch ${minor}: `)
    }
  })
})

describe('installed by', () => {
  const titles = packageManagers('', '').map(({ title }) => title)

  test.each(titles)('%s', (title) => {
    const project = installed(title)
    const { start } = managerOf(title)
    project.write('train.mjs', esModule)
    const { losses, libtorch } = stepsOf(printed(project.run(start[0], start.slice(1))))
    expect(losses).toEqual(expected)
    expect(libtorch).toContain('libtorch-linux-x64')
    rmSync(project.dir, { recursive: true })
  })
})

describe.each([
  { where: 'this Node.js', manager: 'npm', taken: forms },
  { where: 'the newest', manager: 'npm 12 with the newest Node.js', taken: formsOnNewest },
])('used on $where as', ({ manager, taken }) => {
  let project: Project

  beforeAll(() => {
    project = installed(manager)
  })

  test.each(taken)('$title', ({ files, commands, times = 1 }) => {
    for (const [name, text] of Object.entries(files)) project.write(name, text)
    const texts = commands.map((options) => printed(project.run('node', options)))
    const losses = Array.from({ length: times }, () => expected).flat()
    expect(stepsOf(texts.at(-1)!).losses).toEqual(losses)
  })
})

describe("with no libtorch but a Python's", () => {
  let project: Project

  beforeAll(() => {
    project = installed('npm', '--omit=optional')
    project.write('train.mjs', esModule)
  })

  test('nothing is found without it', () => {
    const { status, text } = project.run('node', ['train.mjs'])
    expect(status).toBe(1)
    expect(text).toContain('package @gantorch/libtorch-linux-x64: not installed')
  })

  test.each(pythonTorches)('torch $version', (torch) => {
    const python = pythonWith(torch, folder)
    const path = commands(folder, { python3: `exec '${python}' "$@"` })
    const env = { PATH: `${path}:${project.path}` }
    const { losses, libtorch } = stepsOf(printed(project.run('node', ['train.mjs'], env)))
    expect(libtorch).toMatch(/\/site-packages\/torch\/lib\/libtorch_cpu\.so$/)
    expect(losses).toHaveLength(3)
    // Sums of at most 16 float32 products, which each libtorch may add up in another order.
    losses.forEach((loss, i) => expect(Math.abs(loss / expected[i]! - 1)).toBeLessThan(1e-5))
  })

  test('the cure that the message names first brings it', () => {
    const { text } = project.run('node', ['train.mjs'])
    const [, cure = ''] = /that holds it \(.*\):\n {4}(npm .*)\n/.exec(text) ?? []
    expect(cure).not.toBe('')
    printed(project.run('npm', cure.split(' ').slice(1)))
    const { losses, libtorch } = stepsOf(printed(project.run('node', ['train.mjs'])))
    expect(losses).toEqual(expected)
    expect(libtorch).toContain('libtorch-linux-x64')
  })
})
