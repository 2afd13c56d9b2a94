/** Whether gantorch loads, tried in a child process so that a crash is one more answer. */
import { spawnSync } from 'node:child_process'
import { GantorchError } from '../errors'
import { native } from '../native'
import { solved } from '../error_text'

export interface Loaded {
  readonly ok: true
  /** From the first call to a ready addon, in a fresh process. */
  readonly milliseconds: number
  readonly libtorch: string
  readonly builtFor: string
  readonly threads: number
  readonly cpuCapability: string
  /** Bytes that the system can still give. */
  readonly available: number
}

export interface NotLoaded {
  readonly ok: false
  /** Cause, places tried and solutions, as `import 'gantorch'` would throw them. */
  readonly error: string
}

/** The hidden command `gantorch load`: what the child does. */
export function printLoad(): void {
  console.log(JSON.stringify(tryLoad()))
}

function tryLoad(): Loaded | NotLoaded {
  const begin = performance.now()
  try {
    const addon = native()
    const milliseconds = Math.round(performance.now() - begin)
    const { libtorch, builtFor, threads, cpuCapability } = addon.runtimeInfo()
    const { available } = addon.memoryStats()
    return { ok: true, milliseconds, libtorch, builtFor, threads, cpuCapability, available }
  } catch (error) {
    if (error instanceof GantorchError) return { ok: false, error: error.message }
    throw error
  }
}

/** `cli` is the file of this command. */
export function loadInChild(cli: string): Loaded | NotLoaded {
  const { stdout, stderr, status, signal } = spawnSync(process.execPath, [cli, 'load'], {
    encoding: 'utf8',
    timeout: 300_000,
  })
  const answer = status === 0 ? parse(stdout.trim().split('\n').at(-1) ?? '') : undefined
  if (answer) return answer
  const how =
    signal === null ? `ended with status ${status ?? 'unknown'}` : `was ended by ${signal}`
  const words = stderr.trim().split('\n').slice(-6).join('\n  ')
  const cause = `a process that loaded gantorch ${how}${words ? `:\n  ${words}` : ''}`
  return {
    ok: false,
    error: `[gantorch] ${solved(cause, [
      'Get libtorch anew:\n    npx gantorch setup',
      'Report it with what this prints:\n    npx gantorch doctor --json',
    ])}`,
  }
}

function parse(text: string): Loaded | NotLoaded | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isAnswer(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isAnswer(value: unknown): value is Loaded | NotLoaded {
  return typeof value === 'object' && value !== null && 'ok' in value
}
