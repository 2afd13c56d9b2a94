/** Python environments of their own with a real PyTorch in them. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { python } from './commands'

export interface PythonTorch {
  readonly version: string
  /** What libtorch_cpu is linked to, in the versions that this torch requires. */
  readonly runtime: string
  readonly cupti: string
}

export const pythonTorches: readonly PythonTorch[] = [
  { version: '2.12.1', runtime: '13.0.96', cupti: '13.0.85' },
  { version: '2.15.0', runtime: '13.2.86', cupti: '13.2.86' },
]

/** The python3 of a new environment that has this torch, and of its requirements the two that count. */
export function pythonWith({ version, runtime, cupti }: PythonTorch, parent: string): string {
  const dir = mkdtempSync(join(parent, 'venv-'))
  execFileSync(python, ['-m', 'venv', '--without-pip', dir], { stdio: 'pipe' })
  const own = join(dir, 'bin/python3')
  const packages = [
    `torch==${version}`,
    `nvidia-cuda-runtime==${runtime}`,
    `nvidia-cuda-cupti==${cupti}`,
  ]
  const options = ['--no-deps', '--no-compile', '--disable-pip-version-check', '--quiet']
  const asked = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
  const target = execFileSync(own, ['-c', asked], { encoding: 'utf8' }).trim()
  // Any pip knows --target; --python came with pip 22.3.
  execFileSync(python, ['-m', 'pip', 'install', '--target', target, ...options, ...packages], {
    stdio: 'pipe',
  })
  return own
}
