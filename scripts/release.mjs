/**
 * Publishes both packages, after everything in them was checked, and passes over a version that is
 * published already, as the libtorch package's mostly is. Options go to npm publish:
 *   npm run release -- --dry-run
 *   npm run release -- --otp=123456
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SetupError, ensureLibtorch, main, versions } from './install.mjs'
import { lintTarball } from './lint_tarball.mjs'
import { libtorchPackage } from './libtorch_package.mjs'
import { pack } from './pack.mjs'
import { publishMissing } from './publish.mjs'
import { checkSymbolFloor } from './symbol_floor.mjs'

const where = 'release'
const root = join(dirname(fileURLToPath(import.meta.url)), '..')

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** What is published must be a commit, and described. Returns what is not so. */
function checkSources() {
  const { version } = manifest
  const changes = readFileSync(join(root, 'CHANGELOG.md'), 'utf8')
  const options = { cwd: root, encoding: /** @type {const} */ ('utf8') }
  const { stdout } = spawnSync('git', ['status', '--porcelain'], options)
  return [
    ...(changes.includes(`\n## [${version}]`) ? [] : [`CHANGELOG.md has no section [${version}]`]),
    ...(stdout.trim() === '' ? [] : [`these files are not committed:\n${stdout.trimEnd()}`]),
  ]
}

/** Addons of a newer compiler would not open on all the systems that libtorch runs on. */
async function checkAddons() {
  for (const version of versions) {
    const minor = version.split('.').slice(0, 2).join('.')
    const place = join(root, 'prebuilt', `torch-${minor}`, 'prebuilds', 'linux-x64')
    checkSymbolFloor([join(place, 'gantorch.glibc.node')], await ensureLibtorch({ version }))
  }
}

await main(async () => {
  const options = process.argv.slice(2)
  const open = checkSources()
  for (const problem of open) console.error(`[${where}] ${problem}`)
  if (open.length > 0 && !options.includes('--dry-run')) {
    throw new SetupError(where, 'the sources are not ready, see above', [
      'Commit everything, with a section for this version in CHANGELOG.md.',
      'Or only rehearse:\n    npm run release -- --dry-run',
    ])
  }
  const { gantorch, libtorch } = await pack()
  await checkAddons()
  const problems = [gantorch, libtorch].flatMap(lintTarball)
  if (problems.length > 0) {
    throw new SetupError(where, problems.join('\n'), ['Mend package.json or scripts/dist.mjs.'])
  }
  // gantorch last: whoever can install it must get its libtorch too.
  const { version } = manifest
  publishMissing(
    [
      { ...libtorchPackage, tarball: libtorch },
      { name: 'gantorch', version, tarball: gantorch },
    ],
    options,
  )
})
