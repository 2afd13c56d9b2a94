/** docs/troubleshooting.md has an entry for every error, and shows what is really thrown. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as errors from '../../lib/errors'
import { LOAD_REASONS } from '../../lib/load_reasons'
import { ROOT, sectionsOf } from './guide_pages'
import { FAILURES, LOAD_FAILURES } from './troubleshooting_errors'

const entries = sectionsOf('docs/troubleshooting.md', 3)

/** What the page shows of an error under this heading. */
function shown(heading: string): string {
  const text = entries.find(({ title }) => title === heading)?.blocks[0]?.text
  if (text === undefined) throw new Error(`docs/troubleshooting.md shows no error under ${heading}`)
  return text.trimEnd()
}

const cwd = process.cwd()
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantorch-troubleshooting-'))
  process.chdir(folder)
})
afterAll(() => {
  process.chdir(cwd)
  rmSync(folder, { recursive: true })
})

test('every class of errors and every reason for which loading fails has an entry', () => {
  const classes = Object.keys(errors).filter((name) => name !== 'GantorchError')
  const titles = entries.map(({ title }) => title)
  expect(titles).toEqual(expect.arrayContaining(LOAD_REASONS.map((reason) => `\`${reason}\``)))
  expect(titles).toEqual(expect.arrayContaining(classes))
  expect(Object.keys(FAILURES).sort()).toEqual(
    classes.filter((name) => name !== 'LoadError').sort(),
  )
})

test.each(Object.entries(LOAD_FAILURES))('%s', (reason, make) => {
  const error = make()
  expect(error).toMatchObject({ name: 'LoadError', code: 'GANTORCH_LOAD', reason })
  expect(shown(`\`${reason}\``)).toBe(`LoadError: ${error.message}`)
})

test('sharp', () => {
  // A process in which nothing of that name is found.
  const where = 'imported from /project/node_modules/gantorch/dist/library.js'
  const hooks = `export const resolve = (name, context, next) => {
    if (name !== 'sharp') return next(name, context)
    throw new Error("Cannot find package 'sharp' ${where}")
  }`
  const program = `
    require('node:module').register('data:text/javascript,' + ${JSON.stringify(encodeURIComponent(hooks))})
    require(${JSON.stringify(join(ROOT, 'dist', 'index.js'))})
      .readImage('a.png', { height: 8, width: 8 })
      .catch(({ name, message, reason }) => console.log(reason + '\\n' + name + ': ' + message))`
  writeFileSync('a.png', '')
  const { stdout } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' })
  expect(stdout.trimEnd()).toBe(`sharp\n${shown('`sharp`')}`)
})

test.each(Object.entries(FAILURES))('%s', async (name, act) => {
  const error: unknown = await Promise.resolve()
    .then(act)
    .catch((reason: unknown) => reason)
  if (!(error instanceof errors.GantorchError)) throw new Error(`${name} was not thrown`)
  expect(error.name).toBe(name)
  // How much memory is free differs.
  const numbers = (text: string) => (name === 'OutOfMemoryError' ? text.replace(/\d+/g, 'N') : text)
  expect(numbers(shown(name))).toBe(numbers(`${name}: ${error.message}`))
})
