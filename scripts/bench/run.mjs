#!/usr/bin/env node
/**
 * The article's GAN step: gantorch against Keras 3 on TensorFlow, in turn in one run, so that a
 * busy machine slows both alike.
 *
 *   node scripts/bench/run.mjs [--batch-size 16] [--rounds 7] [--steps 3] [--warmup 2] [--json FILE]
 */
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Peer } from './peer.mjs'
import { pythonWith } from './venv.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..')

function readOptions() {
  const { values } = parseArgs({
    options: {
      'batch-size': { type: 'string', default: '16' },
      rounds: { type: 'string', default: '7' },
      steps: { type: 'string', default: '3' },
      warmup: { type: 'string', default: '2' },
      json: { type: 'string' },
      // Keras on both sides: its ratio shows what the machine's noise alone does.
      'keras-twice': { type: 'boolean', default: false },
    },
  })
  const count = (name) => {
    const value = Number(values[name])
    if (Number.isSafeInteger(value) && value > 0) return value
    throw new Error(`--${name} must be a positive integer, received ${values[name]}`)
  }
  return {
    batchSize: count('batch-size'),
    rounds: count('rounds'),
    steps: count('steps'),
    warmup: count('warmup'),
    json: values.json,
    kerasTwice: values['keras-twice'],
  }
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

function summary(numbers) {
  return { median: median(numbers), low: Math.min(...numbers), high: Math.max(...numbers) }
}

/** Starts both peers; one after the other, so that neither disturbs the other's warm-up. */
async function startPeers(options, peers) {
  const python = pythonWith(join(here, 'requirements.txt'), root)
  const settings = ['--batch-size', `${options.batchSize}`, '--warmup', `${options.warmup}`]
  const keras = () => new Peer('Keras', python, [join(here, 'keras_dcgan.py'), ...settings])
  const ours = () => {
    const script = join(here, 'gantorch_dcgan.ts')
    return new Peer('gantorch', process.execPath, ['--import', 'tsx', script, ...settings], {
      cwd: root,
    })
  }
  for (const start of [options.kerasTwice ? keras : ours, keras]) {
    const peer = start()
    peers.push(peer)
    await peer.ready()
  }
}

/** images/s of each round: the peers take turns, and who begins changes from round to round. */
async function measure(options, peers) {
  const rates = peers.map(() => [])
  for (let round = 0; round < options.rounds; round++) {
    const order = round % 2 ? [1, 0] : [0, 1]
    for (const index of order) {
      const seconds = await peers[index].run(options.steps)
      rates[index].push(options.batchSize / median(seconds))
    }
    console.error(
      `round ${round + 1} of ${options.rounds}: ${rates.map((r) => r.at(-1).toFixed(2)).join(' and ')} images/s`,
    )
  }
  return rates
}

function report(options, peers, rates) {
  return {
    machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length },
    node: process.version,
    batchSize: options.batchSize,
    rounds: options.rounds,
    stepsPerRound: options.steps,
    peers: peers.map((peer, index) => ({
      name: peer.name,
      imagesPerSecond: summary(rates[index]),
      rounds: rates[index],
    })),
    ratio: summary(rates[0].map((rate, round) => rate / rates[1][round])),
  }
}

function table(result) {
  const width = Math.max(...result.peers.map((peer) => peer.name.length))
  const row = (name, { median: middle, low, high }) =>
    `${name.padEnd(width)}  ${middle.toFixed(2).padStart(8)}  ${low.toFixed(2)} to ${high.toFixed(2)}`
  return [
    `The article's GAN step, 128 x 160 x 3, batch ${result.batchSize}, float32, images a second`,
    `${result.machine.cpu}, ${result.machine.cores} cores, Node ${result.node}; ` +
      `${result.rounds} rounds of ${result.stepsPerRound} steps in turn`,
    '',
    `${''.padEnd(width)}  ${'median'.padStart(8)}  range`,
    ...result.peers.map((peer) => row(peer.name, peer.imagesPerSecond)),
    row('ratio', result.ratio),
  ].join('\n')
}

async function main() {
  const options = readOptions()
  const peers = []
  try {
    await startPeers(options, peers)
    const result = report(options, peers, await measure(options, peers))
    console.log(table(result))
    if (options.json) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`)
    await Promise.all(peers.map((peer) => peer.quit()))
  } finally {
    peers.forEach((peer) => peer.kill())
  }
}

main().catch((error) => {
  console.error(`bench: ${error.message}`)
  process.exitCode = 1
})
