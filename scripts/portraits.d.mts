/** Types of portraits.mjs for the programs in TypeScript that call it. */
export interface PortraitOptions {
  /** Height and width in pixels; 64 by default. */
  readonly size?: number
  /** By default `.cache/portraits-<size>` in the repository. */
  readonly folder?: string
  readonly log?: (line: string) => void
  readonly onProgress?: (progress: { done: number; total: number }) => void
  readonly signal?: AbortSignal
}

/** `made` is 0 when all pictures were there. */
export function preparePortraits(
  options?: PortraitOptions,
): Promise<{ folder: string; count: number; made: number }>
