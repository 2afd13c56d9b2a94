/** Ctrl-C asks a program to finish early; a second one ends it at once. */

const SIGNALS = ['SIGINT', 'SIGTERM'] as const
/** npm hands on a Ctrl-C that the terminal has sent already: this soon it's the same one. */
const SAME_MS = 500

export class Interrupt {
  private first: number | undefined
  private readonly handle = (): void => {
    const now = performance.now()
    if (this.first === undefined) this.first = now
    else if (now - this.first > SAME_MS) {
      // The bar hid the cursor.
      if (process.stderr.isTTY) process.stderr.write('\u001B[?25h\n')
      process.exit(130)
    }
  }

  constructor() {
    for (const name of SIGNALS) process.on(name, this.handle)
  }

  get asked(): boolean {
    return this.first !== undefined
  }

  /** From here on Ctrl-C does what it usually does. */
  release(): void {
    for (const name of SIGNALS) process.off(name, this.handle)
  }
}
