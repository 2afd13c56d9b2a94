/** What `npm run release` publishes, to a real registry with two small packages. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRegistry, type Registry } from './registry'
import { installTools } from './tools'

jest.setTimeout(120_000)

const root = join(__dirname, '../..')

let folder: string
let registry: Registry

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gantorch-release-'))
  installTools()
  registry = await startRegistry(join(folder, 'registry'))
  writeFileSync(join(folder, 'npmrc'), `registry=${registry.url}\n${registry.token}\n`)
})

afterAll(() => {
  registry?.stop()
  rmSync(folder, { recursive: true, force: true })
})

function packed(name: string, version: string) {
  const dir = join(folder, `${name}-${version}`)
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ name, version }))
  const file = execFileSync('npm', ['pack', '--silent'], { cwd: dir, encoding: 'utf8' }).trim()
  return { name, version, tarball: join(dir, file) }
}

function publishMissing(packages: readonly object[], ...more: readonly string[]) {
  const options = ['--userconfig', join(folder, 'npmrc'), '--registry', registry.url, ...more]
  const code = `
    const { publishMissing } = await import('./scripts/publish.mjs')
    const { main } = await import('./scripts/install.mjs')
    await main(async () => publishMissing(...${JSON.stringify([packages, options])}))`
  const program = ['--input-type=module', '-e', code]
  const { status, stdout, stderr } = spawnSync(process.execPath, program, {
    cwd: root,
    encoding: 'utf8',
  })
  return { status, stdout, text: stdout + stderr }
}

test('a second release passes over what the registry has', () => {
  const libtorch = packed('@gantorch/libtorch-linux-x64', '2.11.0')
  const first = [libtorch, packed('gantorch', '0.1.0')]
  expect(publishMissing(first, '--dry-run')).toMatchObject({ status: 0 })
  expect(publishMissing(first).stdout).toMatch(
    /^\+ @gantorch\/libtorch-linux-x64@2\.11\.0\n\+ gantorch@0\.1\.0\n$/m,
  )
  const second = publishMissing([libtorch, packed('gantorch', '0.1.1')])
  expect(second.stdout).toMatch(
    /^@gantorch\/libtorch-linux-x64 2\.11\.0 is published already: .*\n\+ gantorch@0\.1\.1\n$/m,
  )
  expect(second.status).toBe(0)
})

test('a registry that does not answer is no empty one', () => {
  const there = ['--registry', 'http://127.0.0.1:9/', '--fetch-retries', '0']
  const { status, text } = publishMissing([packed('gantorch', '0.1.2')], ...there)
  expect(text).toContain('[release] the registry did not say what it has of gantorch:\n')
  expect(status).toBe(1)
})
