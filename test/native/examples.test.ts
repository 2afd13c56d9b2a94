/** The examples, for a few steps each, as a user starts them. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
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

test('dcgan.ts --fused gives the log of the plain calls', () => {
  const options = ['--images', folder, '--epochs', '2', '--batch-size', '2', '--seed', '3']
  const log = (args: readonly string[]): string[] => {
    const output = run('dcgan.ts', args)
    // Its sheets would be among the next run's pictures.
    rmSync(join(folder, 'images'), { recursive: true })
    return output.split('\n').filter((line) => line.includes('[D loss'))
  }
  const fused = log([...options, '--fused'])
  expect(fused).toHaveLength(2)
  expect(fused).toEqual(log(options))
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
  writeFileSync(join(out, 'samples_30s.png'), '')
  const again = run('portraits.ts', [...options, '--continue'])
  expect(again).toContain(`npm start -- --continue --images ${folder} --out ${out}\n`)
  const anew = run('portraits.ts', options)
  expect(anew).toContain(`The earlier run's files are now in ${join(out, 'earlier-1')}\n`)
  const earlier = ['real_and_generated.png', 'samples.png', 'samples_30s.png', 'weights.bin']
  expect(readdirSync(join(out, 'earlier-1')).sort()).toEqual(earlier)
  truncateSync(join(out, 'weights.bin'), 1000)
  expect(() => run('portraits.ts', [...options, '--continue'])).toThrow(
    /\[portraits\] can't continue from .*weights\.bin \(it has 1000 bytes.*without --continue/,
  )
  const file = join(out, 'weights.bin')
  expect(() => run('portraits.ts', ['--images', folder, '--out', join(file, 'x')])).toThrow(
    /\[portraits\] can't write to .*name another --out/,
  )
})

test('portraits.ts names the pictures that it leaves out', () => {
  const own = join(folder, 'own pictures')
  mkdirSync(own)
  copyFileSync(join(folder, '1.png'), join(own, '1.png'))
  writeFileSync(join(own, 'broken.png'), 'no picture')
  const out = join(folder, 'broken')
  const output = run('portraits.ts', ['--images', own, '--out', out, '--seconds', '0.1'])
  expect(output).toMatch(/^1 more can't be read and are left out:\n {2}broken\.png: /m)
  expect(output).toContain(`--images '${own}'`)
})

test('portraits.ts makes its portraits in a clone that has none', () => {
  const clone = join(folder, 'clone')
  mkdirSync(clone)
  for (const name of ['package.json', 'examples', 'scripts']) {
    cpSync(join(root, name), join(clone, name), { recursive: true })
  }
  for (const name of ['node_modules', 'dist', 'build']) {
    symlinkSync(join(root, name), join(clone, name))
  }
  const program = join(clone, 'examples', 'portraits.ts')
  const options = ['--seconds', '0.1', '--out', join(clone, 'run')]
  const output = execFileSync(process.execPath, ['--import', tsx, program, ...options], {
    cwd: clone,
    encoding: 'utf8',
    stdio: 'pipe',
  })
  expect(output).toContain('997 of 997 portraits written')
  expect(output).toContain('997 pictures of 32 x 32 pixels')
})

test('Ctrl-C ends portraits.ts early, its weights and sheets saved', async () => {
  const out = join(folder, 'interrupted')
  const program = join(root, 'examples', 'portraits.ts')
  const options = ['--images', folder, '--out', out, '--seconds', '600']
  const child = spawn(process.execPath, ['--import', tsx, program, ...options])
  let output = ''
  child.stdout.on('data', (text: Buffer) => {
    output += text.toString()
    if (output.includes('a second Ctrl-C ends at once') && !child.killed) child.kill('SIGINT')
  })
  const [code] = (await once(child, 'close')) as [number | null]
  expect(output).toContain('Ended early')
  expect(code).toBe(0)
  expect(existsSync(join(out, 'weights.bin'))).toBe(true)
  expect(existsSync(join(out, 'samples.png'))).toBe(true)
})
