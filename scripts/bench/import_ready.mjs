/**
 * How long a program waits from its start until gantorch has answered its first native call:
 *   node scripts/bench/import_ready.mjs [FOLDER [ROUNDS]]
 *
 * FOLDER is a project in which gantorch is installed, or this clone. Cold: libtorch and the addon are not
 * in the page cache, as after a restart. Warm: they are, as at each start after the first.
 */
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { machine } from './machine.mjs'
import { median } from './statistics.mjs'

const folder = resolve(process.argv[2] ?? '.')
const rounds = Number(process.argv[3] ?? 7)

const program = `
const { readFileSync } = require('node:fs')
const start = performance.now()
const { Dense, NDArray, Sequential } = require('gantorch')
const imported = performance.now()
const model = new Sequential([Dense(1, { inputDim: 2 })])
model.predict(NDArray.ones([1, 2])).then(() => {
  const ready = performance.now()
  const maps = readFileSync('/proc/self/maps', 'utf8')
  const files = new Set(maps.match(/\\/.*(\\.node|lib\\w+\\.so[.\\d]*)$/gm))
  const own = [...files].filter((path) => /libtorch|gantorch|loader/.test(path))
  console.log(JSON.stringify({ node: start, imported: imported - start, ready: ready - start, own }))
})`

function once() {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', program], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

/** Takes files that no process has open out of the page cache. @param {readonly string[]} files */
function forget(files) {
  for (const file of files) {
    const { status, stderr } = spawnSync('dd', [`if=${file}`, 'iflag=nocache', 'count=0'])
    if (status !== 0) throw new Error(`${stderr}`)
  }
}

/** @param {string} title @param {ReturnType<typeof once>[]} runs */
function row(title, runs) {
  const cell = (name) => {
    const times = runs.map((run) => run[name])
    const [least, most] = [Math.min(...times), Math.max(...times)]
    return `${median(times).toFixed(0)} (${least.toFixed(0)} to ${most.toFixed(0)})`
  }
  console.log(`| ${title} | ${cell('node')} | ${cell('imported')} | ${cell('ready')} |`)
}

const first = once()
const { cpu, cores, system, node } = machine()
console.log(`${cpu}, ${cores} cores, ${system}, Node.js ${node}`)
console.log(`${first.own.find((path) => path.includes('libtorch_cpu'))}\n`)
console.log('| ms, median (range) | node itself | import | import to first native result |')
console.log('| --- | ---: | ---: | ---: |')
const warm = Array.from({ length: rounds }, once)
row('warm', warm)
const cold = Array.from({ length: rounds }, () => {
  forget(first.own)
  return once()
})
row('cold', cold)
