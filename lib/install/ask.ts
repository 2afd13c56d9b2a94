/** Yes or no, from the person at the terminal. */
import { createInterface } from 'node:readline'
import { SetupError } from './setup_error'

/** Anything but yes is no, Ctrl-C and the end of the input too. `again` is what to type instead. */
export async function ask(question: string, again: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new SetupError('setup', 'there is no terminal to ask on', [
      `Say yes beforehand:\n    ${again}`,
    ])
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  return new Promise((resolve) => {
    let answer = ''
    terminal.on('SIGINT', () => terminal.close())
    terminal.on('close', () => resolve(/^y(es)?$/i.test(answer.trim())))
    terminal.question(`${question} [y/N] `, (text) => {
      answer = text
      terminal.close()
    })
  })
}
