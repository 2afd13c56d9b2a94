/** What the numbers were measured on. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'

const INTERESTING = ['avx2', 'avx512f', 'avx512_bf16', 'amx_bf16']

/** Processor, cores, memory, system and Node. */
export function machine() {
  const text = readFileSync('/proc/cpuinfo', 'utf8')
  const flags = new Set(/^flags\s*:\s*(.*)$/m.exec(text)?.[1]?.split(' '))
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    features: INTERESTING.filter((name) => flags.has(name)),
    gigabytes: Math.round(totalmem() / 2 ** 30),
    system: execFileSync('uname', ['-sr'], { encoding: 'utf8' }).trim(),
    node: process.version,
  }
}
