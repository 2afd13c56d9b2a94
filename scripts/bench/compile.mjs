/** The TypeScript sides as the JavaScript that a finished program would be, in build/bench. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const folder = join(here, '..', '..', 'build', 'bench')

/** Where a side's program is; two levels below the root, as its source is. */
export const compiledPath = (name) => join(folder, `${name}.js`)

/** Compiles them all. Types are checked elsewhere. */
export async function compileSides() {
  const { default: typescript } = await import('typescript')
  const { ModuleKind, ScriptTarget } = typescript
  const compilerOptions = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 }
  mkdirSync(folder, { recursive: true })
  for (const file of readdirSync(here).filter((name) => /^(gantorch_\w+|serve)\.ts$/.test(name))) {
    const source = readFileSync(join(here, file), 'utf8')
    const { outputText } = typescript.transpileModule(source, { compilerOptions })
    writeFileSync(compiledPath(file.slice(0, -'.ts'.length)), outputText)
  }
}
