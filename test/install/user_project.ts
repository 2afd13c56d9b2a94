/** The folder of somebody who uses gantorch, and the bare surroundings in which he works. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { commands } from './commands'

export interface Ended {
  readonly status: number | null
  readonly text: string
}

export interface Project {
  readonly dir: string
  /** Where its commands lie, and nothing else. */
  readonly path: string
  /** Runs a program in the project; `name` is a command of its PATH or a path. */
  run(name: string, args: readonly string[], env?: NodeJS.ProcessEnv): Ended
  write(name: string, text: string): string
}

/**
 * An empty folder below `parent` with its own home. Its PATH holds node, sh and what `programs` names
 * (scripts for node): no compiler, no Python.
 */
export function userProject(
  parent: string,
  node: string,
  programs: Readonly<Record<string, string>> = {},
): Project {
  const dir = mkdtempSync(join(parent, 'project-'))
  const home = mkdtempSync(join(parent, 'home-'))
  const scripts: Record<string, string> = {}
  for (const [name, program] of Object.entries(programs)) {
    scripts[name] = `exec node '${program}' "$@"`
  }
  const path = commands(parent, scripts)
  symlinkSync(node, join(path, 'node'))
  symlinkSync('/bin/sh', join(path, 'sh'))
  return {
    dir,
    path,
    run(name, args, env = {}) {
      const { status, signal, stdout, stderr, error } = spawnSync(name, args, {
        cwd: dir,
        env: { PATH: path, HOME: home, ...env },
        encoding: 'utf8',
      })
      if (error) throw error
      return { status, text: `${stdout}${stderr}${signal ?? ''}` }
    },
    write(name, text) {
      const file = join(dir, name)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
      return file
    },
  }
}
