/**
 * Fails when an addon needs a newer glibc, libstdc++ or libgcc than libtorch itself, naming the
 * symbols:
 *   node scripts/symbol_floor.mjs LIBTORCH_DIR ADDON.node...
 */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SetupError, main } from './install.mjs'

const where = 'symbols'

function objdump(option, file) {
  // binutils come with every compiler.
  return execFileSync('objdump', [option, file], { encoding: 'utf8', maxBuffer: 1 << 28 })
}

/** The versions of symbols that a file needs, such as GLIBC_2.14. @param {string} file */
function needs(file) {
  const [, references = ''] = objdump('-p', file).split('Version References:')
  const names = references.matchAll(/^ +0x[0-9a-f]+ 0x[0-9a-f]+ \d+ (\S+)$/gm)
  return [...new Set([...names].map(([, name = '']) => name))].sort()
}

/** GLIBCXX_3.4.22: a family and numbers. What has no numbers fits only where libtorch needs it too. */
function parse(version) {
  const [, family = version, numbers = ''] = /^([A-Z]+)_([\d.]+)$/.exec(version) ?? []
  return { family, numbers: numbers.split('.').map(Number) }
}

function compare(a, b) {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if ((a[i] ?? 0) !== (b[i] ?? 0)) return (a[i] ?? 0) - (b[i] ?? 0)
  }
  return 0
}

/** @param {string} version @param {readonly string[]} floor */
function isMet(version, floor) {
  const { family, numbers } = parse(version)
  return floor.some((name) => {
    const other = parse(name)
    return other.family === family && compare(numbers, other.numbers) <= 0
  })
}

/**
 * @param {readonly string[]} addons
 * @param {string} libtorch
 */
export function checkSymbolFloor(addons, libtorch) {
  const libraries = ['libtorch_cpu.so', 'libc10.so'].map((name) => join(libtorch, 'lib', name))
  const floor = libraries.flatMap(needs)
  for (const addon of addons) {
    const newer = needs(addon).filter((version) => !isMet(version, floor))
    if (newer.length === 0) continue
    const symbols = objdump('-T', addon).split('\n')
    const lines = newer.flatMap((version) => {
      const users = symbols.filter((line) => line.includes(`(${version})`))
      const names = users.map((line) => line.trim().split(/\s+/).at(-1))
      return `${version}: ${names.join(', ') || 'the file as a whole'}`
    })
    const cause = `${addon} needs what is newer than libtorch's own needs:\n${lines.join('\n')}`
    throw new SetupError(where, cause, [
      'Lead each symbol to its older version in native/symbol_floor.cpp.',
      'Or build on an older system: Debian 12 is what the published files are built on.',
    ])
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    const [libtorch = '', ...addons] = process.argv.slice(2)
    checkSymbolFloor(addons, libtorch)
  })
}
