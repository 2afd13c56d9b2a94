/** The models of scripts/reference/training_topic.py, and comparisons with what Keras reported. */
import {
  Adam,
  BatchNormalization,
  Dense,
  Input,
  L2,
  Model,
  type AnyModel,
  type AnyTensors,
  type BaseModel,
  type CompileOptions,
} from '../../lib/index'
import type { ReferenceCase } from '../reference/read'
import { noteComparison } from './coverage'
import { expectClose } from './tolerance'

const ADAM = { learningRate: 2 ** -7, beta1: 0.5, beta2: 0.75, epsilon: 2 ** -10 }

/** A model of tests, which gives and takes anything. */
export type TestModel = BaseModel<never, AnyTensors>

const MAKERS: Readonly<Record<string, () => AnyModel>> = {
  'two outputs': () => {
    const x = Input({ shape: [4], name: 'x' })
    const kernelRegularizer = new L2(0.02)
    const trunk = Dense(5, { activation: 'tanh', kernelRegularizer, name: 'trunk' })(x)
    const valid = Dense(1, { activation: 'sigmoid', name: 'valid' })(trunk)
    const label = Dense(3, { activation: 'softmax', kernelRegularizer: 'l1', name: 'label' })(trunk)
    return new Model(x, [valid, label])
  },
  'one output': () => {
    const x = Input({ shape: [4], name: 'x' })
    const activityRegularizer = new L2(0.03)
    const first = Dense(6, { activation: 'relu', activityRegularizer, name: 'first' })(x)
    const kernelRegularizer = new L2(0.5)
    const frozen = Dense(5, { kernelRegularizer, name: 'frozen', trainable: false })(first)
    return new Model(x, Dense(3, { activation: 'softmax', name: 'out' })(frozen))
  },
  'two inputs': () => {
    const a = Input({ shape: [3], name: 'a' })
    const b = Input({ shape: [2], name: 'b' })
    const hidden = Dense(4, { name: 'hidden', useBias: false })(a)
    const deep = Dense(1, { name: 'deep' })(BatchNormalization({ name: 'normal' })(hidden))
    return new Model([a, b], [deep, Dense(1, { name: 'wide' })(b)])
  },
}

/** The case's model with its first weights, compiled. */
export async function modelOf(
  reference: ReferenceCase,
  changes: Partial<CompileOptions<AnyTensors>> = {},
): Promise<TestModel> {
  const name = reference.config.model as string
  const make = MAKERS[name]
  if (!make) throw new Error(`no model ${name}`)
  const model = make()
  await model.setWeights(reference.list('weights'))
  const options = reference.config.compile as unknown as CompileOptions<AnyTensors>
  model.compile({
    ...options,
    optimizer: new Adam(ADAM),
    ...changes,
  })
  return model
}

/** Numbers that one call reported, by name, against those of Keras. */
export function expectResults(
  reference: ReferenceCase,
  index: number,
  received: Readonly<Record<string, number | undefined>>,
): void {
  const expected = (reference.numbers.results as unknown as Record<string, number>[])[index] ?? {}
  for (const [name, value] of Object.entries(expected)) {
    const drift = reference.number('drift', 'results', index, name)
    const difference = Math.abs((received[name] as number) - value)
    const allowed = drift + Math.max(4 * drift, 4 * 2 ** -23 * Math.abs(value))
    noteComparison(`${reference.name} ${name}`, difference, Math.abs(value))
    if (!(difference <= allowed)) {
      throw new Error(
        `${reference.name}, ${name} of step ${index} is ${String(received[name])}, expected ${value}, allowed is ${allowed}`,
      )
    }
  }
}

/** The model's weights against those that Keras had in the end. */
export async function expectWeights(reference: ReferenceCase, model: TestModel): Promise<void> {
  const weights = await model.getWeights()
  weights.forEach((weight, i) => {
    const name = `${reference.name} ${model.weights[i]?.name ?? ''}`
    const drift = reference.number('drift', 'after', i)
    expectClose(name, weight, reference.array(`after.${i}`), drift)
  })
}
