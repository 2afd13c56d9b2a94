/** Everything that README.md shows is run. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = join(__dirname, '..', '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const scratch = join(root, '.cache')

function blocks(language: string): string[] {
  const pattern = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms')
  return [...readme.matchAll(pattern)].map((match) => match[1] as string)
}

/** Runs a program in a folder of its own inside the project, so that 'gantorch' is this package. */
function run(
  name: string,
  program: string,
  args: readonly string[],
): { output: string; folder: string } {
  mkdirSync(scratch, { recursive: true })
  const folder = mkdtempSync(join(scratch, 'readme-'))
  writeFileSync(join(folder, name), program)
  const output = execFileSync(process.execPath, [...args, name], { cwd: folder, encoding: 'utf8' })
  return { output, folder }
}

test('the first program trains', () => {
  const [program] = blocks('ts')
  const tsx = pathToFileURL(require.resolve('tsx')).href
  const { output, folder } = run('first.mts', program as string, ['--import', tsx])
  expect(Number(output)).toBeGreaterThan(0)
  rmSync(folder, { recursive: true })
})

test('the TypeScript program trains and leaves its picture', () => {
  // The second of these blocks goes on where the first ends.
  const program = blocks('ts').slice(1, 3).join('\n')
  const tsx = pathToFileURL(require.resolve('tsx')).href
  const { output, folder } = run('program.mts', program, ['--import', tsx])
  expect(output).toContain('Model: "sequential_1"')
  expect(output).toMatch(/^19 \[D loss: \d+\.\d{6}, acc\.: \d+\.\d{2}%\] \[G loss: \d+\.\d{6}\]$/m)
  expect(output).toMatch(/^19 D \d+\.\d{6}, G \d+\.\d{6}$/m)
  expect(existsSync(join(folder, 'images', 'samples.png'))).toBe(true)
  rmSync(folder, { recursive: true })
})

test('the gradient penalty: the total is the weighted sum of its parts', () => {
  const [, , , program, ...more] = blocks('ts')
  expect(more).toEqual([])
  const tsx = pathToFileURL(require.resolve('tsx')).href
  const { output, folder } = run('penalty.mts', program as string, ['--import', tsx])
  const [total, onReal, onFake, penalty] = output.trim().split(' ').map(Number)
  const sum = (onReal as number) + (onFake as number) + 10 * (penalty as number)
  // Each is printed with three digits, the penalty counts tenfold.
  expect(Math.abs((total as number) - sum)).toBeLessThanOrEqual(0.0005 * 13)
  rmSync(folder, { recursive: true })
})

test('the CommonJS program runs', () => {
  const [program, ...more] = blocks('js')
  expect(more).toEqual([])
  const { output, folder } = run('program.cjs', program as string, [])
  expect(output.trim()).toBe('[ 2, 1 ]')
  rmSync(folder, { recursive: true })
})

test('every npm script and file that it names exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const named = [...readme.matchAll(/npm (?:run )?(start|test|dcgan|bench|pack|sizes)\b/g)].map(
    (m) => m[1],
  )
  expect(new Set(named)).toEqual(new Set(['start', 'test', 'dcgan', 'bench', 'pack', 'sizes']))
  for (const name of named) expect(scripts).toHaveProperty(name as string)
  const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map((match) => match[1] as string)
  expect(links.length).toBeGreaterThan(5)
  expect(links.filter((link) => !existsSync(join(root, link)))).toEqual([])
})
