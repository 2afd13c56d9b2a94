/** Makes tarballs with npm itself, so that they hold what npm would publish. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SetupError } from './install.mjs'

/**
 * Packs a folder into exactly this file: whoever looks meanwhile sees the old tarball or the new one.
 * @param {string} folder
 * @param {string} tarball
 */
export function npmPack(folder, tarball) {
  mkdirSync(dirname(tarball), { recursive: true })
  const partial = mkdtempSync(`${tarball}.partial-`)
  try {
    const options = ['pack', '--json', '--ignore-scripts', '--pack-destination', partial]
    const { status, stdout, stderr } = spawnSync('npm', options, { cwd: folder, encoding: 'utf8' })
    if (status !== 0) {
      throw new SetupError('pack', `npm pack failed in ${folder}:\n${stderr}`, ['Try again.'])
    }
    renameSync(join(partial, filename(stdout)), tarball)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}

/** npm 11 prints a list of packages, npm 12 an object by name. @param {string} printed */
function filename(printed) {
  return Object.values(JSON.parse(printed))[0].filename
}
