/** The examples, for a few steps each, as a user starts them. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import sharp from 'sharp'

const root = join(__dirname, '..', '..')
const tsx = pathToFileURL(require.resolve('tsx')).href
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gantorch-examples-'))
  for (let i = 0; i < 6; i++) {
    const background = { r: 40 * i, g: 128, b: 255 - 40 * i }
    const picture = sharp({ create: { width: 40, height: 32, channels: 3, background } })
    await picture.png().toFile(join(folder, `${i}.png`))
  }
})

afterAll(() => rmSync(folder, { recursive: true }))

function run(example: string, args: readonly string[]): string {
  const program = join(root, 'examples', example)
  return execFileSync(process.execPath, ['--import', tsx, program, ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: 'pipe',
  })
}

test('dcgan.ts prints both summaries and the log, and saves sheets', () => {
  const output = run('dcgan.ts', [
    ...['--images', folder, '--epochs', '3', '--batch-size', '2'],
    ...['--save-interval', '2', '--seed', '1'],
  ])
  expect(output).toContain('Total params: 1,587,777')
  expect(output).toContain('Total params: 5,706,947')
  const log = output.split('\n').filter((line) => line.includes('[D loss'))
  expect(log).toHaveLength(3)
  log.forEach((line, step) => {
    const form = /^(\d+) \[D loss: \d+\.\d{6}, acc\.: \d+\.\d{2}%\] \[G loss: \d+\.\d{6}\]$/
    expect(form.exec(line)?.[1]).toBe(String(step))
  })
  expect(readdirSync(join(folder, 'images')).sort()).toEqual(['img_0.png', 'img_2.png'])
  rmSync(join(folder, 'images'), { recursive: true })
})

test('dcgan.ts says what is wrong with its options', () => {
  expect(() => run('dcgan.ts', [])).toThrow(/--images <dir>' not specified/)
  expect(() => run('dcgan.ts', ['--images', folder, '--epochs', '0'])).toThrow(/positive integer/)
  const missing = join(folder, 'nowhere')
  expect(() => run('dcgan.ts', ['--images', missing])).toThrow(/\[imageFolder\].*nowhere/)
})

test('portraits.ts trains, leaves its sheets, and goes on from there', () => {
  const out = join(folder, 'run')
  const options = ['--images', folder, '--out', out, '--seconds', '1']
  expect(() => run('portraits.ts', [...options, '--continue'])).toThrow(
    /no .*weights\.bin to continue/,
  )
  run('portraits.ts', options)
  for (const name of ['samples.png', 'real_and_generated.png', 'weights.bin']) {
    expect([name, existsSync(join(out, name))]).toEqual([name, true])
  }
  expect(run('portraits.ts', [...options, '--continue'])).toContain('Go on training')
})
