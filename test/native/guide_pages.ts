/** The programs of the pages in docs/, as their tests run them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const ROOT = join(__dirname, '..', '..')

export interface Block {
  /** What stands behind the three backticks. */
  readonly language: string
  readonly text: string
}

/** A heading and the code below it, up to the next. */
export interface Section {
  readonly title: string
  readonly blocks: readonly Block[]
}

/** A program made of all blocks of one language in a section, and what it says it prints. */
export interface Program {
  readonly name: string
  readonly text: string
  /** Undefined where the section shows no output. */
  readonly output: string | undefined
}

/** What stands under headings of this depth. */
export function sectionsOf(page: string, depth = 2): Section[] {
  const mark = '#'.repeat(depth)
  const text = readFileSync(join(ROOT, page), 'utf8')
  return text.split(new RegExp(`^(?=${mark} )`, 'm')).map((part) => ({
    title: new RegExp(`^${mark} (.*)$`, 'm').exec(part)?.[1] ?? 'start',
    blocks: [...part.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map((match) => ({
      language: match[1] as string,
      text: match[2] as string,
    })),
  }))
}

/** The TypeScript of a section is one program; `text` below it is what that prints. */
export function programOf({ title, blocks }: Section): Program | undefined {
  const code = blocks.filter(({ language }) => language === 'ts')
  if (code.length === 0) return undefined
  const outputs = blocks.filter(
    ({ language }, i) => language === 'text' && blocks[i - 1]?.language === 'ts',
  )
  return {
    name: title.toLowerCase().replace(/[^a-z0-9]+/g, '_'),
    text: code.map((block) => block.text).join('\n'),
    output: outputs.length > 0 ? outputs.map((block) => block.text).join('') : undefined,
  }
}

const NUMBER = /-?\d+(?:\.\d+)?/g

/**
 * A text with its numbers as in `shown` where they differ by no more than two units of the last
 * digit that is shown: other processors round otherwise.
 */
export function roundedAs(shown: string, printed: string): string {
  const numbers = shown.match(NUMBER) ?? []
  let place = 0
  return printed.replace(NUMBER, (number) => {
    const expected = numbers[place++]
    if (expected === undefined) return number
    const digits = /\.(\d+)$/.exec(expected)?.[1]?.length
    if (digits === undefined) return number
    return Math.abs(Number(number) - Number(expected)) <= 2.01 * 10 ** -digits ? expected : number
  })
}
