/** The NVIDIA driver of this machine. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { oldestDriver } from '../cuda_libraries'

/** Such as 580.65.06. */
export function driverVersion(): string | undefined {
  return kernelModule() ?? askTool()
}

/** Nobody should fetch 2.5 GB and wonder. Goes when programs run on CUDA. */
export const notUsedYet =
  'This version of gantorch computes on the CPU only: the CUDA part is for a later one.'

/** What CUDA asks of the driver, and what is here. */
export function driverNote(version = driverVersion()): string {
  const needed = `CUDA 13.0 needs NVIDIA driver ${oldestDriver} or newer`
  if (version === undefined) return `${needed}; this machine has none.`
  if (Number.parseInt(version, 10) >= oldestDriver) return `${needed}; this machine has ${version}.`
  return `${needed}; this machine has ${version}, which is too old: update it.`
}

function kernelModule(): string | undefined {
  try {
    return /\s(\d+\.\d+(\.\d+)?)\s/.exec(readFileSync('/proc/driver/nvidia/version', 'utf8'))?.[1]
  } catch {
    return undefined
  }
}

/** WSL has the driver, but no kernel module of its own. */
function askTool(): string | undefined {
  const { status, stdout } = spawnSync(
    'nvidia-smi',
    ['--query-gpu=driver_version', '--format=csv,noheader'],
    { encoding: 'utf8', timeout: 10_000 },
  )
  return status === 0 ? /^\d+(\.\d+)+/.exec(stdout)?.[0] : undefined
}
