/** Ctrl-C and the like. */
import { rmSync } from 'node:fs'

const numbers = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const

/**
 * Until `end`, a signal that ends us first ends our children (through `signal`), removes `partial`,
 * and says what is left.
 */
export function takeInterruptions(
  where: string,
  partial: string,
  left: () => string,
): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController()
  const stop = (name: NodeJS.Signals) => {
    controller.abort()
    rmSync(partial, { recursive: true, force: true, maxRetries: 5 })
    console.error(`[${where}] interrupted; ${left()}`)
    process.exit(128 + (name in numbers ? numbers[name as keyof typeof numbers] : 0))
  }
  const names = Object.keys(numbers)
  for (const name of names) process.on(name, stop)
  return {
    signal: controller.signal,
    end: () => {
      for (const name of names) process.off(name, stop)
    },
  }
}
