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
      { reason: 'sharp', cause: error },
    )
  }
}

/** The first line of an error's message. By shape: Node's own errors may come from another realm. */
export function reasonOf(error: unknown): string {
  const text =
    typeof error === 'object' && error !== null && 'message' in error ? error.message : error
  return String(text).trim().split('\n')[0] || 'unknown reason'
}
