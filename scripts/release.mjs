/**
 * Publishes both packages, after everything in them was checked; options go to npm publish:
 *   npm run release -- --dry-run
 *   npm run release -- --otp=123456
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SetupError, ensureLibtorch, main, versions } from './install.mjs'
import { lintTarball } from './lint_tarball.mjs'
import { pack } from './pack.mjs'
import { checkSymbolFloor } from './symbol_floor.mjs'

const where = 'release'
const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** What is published must be a commit, and described. Returns what is not so. */
function checkSources() {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
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
  const problems = lintTarball(gantorch)
  if (problems.length > 0) {
    throw new SetupError(where, problems.join('\n'), ['Mend package.json or scripts/dist.mjs.'])
  }
  // gantorch last: whoever can install it must get its libtorch too.
  for (const tarball of [libtorch, gantorch]) {
    const command = ['publish', tarball, ...options]
    const { status } = spawnSync('npm', command, { cwd: root, stdio: 'inherit' })
    if (status === 0) continue
    throw new SetupError(where, `npm did not publish ${tarball}; its words are above`, [
      'A libtorch package that is published already is no harm: publish gantorch alone:\n' +
        `    npm publish '${gantorch}'`,
    ])
  }
})
