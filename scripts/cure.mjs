/** How set-up fails: a cause and what to do about it, never a stack. */

export class SetupError extends Error {
  /**
   * @param {string} where
   * @param {string} cause
   * @param {readonly string[]} solutions
   * @param {ErrorOptions} [options]
   */
  constructor(where, cause, solutions, options) {
    const lines = solutions.map((line) => `- ${line}`)
    super([`[${where}] ${cause}`, 'Possible solutions:', ...lines].join('\n'), options)
    this.name = 'SetupError'
  }
}

/**
 * Runs a program to its end: prints a SetupError's text, keeps the stack of any other error.
 * @param {() => Promise<void>} program
 */
export async function main(program) {
  try {
    await program()
  } catch (error) {
    console.error(error instanceof SetupError ? error.message : error)
    process.exitCode = 1
  }
}

/** @param {string} packages */
export function aptGet(packages) {
  return `On Debian or Ubuntu:\n    sudo apt-get install -y ${packages}`
}
