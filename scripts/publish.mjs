/** Publishes tarballs, those only whose version the registry does not have: a published one never changes. */
import { spawnSync } from 'node:child_process'
import { SetupError } from './install.mjs'

/**
 * In the given order; `options` go to npm.
 * @param {readonly { name: string, version: string, tarball: string }[]} packages
 * @param {readonly string[]} options
 */
export function publishMissing(packages, options) {
  for (const { name, version, tarball } of packages) {
    if (isPublished(name, version, options)) {
      console.log(`${name} ${version} is published already: left as it is.`)
      continue
    }
    const { status } = spawnSync('npm', ['publish', tarball, ...options], { stdio: 'inherit' })
    if (status === 0) continue
    throw new SetupError('release', `npm did not publish ${tarball}; its words are above`, [
      'Mend that, then release again: what is published already is passed over.',
    ])
  }
}

/** @param {string} name @param {string} version @param {readonly string[]} options */
function isPublished(name, version, options) {
  const command = ['view', `${name}@${version}`, 'version', '--json', ...options]
  const { stdout, stderr } = spawnSync('npm', command, { encoding: 'utf8' })
  const answer = parse(stdout)
  if ([answer].flat().includes(version)) return true
  // Of a version that is missing npm says nothing, or E404 as of a package that is.
  if (answer === '' || answer?.error?.code === 'E404') return false
  throw new SetupError('release', `the registry did not say what it has of ${name}:\n${stderr}`, [
    'Check that npm reaches it:\n    npm ping',
  ])
}

/** @param {string} printed */
function parse(printed) {
  if (printed.trim() === '') return ''
  try {
    return JSON.parse(printed)
  } catch {
    return undefined
  }
}
