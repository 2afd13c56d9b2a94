/** Runs a program of programs/ in a process of its own, with a time limit. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'

export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

const ROOT = join(__dirname, '..', '..')

/** After so long a program hangs; the slowest takes a tenth of it. */
const LIMIT_MS = 50_000

export function runProgram(
  name: string,
  args: readonly string[] = [],
  nodeOptions: readonly string[] = [],
): Promise<Ended> {
  const file = join(__dirname, 'programs', `${name}.ts`)
  const child = spawn(process.execPath, [...nodeOptions, '--import', 'tsx', file, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  })
  const text = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      text[stream] += chunk
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, ...text }))
  })
}

/** What a program printed as its last line, which must be JSON; it must have ended with code 0. */
export function resultOf(ended: Ended): unknown {
  const { code, signal, stderr } = ended
  if (code !== 0) throw new Error(`ended with ${String(code ?? signal)}: ${stderr}`)
  return JSON.parse(ended.stdout.trimEnd().split('\n').at(-1) ?? '')
}
