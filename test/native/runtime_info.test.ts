/** What the addon says of itself and of the libtorch that it runs on. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { native } from '../../lib/native'
import { versionOf } from '../../lib/native_search'

const root = join(__dirname, '..', '..')

test('the addon states the versions that lib/native.ts compares', () => {
  const { libtorch, builtFor, gantorch } = native().runtimeInfo()
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  expect(manifest).toHaveProperty('version', gantorch)
  expect(builtFor).toMatch(/^2\.\d+\.\d+$/)
  expect(libtorch.split('.').slice(0, 2)).toEqual(builtFor.split('.').slice(0, 2))
})

test('the open libtorch is the one that was named', () => {
  const named = process.env.GANTORCH_LIBTORCH
  if (!named) {
    console.log('GANTORCH_LIBTORCH is not set: nothing to compare')
    return
  }
  expect(native().runtimeInfo().libtorch).toBe(versionOf(named))
})
