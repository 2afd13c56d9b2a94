/** Results on disk: one JSON file a row, and the page that is made from them. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { sectionsOf } from './table.mjs'

const docs = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'docs')
const folder = join(docs, 'benchmarks')
const page = join(docs, 'benchmarks.md')

/** In the form that `npm run check` wants. */
async function write(path, text) {
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }))
}

/** Keeps a row's result, in place of an earlier one. */
export async function keep(result) {
  mkdirSync(folder, { recursive: true })
  // The networks are in programs.mjs, and seven digits say all that there is.
  const short = (key, value) => {
    if (key === 'spec') return undefined
    return typeof value === 'number' ? Number(value.toPrecision(7)) : value
  }
  await write(join(folder, `${result.id}.json`), JSON.stringify(result, short))
}

/** Puts the tables into docs/benchmarks.md, between their marks; the words around them stay. */
export async function writeTables() {
  const results = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
  let text = readFileSync(page, 'utf8')
  for (const [name, section] of Object.entries(sectionsOf(results))) {
    const marked = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- end of ${name} -->)`)
    if (!marked.test(text)) throw new Error(`${page} lacks the marks of ${name}`)
    text = text.replace(marked, (_, begin, end) => `${begin}\n${section}\n\n${end}`)
  }
  await write(page, text)
}
