/** `npx gantorch setup`: what is missing of libtorch, shown, asked for and fetched. */
import { statfsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { isOurPackage, surveyLibtorch } from '../native_search'
import { ask } from './ask'
import { cacheDir, isComplete, makeCache } from './cache'
import { bytesNeeded, downloadsDir, installParts, knownPart, missingWheels } from './libtorch'
import { driverNote, notUsedYet } from './nvidia'
import { checkPlatform } from './platform'
import { SetupError } from './setup_error'
import { folderSource, pipCommand, pipSource } from './source'
import { howToUse } from './usage'
import { defaultVersion, tagsOf, type Part } from './wheels'
import { cudaPart } from './wheels_cuda'

const where = 'setup'

export interface SetupOptions {
  readonly cuda?: boolean
  readonly dryRun?: boolean
  /** A folder of wheels, in the place of pip. */
  readonly from?: string
  readonly yes?: boolean
  /** Another version than the default one, for the CPU. */
  readonly libtorch?: string
}

/** Differs in tests only. */
export interface SetupParts {
  readonly cpu: Part
  readonly cuda: Part
  readonly pipOptions?: readonly string[]
}

/** `root` is gantorch's folder. The process's exit code is 1 when the answer was no. */
export async function setup(
  root: string,
  options: SetupOptions,
  parts: SetupParts = { cpu: knownPart(options.libtorch ?? defaultVersion, where), cuda: cudaPart },
): Promise<void> {
  checkPlatform(where)
  const cache = cacheDir()
  const wanted = partsWanted(root, cache, options, parts)
  if (wanted.length === 0) return
  const missing = wanted.filter(({ folder }) => !isComplete(join(cache, folder)))
  const from = options.from === undefined ? undefined : resolve(options.from)
  show(cache, wanted, missing, from)
  if (missing.length === 0) {
    console.log('Nothing is missing.')
    if (!options.cuda) sayHowToUse(root, join(cache, parts.cpu.folder))
    return
  }
  if (options.cuda) console.log(`${notUsedYet}\n${driverNote()}`)
  const source =
    from === undefined ? pipSource('libtorch', parts.pipOptions) : folderSource(from, where)
  const wheels = missingWheels(missing, downloadsDir(cache))
  if (options.dryRun && from === undefined) {
    const commands = wheels.map((wheel) => `    ${pipCommand(wheel)}`)
    console.log(`For --from, where there is a network:\n${commands.join('\n')}`)
  } else {
    await source.check(wheels)
  }
  if (options.dryRun) {
    console.log('Nothing was fetched: --dry-run.')
    return
  }
  if (!options.yes && !(await ask('Go on?', commandOf({ ...options, yes: true })))) {
    console.log('Nothing was fetched.')
    process.exitCode = 1
    return
  }
  makeCache(cache, where)
  await installParts(missing, { cache, source })
  if (missing.includes(parts.cpu)) sayHowToUse(root, join(cache, parts.cpu.folder))
}

function partsWanted(
  root: string,
  cache: string,
  { cuda, libtorch }: SetupOptions,
  parts: SetupParts,
): Part[] {
  const installed = libtorch === undefined ? wholePackage(root) : undefined
  if (!cuda) {
    if (installed === undefined) return [parts.cpu]
    console.log(
      `Nothing is needed: libtorch ${defaultVersion} is there, in the package\n  ${installed}`,
    )
    sayHowToUse(root, installed)
    return []
  }
  if (libtorch !== undefined && libtorch !== defaultVersion) {
    throw new SetupError(where, `CUDA is there for libtorch ${defaultVersion} only`, [
      `Leave out --libtorch:\n    npx gantorch setup --cuda`,
    ])
  }
  const cpu = installed !== undefined || isComplete(join(cache, parts.cpu.folder))
  return cpu ? [parts.cuda] : [parts.cpu, parts.cuda]
}

/** The optional package with libtorch for the CPU, unless the search for libtorch passes over it. */
function wholePackage(root: string): string | undefined {
  for (const { origin, dir, found } of surveyLibtorch({
    env: process.env,
    home: homedir(),
    root,
  })) {
    if (!isOurPackage(origin)) continue
    // What comes after it, Python above all, need not be asked.
    if (dir === undefined) return undefined
    if (typeof found !== 'string') return dir
    console.log(
      `The package with libtorch ${found}:\n  ${dir}\n` +
        'It is passed over; the libtorch in the cache is used in its place.',
    )
    return undefined
  }
  return undefined
}

function sayHowToUse(root: string, libtorch: string): void {
  const words = howToUse(root, libtorch)
  if (words !== undefined) console.log(words)
}

function show(
  cache: string,
  wanted: readonly Part[],
  missing: readonly Part[],
  from: string | undefined,
): void {
  const wheels = missingWheels(missing, downloadsDir(cache))
  for (const part of wanted) {
    console.log(`${part.title} -> ${join(cache, part.folder)}`)
    if (!missing.includes(part)) console.log('  is there')
    else for (const line of wheelLines(part, wheels)) console.log(`  ${line}`)
  }
  if (missing.length === 0) return
  const bytes = wheels.reduce((sum, wheel) => sum + wheel.bytes, 0)
  const needed = bytesNeeded(missing, downloadsDir(cache), { folder: from })
  const count = `${wheels.length === 1 ? '1 wheel' : `${wheels.length} wheels`}, ${size(bytes)}`
  const room = `Room needed meanwhile: ${size(needed)}; ${freeRoom(cache)}.`
  console.log(
    from === undefined
      ? `To fetch: ${count}. ${room}`
      : `To unpack from ${from}: ${count}. ${room}`,
  )
}

function wheelLines(part: Part, toFetch: readonly { readonly file: string }[]): string[] {
  return part.wheels.map((wheel) => {
    const { name, version } = tagsOf(wheel)
    const left = toFetch.some(({ file }) => file === wheel.file) ? '' : '  fetched already'
    return `${name.padEnd(24)} ${version.padEnd(12)} ${size(wheel.bytes).padStart(7)}${left}`
  })
}

function freeRoom(cache: string): string {
  for (let folder = cache; ; folder = dirname(folder)) {
    try {
      const { bavail, bsize } = statfsSync(folder)
      return `${size(bavail * bsize)} are free`
    } catch (error) {
      if (folder === dirname(folder)) throw error
    }
  }
}

function size(bytes: number): string {
  return bytes < 999.5e6 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}

/** What to type for the same again. */
function commandOf({ cuda, from, yes, libtorch }: SetupOptions): string {
  return [
    'npx gantorch setup',
    ...(libtorch === undefined ? [] : [`--libtorch ${libtorch}`]),
    ...(cuda ? ['--cuda'] : []),
    ...(from === undefined ? [] : [`--from '${from}'`]),
    ...(yes ? ['--yes'] : []),
  ].join(' ')
}
