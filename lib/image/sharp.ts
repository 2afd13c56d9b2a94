/** Loads sharp when the first picture is read or written, so that other programs don't need it. */
import { LoadError } from '../errors'

export type SharpModule = typeof import('sharp')

/** The sharp module; `LoadError` with the cure when it can't be loaded. */
export async function loadSharp(where: string): Promise<SharpModule> {
  try {
    return (await import('sharp')).default
  } catch (error) {
    throw new LoadError(
      where,
      `the package sharp, which reads and writes pictures, can't be loaded; run: npm install --include=optional sharp (${reasonOf(error)})`,
      { cause: error },
    )
  }
}

/** The first line of an error's message. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.trim().split('\n')[0] || 'unknown reason'
}
