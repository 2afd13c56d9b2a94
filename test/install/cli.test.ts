/** The command `gantorch` as users call it. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const cli = join(__dirname, '../../dist/cli.js')

let cache: string

beforeAll(() => {
  cache = mkdtempSync(join(tmpdir(), 'gantorch-cli-'))
})

afterAll(() => {
  rmSync(cache, { recursive: true, force: true })
})

const run = (...words: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...words], {
    env: { ...process.env, GANTORCH_CACHE: cache },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test('help', () => {
  for (const words of [['--help'], ['setup', '--help']]) {
    const { status, stdout } = run(...words)
    expect(stdout).toContain('Usage: gantorch')
    expect(status).toBe(0)
  }
})

test('version', () => {
  const manifest = readFileSync(join(cli, '../../package.json'), 'utf8')
  const { stdout, status } = run('--version')
  expect(manifest).toContain(`"version": "${stdout.trim()}"`)
  expect(status).toBe(0)
})

test.each([
  [['setup', '--cudaa'], "unknown option '--cudaa' (Did you mean --cuda?)", 'gantorch setup'],
  [['setpu'], "unknown command 'setpu' (Did you mean setup?)", 'gantorch'],
  [['setup', '--from'], "option '--from <folder>' argument missing", 'gantorch setup'],
  [['setup', 'now'], "too many arguments for 'setup'", 'gantorch setup'],
])('%j', (words, cause, command) => {
  const { status, stderr } = run(...words)
  expect(stderr).toContain(`[gantorch] ${cause}`)
  expect(stderr).toContain(`Possible solutions:\n- See what there is:\n    npx ${command} --help\n`)
  expect(status).toBe(1)
})

test('a libtorch that nobody knows', () => {
  const { status, stderr } = run('setup', '--libtorch', '1.0.0')
  expect(stderr).toBe(
    '[setup] gantorch knows no libtorch 1.0.0\nPossible solutions:\n' +
      '- Take one of 2.11.0, 2.12.1, 2.13.0, 2.14.1, 2.15.0.\n',
  )
  expect(status).toBe(1)
})

test('the real CUDA part: 13 wheels of NVIDIA and torch', () => {
  const { stdout } = run('setup', '--cuda', '--dry-run')
  expect(stdout).toMatch(/To fetch: 15 wheels, 2\.5 GB/)
  expect(readdirSync(cache)).toEqual([])
})

test('nothing of it is in what programs import', () => {
  const bundled = (name: string) => readFileSync(join(cli, '..', name), 'utf8')
  // esbuild names the source of each part of a bundle.
  expect(bundled('cli.js')).toContain('// lib/install/setup_command.ts')
  expect(bundled('index.js')).not.toContain('lib/install/')
})
