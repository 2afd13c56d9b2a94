/** The program that each installation must run: ten lines, three steps, then what it ran on. */

const body = `setRandomSeed(1)
const model = new Sequential([Dense(8, { activation: 'relu', inputDim: 4 }), Dense(1)])
model.compile({ loss: 'mse', optimizer: 'adam' })
const [x, y] = [random.normal(0, 1, [16, 4]), NDArray.ones([16, 1])]
for (let step = 1; step <= 3; step++) {
  const { loss } = await model.trainOnBatch(x, y)
  console.log(step, loss)
}
`

/** Says which libtorch the process has open. */
const report = (readFileSync: string) =>
  `console.log(${readFileSync}('/proc/self/maps', 'utf8').match(/\\/.*libtorch_cpu\\.so/)?.[0])\n`

const names = '{ Dense, NDArray, Sequential, random, setRandomSeed }'

export const esModule = `import { readFileSync } from 'node:fs'
import ${names} from 'gantorch'
${body}${report('readFileSync')}`

export const commonJs = `const { readFileSync } = require('node:fs')
const ${names} = require('gantorch')
async function main() {
${body}${report('readFileSync')}}
main()
`

/** TypeScript that compiles as either kind of module, and uses types that gantorch exports. */
export const typeScript = `import ${names} from 'gantorch'
async function main(): Promise<void> {
const losses: number[] = []
${body.replace('console.log(step, loss)', 'losses.push(loss)')}
losses.forEach((loss, i) => console.log(i + 1, loss))
}
void main()
`

export interface Steps {
  readonly losses: readonly number[]
  readonly libtorch: string | undefined
}

/** What the program printed; a text that is nothing of the kind gives no losses. */
export function stepsOf(text: string): Steps {
  const losses = [...text.matchAll(/^([123]) ([\d.e-]+)$/gm)].map((match) => Number(match[2]))
  return { losses, libtorch: /^\/.*libtorch_cpu\.so$/m.exec(text)?.[0] }
}
