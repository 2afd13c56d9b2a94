#!/usr/bin/env node
/**
 * Times the convolutions of the article's step and of Keras-GAN's WGAN-GP in float32 and bfloat16:
 * forward, backward to the data and to the weights, with the rate of a plain convolution to compare
 * with.
 *
 *   npm run setup && node scripts/bench/convolution.mjs [batch size, 16] [rounds, 5] [of which layers, all]
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const build = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'build')
const program = 'bench_convolution'

/** @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} [env] */
function runOrExit(command, args, env) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } })
  if (status !== 0) process.exit(status ?? 1)
}

runOrExit('cmake', ['--build', build, '--target', program])
const cache = readFileSync(join(build, 'CMakeCache.txt'), 'utf8')
const libtorch = /^GANTORCH_LIBTORCH:PATH=(.+)$/m.exec(cache)?.[1]
if (!libtorch) throw new Error(`${build} was configured without libtorch: npm run setup`)
runOrExit(join(build, program), process.argv.slice(2), { LD_LIBRARY_PATH: join(libtorch, 'lib') })
