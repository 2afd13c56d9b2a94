/** Every optimizer with every option, step by step, against Keras's. */
import * as library from '../../lib/index'
import { NDArray, schedules, type Optimizer } from '../../lib/index'
import type { OptimizerSlots } from '../../lib/optimizers/slots'
import { readOptimizerState, writeOptimizerState } from '../../lib/optimizers/state'
import { readWeights, writeWeights } from '../../lib/program'
import { readReference, type ReferenceCase } from '../reference/read'
import { covers } from './coverage'
import { asCompiled, asDescribed, training } from './optimizer_steps'
import { expectClose } from './tolerance'

const reference = readReference('optimizers')
const trainings = reference.cases.filter(({ config }) => config.optimizer !== undefined)
const rates = reference.cases.filter(({ config }) => config.schedule !== undefined)
const given = reference.find('gradients')
const starts = given.list('start')
const gradients = [0, 1, 2, 3, 4, 5].map((step) => given.list(String(step)))

const CONSTRAINTS = {
  MaxNorm: new library.MaxNorm(1, 0),
  Clip: new library.Clip(-0.5, 0.5),
}

type Made = new (options: object) => Optimizer

function make({ config }: ReferenceCase): Optimizer {
  const options = config.options as object
  const name = config.optimizer as keyof typeof library
  covers('optimizer', name, Object.keys(options))
  return new (library[name] as unknown as Made)(options)
}

test.each(
  trainings.flatMap((each) => [
    { name: each.name, how: 'as compiled', each, updates: asCompiled },
    { name: each.name, how: 'as new values', each, updates: asDescribed },
  ]),
)('$name equals Keras, step by step, $how', async ({ each, updates }) => {
  const optimizer = make(each)
  const constraint = CONSTRAINTS[each.config.constraint as keyof typeof CONSTRAINTS]
  const { weights, slots, step } = await training(optimizer, starts, updates, constraint)
  for (const [n, arrays] of gradients.entries()) {
    await step(arrays)
    const results = await readWeights(weights)
    results.forEach((result, w) => {
      const place = `${n}.${w}`
      expectClose(place, result, each.array(place), each.number('drift', 'weights'))
    })
  }
  await expectState(each, optimizer, slots)
})

async function expectState(
  each: ReferenceCase,
  optimizer: Optimizer,
  slots: OptimizerSlots,
): Promise<void> {
  const state = await readOptimizerState(optimizer, slots)
  const names = each.config.slots as string[]
  // Keras gives Nadam's product a number for a name; `decay` is a schedule there.
  const isNamed = (name: string): boolean => !name.startsWith('variable')
  const ours = state.map(({ name }) => name.slice(name.indexOf('/') + 1))
  const kept = state.filter((_, i) => each.name !== 'Adam decay' || ours[i] !== 'learning_rate')
  expect(kept).toHaveLength(names.length)
  kept.forEach(({ name, value }, i) => {
    const recorded = names[i] as string
    if (isNamed(recorded)) expect(name).toBe(`${optimizer.name}/${recorded}`)
    expectClose(name, value, each.array(`slots.${i}`), each.numberList('drift', 'slots')[i] ?? 0)
  })
}

test.each(rates)("$name gives Keras's rates", (each) => {
  const { schedule, options } = each.config as { schedule: keyof typeof schedules; options: object }
  covers('schedule', schedule, Object.keys(options))
  type Schedule = new (options: object) => library.LearningRateSchedule
  const made = new (schedules[schedule] as unknown as Schedule)(options)
  expect(made.getConfig()).toMatchObject(options)
  const ours = NDArray.from(each.numberList('steps').map((step) => made.at(step)))
  expectClose('rates', ours, each.array('rates'), each.number('drift', 'rates'))
})

test('every optimizer and every schedule is recorded', () => {
  const ours = (space: object, base: abstract new (...args: never[]) => object): string[] =>
    Object.entries(space)
      .filter(([, value]: [string, unknown]) => typeof value === 'function')
      .filter(([, value]: [string, { prototype: unknown }]) => value.prototype instanceof base)
      .map(([name]) => name)
      .sort()
  const recorded = (cases: readonly ReferenceCase[], kind: string): unknown[] =>
    [...new Set(cases.map(({ config }) => config[kind]))].sort()
  // LossScaleOptimizer has a recording of its own.
  const withScale = [...recorded(trainings, 'optimizer'), 'LossScaleOptimizer'].sort()
  expect(withScale).toEqual(ours(library, library.Optimizer))
  expect(recorded(rates, 'schedule')).toEqual(ours(schedules, library.LearningRateSchedule))
})

