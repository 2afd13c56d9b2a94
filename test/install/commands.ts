/** Folders for PATH that hold a few commands only. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A new folder below `parent` with a shell script for each command. */
export function commands(parent: string, scripts: Readonly<Record<string, string>>): string {
  const bin = mkdtempSync(join(parent, 'bin-'))
  for (const [command, script] of Object.entries(scripts)) {
    writeFileSync(join(bin, command), `#!/bin/sh\n${script}\n`)
    chmodSync(join(bin, command), 0o755)
  }
  return bin
}

/** The python3 in PATH itself, not a shim that asks PATH again. */
export const python = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).stdout.trim()
