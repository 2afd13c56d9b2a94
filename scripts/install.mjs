/**
 * lib/install, the code of the command `gantorch`, for the scripts of a clone: put together anew at
 * each start (some 20 ms), for dist/ may not exist yet or be old.
 */
import { mkdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const bundle = join(root, 'build', 'install.cjs')

const { build } = await import('esbuild').catch(() => {
  console.error(
    '[setup] the npm package esbuild is not installed\nPossible solutions:\n' +
      '- Install the packages of this clone:\n    npm install',
  )
  process.exit(1)
})
mkdirSync(dirname(bundle), { recursive: true })
const partial = `${bundle}.partial-${process.pid}`
await build({
  absWorkingDir: root,
  entryPoints: ['lib/install/index.ts'],
  outfile: partial,
  bundle: true,
  packages: 'external',
  platform: 'node',
  // node-gyp-build does not name its exports for ES modules.
  format: 'cjs',
  logLevel: 'warning',
})
renameSync(partial, bundle)

export const {
  SetupError,
  buildJobs,
  cacheDir,
  checkBuildTools,
  cpuPart,
  cudaPart,
  defaultVersion,
  download,
  ensureLibtorch,
  findPython,
  isComplete,
  lackingForBuild,
  libtorchDir,
  libtorchPackage,
  main,
  setup,
  unpack,
  versions,
  withLock,
} = await import(pathToFileURL(bundle).href)
