#!/usr/bin/env node
/**
 * What prebuildify calls in the place of node-gyp: leaves one addon in build/Release of the working
 * folder, made by cmake-js with the clone's CMakeLists.txt, or taken from where it is already.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, freemem } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const { GANTORCH_PREBUILD_LIBTORCH: libtorch, GANTORCH_PREBUILD_FROM: from } = process.env
const build = resolve('build')
const output = join(build, 'Release')

/** Ends the process when cmake-js fails; of `configure` only errors are worth reading. */
function cmakeJs(command, ...options) {
  const program = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js')
  const places = ['--directory', root, '--out', build, '--log-level', 'warn']
  const { status, stdout } = spawnSync(
    process.execPath,
    [program, command, ...places, ...options],
    {
      cwd: root,
      stdio: ['inherit', command === 'configure' ? 'pipe' : 'inherit', 'inherit'],
      encoding: 'utf8',
    },
  )
  if (status === 0) return
  process.stdout.write(stdout ?? '')
  process.exit(1)
}

// prebuildify takes the first addon that it finds.
rmSync(output, { recursive: true, force: true })
if (from) {
  mkdirSync(output, { recursive: true })
  copyFileSync(from, join(output, basename(from)))
} else {
  // One compiler takes up to 1.5 GB.
  const jobs = Math.max(1, Math.min(availableParallelism(), Math.floor(freemem() / 1.5e9)))
  cmakeJs('configure', `--CDGANTORCH_LIBTORCH=${libtorch}`)
  cmakeJs('build', '--target', 'gantorch', '--parallel', String(jobs))
}
