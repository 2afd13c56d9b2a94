/** What the addon says of itself and of the libtorch that it runs on. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { choose, native, thisHost } from '../../lib/native'

const root = join(__dirname, '..', '..')

test('the addon states the versions that lib/native.ts compares', () => {
  const { libtorch, builtFor, gantorch } = native().runtimeInfo()
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  expect(manifest).toHaveProperty('version', gantorch)
  expect(builtFor).toMatch(/^2\.\d+\.\d+$/)
  expect(libtorch.split('.').slice(0, 2)).toEqual(builtFor.split('.').slice(0, 2))
})

test('the open libtorch is the one that was found', () => {
  expect(native().runtimeInfo().libtorch).toBe(choose(thisHost()).libtorch.version)
})
