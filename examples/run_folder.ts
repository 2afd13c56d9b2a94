/** The folder that a training run leaves its files in. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SHEET = /^samples_(\d+)s\.png$/
const RESULTS = ['weights.bin', 'samples.png', 'real_and_generated.png']

/** Makes the folder and tries to write there: better now than after the training. */
export function makeRunFolder(folder: string): void {
  const probe = join(folder, `.${process.pid}.partial`)
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(probe, '')
    rmSync(probe)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`[portraits] can't write to ${folder} (${reason}); name another --out`, {
      cause: error,
    })
  }
}

/** Seconds on the last numbered sheet: a run that goes on counts from there. */
export function lastSheet(folder: string): number {
  const seconds = readdirSync(folder).map((name) => Number(SHEET.exec(name)?.[1] ?? 0))
  return Math.max(0, ...seconds)
}

/** Moves what an earlier run left into a folder beside it; returns that folder if there was any. */
export function setAside(folder: string): string | undefined {
  const names = readdirSync(folder).filter((name) => RESULTS.includes(name) || SHEET.test(name))
  if (names.length === 0) return undefined
  let number = 1
  while (existsSync(join(folder, `earlier-${number}`))) number++
  const aside = join(folder, `earlier-${number}`)
  mkdirSync(aside)
  for (const name of names) renameSync(join(folder, name), join(aside, name))
  return aside
}
