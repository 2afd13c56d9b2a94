/** @tensorflow/tfjs from the folder that sides.mjs names, on the backend that --form names. */
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'

const require = createRequire(join(process.env.BENCH_PACKAGES, 'package.json'))

/** tfjs, ready to compute. @param {string} backend 'cpu' or 'wasm' */
export async function tensorflow(backend) {
  const tf = require('@tensorflow/tfjs')
  if (backend === 'wasm') {
    const wasm = require('@tensorflow/tfjs-backend-wasm')
    wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`)
    wasm.setThreadsCount(availableParallelism())
  }
  if (!(await tf.setBackend(backend))) throw new Error(`tfjs has no backend ${backend} here`)
  await tf.ready()
  return tf
}

/** What is running. @param {any} tf */
export const nameOf = (tf) => `@tensorflow/tfjs ${tf.version.tfjs}, ${tf.getBackend()}`
