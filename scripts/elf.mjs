/** The little that the checks of packages ask of a shared library. */
import { readFileSync } from 'node:fs'

const SYMBOL_TABLE = 2

/**
 * Whether a file is an x86-64 ELF library, and whether a symbol table is left in it.
 * @param {string} path
 */
export function elfFacts(path) {
  const file = readFileSync(path)
  const isX64 = file.readUInt32BE(0) === 0x7f454c46 && file[4] === 2 && file.readUInt16LE(18) === 62
  if (!isX64) return { isX64, isStripped: false }
  const start = Number(file.readBigUInt64LE(40))
  const [size, count] = [file.readUInt16LE(58), file.readUInt16LE(60)]
  const types = Array.from({ length: count }, (_, i) => file.readUInt32LE(start + i * size + 4))
  return { isX64, isStripped: !types.includes(SYMBOL_TABLE) }
}
