/** What publint and @arethetypeswrong/cli find in a tarball: wrong entries, wrong types. */
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packages = join(dirname(fileURLToPath(import.meta.url)), '..', 'node_modules')

/** @param {string} tarball */
const commands = (tarball) => [
  ['publint', 'publint/src/cli.js', 'run', tarball, '--strict'],
  ['attw', '@arethetypeswrong/cli/dist/index.js', tarball, '--no-color', '--no-emoji'],
]

/** The words of each program that is not content. @param {string} tarball */
export function lintTarball(tarball) {
  return commands(tarball).flatMap(([name, path, ...options]) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(packages, path), ...options],
      { encoding: 'utf8' },
    )
    const silent = status === 0 && (name === 'attw' || stdout.includes('All good!'))
    return silent ? [] : [`${name} on ${tarball}:\n${stdout}${stderr}`]
  })
}