test('state that is written goes on where it was read', async () => {
  const make = (): Optimizer =>
    new library.RMSprop({ learningRate: 0.1, momentum: 0.5, decay: 0.1, useEma: true })
  const [first, second] = [make(), make()]
  const [a, b] = [await training(first, starts), await training(second, starts)]
  for (const arrays of gradients.slice(0, 3)) await a.step(arrays)
  await writeWeights('test', b.weights, await readWeights(a.weights))
  const state = await readOptimizerState(first, a.slots)
  first.learningRate = 0.05
  second.learningRate = 0.3
  await writeOptimizerState(
    second,
    b.slots,
    state.map(({ value }) => value),
  )
  expect(second.learningRate).toBe(Math.fround(0.1))
  second.learningRate = 0.05
  for (const arrays of gradients.slice(3)) {
    await a.step(arrays)
    await b.step(arrays)
  }
  expect(await readWeights(b.weights)).toEqual(await readWeights(a.weights))
  expect(b.slots.steps).toBe(6)
})

test('state that does not fit is refused, and nothing changes', async () => {
  const optimizer = new library.Adagrad(0.1)
  const { slots } = await training(optimizer, starts)
  const values = (await readOptimizerState(optimizer, slots)).map(({ value }) => value)
  const write = (state: NDArray[]): Promise<void> => writeOptimizerState(optimizer, slots, state)
  await expect(write(values.slice(1))).rejects.toThrow('[Adagrad state] has 4 arrays, received 3')
  await expect(write([...values.slice(0, 3), NDArray.zeros([4])])).rejects.toThrow(
    '[Adagrad state] adagrad/w1_accumulator has shape (5,), received (4,)',
  )
  await expect(
    write([values[0] as NDArray, NDArray.zeros([1]), ...values.slice(2)]),
  ).rejects.toThrow('[Adagrad state] adagrad/learning_rate has shape (), received (1,)')
  expect(optimizer.learningRate).toBe(0.1)
  expect((await readOptimizerState(optimizer, slots)).map(({ value }) => value)).toEqual(values)
})

test('the averages take the place of the weights at the end, but not before the first step', async () => {
  const optimizer = new library.SGD({ learningRate: 0.1, useEma: true, emaMomentum: 0.5 })
  const { weights, slots, step } = await training(optimizer, starts)
  await optimizer.finalizeVariableValues(slots)
  expect(await readWeights(weights)).toEqual(starts)
  await step(gradients[0] as NDArray[])
  const first = await readWeights(weights)
  await step(gradients[1] as NDArray[])
  const second = await readWeights(weights)
  await optimizer.finalizeVariableValues(slots)
  // Two steps: half of the first, which the average began with, and half of the second.
  for (const [w, mean] of (await readWeights(weights)).entries()) {
    const halves = [...mean.data].map(
      (_, i) => ((first[w]?.data[i] as number) + (second[w]?.data[i] as number)) / 2,
    )
    expectClose('mean', mean, NDArray.from(halves).reshape(mean.shape), 0)
  }
})

test('weights whose name is excluded do not decay', async () => {
  const optimizer = new library.SGD({ learningRate: 0.1, weightDecay: 0.5 })
  optimizer.excludeFromWeightDecay(['w1'])
  const { weights, step } = await training(optimizer, starts)
  await step(starts.map(({ shape }) => NDArray.zeros(shape)))
  const [decayed, kept] = await readWeights(weights)
  expect(kept).toEqual(starts[1])
  const expected = NDArray.from([...(starts[0] as NDArray).data].map((value) => value * 0.95))
  expectClose('decayed', decayed as NDArray, expected.reshape([3, 4]), 0)
})

test('one optimizer for two models: the rate is shared, steps are not', async () => {
  const optimizer = new library.Adam((step) => 0.1 / (1 + step))
  const [a, b] = [await training(optimizer, starts), await training(optimizer, starts)]
  await a.step(gradients[0] as NDArray[])
  await a.step(gradients[1] as NDArray[])
  expect(optimizer.learningRate).toBeCloseTo(0.1 / 3, 12)
  await b.step(gradients[0] as NDArray[])
  expect(optimizer.learningRate).toBeCloseTo(0.1 / 2, 12)
  const [steps] = await readWeights([b.slots.iteration])
  expect(steps?.data[0]).toBe(1)
})
