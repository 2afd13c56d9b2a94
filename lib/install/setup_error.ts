/** How set-up fails: a cause and what to do about it, never a stack. */
import { solved } from '../error_text'
import { GantorchError } from '../errors'

export class SetupError extends GantorchError {
  constructor(
    where: string,
    cause: string,
    solutions: readonly string[],
    { tried, ...options }: ErrorOptions & { readonly tried?: readonly string[] } = {},
  ) {
    super('GANTORCH_SETUP', where, solved(cause, solutions, tried), options)
  }
}

/** Runs a program to its end: prints the text of our errors, keeps the stack of any other. */
export async function main(program: () => Promise<unknown>): Promise<void> {
  try {
    await program()
  } catch (error) {
    console.error(error instanceof GantorchError ? error.message : error)
    process.exitCode = 1
  }
}

export function aptGet(packages: string): string {
  return `On Debian or Ubuntu:\n    sudo apt-get install -y ${packages}`
}

/** Words of a system error, or of anything else that was thrown. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
