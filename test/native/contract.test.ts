/** binding.d.ts is the whole surface of the addon: read here with TypeScript's own parser. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as ts from 'typescript'
import { native } from '../../lib/native'

interface Entry {
  readonly name: string
  /** Methods of a class; undefined for a function. */
  readonly methods: readonly string[] | undefined
}

const path = join(__dirname, '..', '..', 'binding.d.ts')
const declared = entriesOf(readFileSync(path, 'utf8'))

function entriesOf(text: string): Entry[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022)
  return source.statements.flatMap((statement) => {
    if (ts.isClassDeclaration(statement) && statement.name) {
      const methods = statement.members.filter(ts.isMethodDeclaration)
      return {
        name: statement.name.text,
        methods: methods.map(({ name }) => name.getText(source)).sort(),
      }
    }
    if (ts.isFunctionDeclaration(statement) && statement.name) {
      return { name: statement.name.text, methods: undefined }
    }
    const isType = ts.isTypeAliasDeclaration(statement) || ts.isInterfaceDeclaration(statement)
    if (isType) return []
    throw new Error(`binding.d.ts declares something unexpected: ${statement.getText(source)}`)
  })
}

test('the addon exports what binding.d.ts declares, and nothing else', () => {
  const names = declared.map(({ name }) => name).sort()
  expect(names).toContain('Program')
  expect(Object.getOwnPropertyNames(native()).sort()).toEqual(names)
})

test.each(declared)('$name has the declared methods, and no others', ({ name, methods }) => {
  const value = (native() as unknown as Record<string, unknown>)[name] as {
    prototype?: object
  }
  expect(typeof value).toBe('function')
  if (methods === undefined) return
  const own = Object.getOwnPropertyNames(value.prototype).filter((key) => key !== 'constructor')
  expect(own.sort()).toEqual(methods)
})

test('the contract stays small: at most 15 entries, methods counted', () => {
  const entries = declared.flatMap(({ name, methods }) => [
    name,
    ...(methods ?? []).map((method) => `${name}.${method}`),
  ])
  expect(entries.length).toBeLessThanOrEqual(15)
})
