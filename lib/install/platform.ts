/** What this machine must be. */
import { SetupError } from './setup_error'

export const oldestGlibc = '2.28'

/** Throws when libtorch's libraries can't run here. */
export function checkPlatform(where: string): void {
  const platform = `${process.platform}-${process.arch}`
  if (platform !== 'linux-x64') {
    throw new SetupError(where, `gantorch runs on linux-x64 only, this is ${platform}`, [
      'Use a Linux machine, a container or WSL 2 with an x86-64 processor.',
    ])
  }
  const glibc = glibcVersion()
  const number = (version: string) => {
    const [major = 0, minor = 0] = version.split('.').map(Number)
    return major * 1000 + minor
  }
  if (number(glibc ?? '') >= number(oldestGlibc)) return
  const found = glibc ? `this system has ${glibc}` : 'this system has another C library'
  throw new SetupError(where, `libtorch needs glibc ${oldestGlibc} or newer, ${found}`, [
    'Use Debian 12, Ubuntu 22.04 or a newer system; Alpine will not do.',
  ])
}

/** Undefined where there is another C library, such as musl. */
export function glibcVersion(): string | undefined {
  const report: unknown = process.report?.getReport()
  if (typeof report !== 'object' || report === null || !('header' in report)) return undefined
  const { header } = report
  if (typeof header !== 'object' || header === null) return undefined
  if (!('glibcVersionRuntime' in header)) return undefined
  return typeof header.glibcVersionRuntime === 'string' ? header.glibcVersionRuntime : undefined
}
