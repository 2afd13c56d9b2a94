/** scripts/portraits.mjs as its users run it: in a process of its own. */
import { spawn } from 'node:child_process'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import { put, removeFolder, temporaryFolder } from './picture_files'

const SCRIPT = resolve(__dirname, '../../scripts/portraits.mjs')
const COUNT = 997

interface Result {
  readonly code: number | null
  readonly output: string
  readonly seconds: number
}

/** Runs the script; `enough` stops it with SIGKILL as soon as it says so. */
function run(args: readonly string[], enough?: () => Promise<boolean>): Promise<Result> {
  const start = performance.now()
  const child = spawn(process.execPath, [SCRIPT, ...args])
  let output = ''
  child.stdout.on('data', (chunk) => (output += String(chunk)))
  child.stderr.on('data', (chunk) => (output += String(chunk)))
  const watch = setInterval(() => void enough?.().then((stop) => stop && child.kill('SIGKILL')), 5)
  return new Promise((done, failed) => {
    child.on('error', failed)
    child.on('close', (code) => {
      clearInterval(watch)
      done({ code, output, seconds: (performance.now() - start) / 1000 })
    })
  })
}

const pictures = async (folder: string): Promise<string[]> =>
  (await readdir(folder).catch(() => [])).filter((name) => !name.startsWith('.')).sort()

let folder: string
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => removeFolder(folder))

test('an interrupted run leaves whole pictures only, and the next one completes it', async () => {
  const args = ['--folder', folder, '--size', '16']
  const killed = await run(args, async () => (await pictures(folder)).length > 20)
  expect(killed.code).toBeNull()
  const some = await pictures(folder)
  expect(some.length).toBeGreaterThan(20)
  expect(some.length).toBeLessThan(COUNT)

  const completed = await run(args)
  expect(completed.code).toBe(0)
  expect(completed.output).toContain('Noto Emoji by Google, Apache License 2.0')
  expect(completed.output).toContain(`${COUNT - some.length} of ${COUNT} portraits written`)
  const all = await pictures(folder)
  expect(all).toHaveLength(COUNT)
  for (const name of all) {
    const { info } = await sharp(join(folder, name)).raw().toBuffer({ resolveWithObject: true })
    expect([info.width, info.height, info.channels]).toEqual([16, 16, 3])
  }
  expect(all).toEqual(expect.arrayContaining(['1f385.png', '1f385-1f3ff.png']))
}, 60_000)

test('a complete folder is left alone, quickly; a missing picture comes back', async () => {
  const args = ['--folder', folder, '--size', '16']
  const again = await run(args)
  expect(again.output).toBe(`${COUNT} portraits are ready in ${folder}\n`)
  expect(again.seconds).toBeLessThan(2)
  await rm(join(folder, '1f385.png'))
  expect((await run(args)).output).toContain(`1 of ${COUNT} portraits written`)
})

test('another size makes all pictures anew', async () => {
  const before = await readFile(join(folder, '1f385.png'))
  const result = await run(['--folder', folder, '--size', '8'])
  expect(result.output).toContain(`${COUNT} of ${COUNT} portraits written`)
  expect((await sharp(before).metadata()).width).toBe(16)
  expect((await sharp(await readFile(join(folder, '1f385.png'))).metadata()).width).toBe(8)
}, 60_000)

test('pictures of another origin are never touched', async () => {
  const other = await temporaryFolder()
  await put(other, '1f385.png', 'mine')
  const result = await run(['--folder', other])
  expect(result.code).toBe(1)
  expect(result.output).toContain('[portraits]')
  expect(result.output).toContain('holds pictures of another origin')
  expect(await readFile(join(other, '1f385.png'), 'utf8')).toBe('mine')
  await removeFolder(other)
})

test('a bad size is refused', async () => {
  const result = await run(['--folder', folder, '--size', 'big'])
  expect(result).toMatchObject({
    code: 1,
    output: '[portraits] size must be a positive integer, received NaN\n',
  })
})
