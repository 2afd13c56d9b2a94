/** One training step as a Program: forward, loss, gradients, updates. */
import type { Plan } from '../../binding'
import { arrayDType, NDArray } from '../array'
import { StateError } from '../errors'
import type { CallContext } from '../graph/node'
import { withScope } from '../graph/scope'
import { placeholder, type SymbolicTensor } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import { reducedLoss } from '../losses'
import type { Sums } from '../metrics'
import { gradients } from '../ops/gradients'
import { add, toArrayPrecision } from '../ops/math'
import type { OptimizerSlots } from '../optimizers'
import { weightsIn } from '../plan/lower'
import { assignment, type GraphInput } from '../plan/plan'
import { materialize, planOf, Program } from '../program'
import { uniqueNames, type Compiled } from './compile'
import { batchArrays, requireEqualBatches, type Data } from './data'
import { layerOf } from './graph'

/**
 * Numbers of one step: total loss, each output's loss (of several), metrics; in Keras's order, and
 * by name: `r[0]` is `r.loss`.
 */
export type BatchResult = readonly number[] & {
  readonly loss: number
  /** Throws a StateError where the model was compiled without metrics: ['accuracy']. */
  readonly accuracy: number
} & Readonly<Record<string, number>>

interface Step {
  readonly plan: Plan
  readonly reported: readonly Reported[]
  /** All that it reads or changes. */
  readonly weights: readonly Weight[]
}

export class Trainer {
  private readonly slots: OptimizerSlots
  private readonly trained: readonly Weight[]
  private cached: Step | undefined
  private program: Program | undefined

  constructor(private readonly compiled: Compiled) {
    this.trained = compiled.trainedWeights()
    this.slots = compiled.optimizer.createSlots(this.trained)
    if (this.trained.length === 0) {
      process.emitWarning(
        `[${compiled.model.label} compile] nothing is trainable: trainOnBatch will change no weight`,
        'GantorchWarning',
      )
    }
  }

  plan(): Plan {
    return this.requireStep().plan
  }

  async step(x: Data, y: Data): Promise<BatchResult> {
    const { model, optimizer } = this.compiled
    const where = `${model.label} trainOnBatch`
    const inputs = batchArrays(where, 'input', model.inputs, x)
    const targets = batchArrays(where, 'target', model.outputs, y)
    requireEqualBatches(where, [...inputs, ...targets])
    const { plan, reported, weights } = this.requireStep()
    this.program ??= new Program(where, plan)
    const rate = NDArray.full([], optimizer.nextRate(this.slots))
    const ready = materialize(weights)
    const running = this.program.run([...inputs, ...targets, rate])
    const [, results] = await Promise.all([ready, running]).catch((error: unknown) => {
      // A step that failed changed nothing, so it does not count.
      this.slots.steps -= 1
      throw error
    })
    return named(
      where,
      reported.map(({ name }) => name),
      numbersOf(reported, results),
    )
  }

  private requireStep(): Step {
    this.cached ??= buildStep(this.compiled, this.trained, this.slots)
    return this.cached
  }
}

/** Each reported number from its share of the program's outputs. */
function numbersOf(reported: readonly Reported[], results: readonly NDArray[]): number[] {
  let next = 0
  return reported.map(({ values, result }) => {
    const own = results.slice(next, (next += values.length))
    return result(own.map(({ data }) => data))
  })
}

function named(where: string, names: readonly string[], values: number[]): BatchResult {
  names.forEach((name, i) => Object.assign(values, { [name]: values[i] }))
  if (!names.includes('accuracy')) {
    Object.defineProperty(values, 'accuracy', {
      get() {
        throw new StateError(where, "has no accuracy: compile with metrics: ['accuracy']")
      },
    })
  }
  return Object.freeze(values) as unknown as BatchResult
}

function buildStep(compiled: Compiled, trained: readonly Weight[], slots: OptimizerSlots): Step {
  const { model, optimizer, frozen, frozenBatchNorm } = compiled
  const assigned = new Map<Weight, SymbolicTensor>()
  const added: SymbolicTensor[] = []
  const context: CallContext = {
    training: true,
    frozen,
    frozenBatchNorm,
    // Of several calls of one shared layer the last one stands, as in Keras.
    assign: (weight, value) => assigned.set(weight, value),
    addLoss: (value) => added.push(value),
  }
  const inputs = model.inputs.map((tensor, i) => placeholder(numbered('input', i), tensor))
  const targets = model.outputs.map(({ shape, dtype }, i) =>
    placeholder(numbered('target', i), { shape, dtype: arrayDType(dtype) }),
  )
  const learningRate = placeholder('learningRate', { shape: [], dtype: 'float32' })
  // Losses and metrics are computed in float32, as in Keras.
  const outputs = model.trace(inputs, context).map(toArrayPrecision)
  // In the same context, so that a loss or a metric may call layers.
  const { total, reported } = withScope('', () => objective(compiled, targets, outputs), context)
  const updates = [...assigned].map(([weight, value]) => assignment(weight, value))
  if (trained.length > 0) {
    const derivatives = gradients(
      optimizer.scaleLoss(total, slots),
      trained.map((weight) => weight.tensor),
    )
    updates.push(...optimizer.update(derivatives, learningRate, slots))
  }
  const data = [...inputs, ...targets].map((tensor): GraphInput => {
    return { tensor, name: inputName(tensor), requireFinite: true }
  })
  const rate = { tensor: learningRate, name: 'learningRate', requireFinite: false }
  const phase = { name: 'train', outputs: reported.flatMap(({ values }) => values), updates }
  return {
    plan: planOf([...data, rate], [phase]),
    reported,
    weights: weightsIn([phase]),
  }
}

/** input, input_1, ...: how messages call the arrays. */
function numbered(kind: string, i: number): string {
  return i === 0 ? kind : `${kind}_${i}`
}

function inputName(tensor: SymbolicTensor): string {
  return tensor.node.operation.kind === 'input' ? tensor.node.operation.name : ''
}

interface Reported {
  readonly name: string
  /** Outputs of the program. */
  readonly values: readonly SymbolicTensor[]
  readonly result: (sums: Sums) => number
}

function reportedNumber(name: string, value: SymbolicTensor): Reported {
  return { name, values: [value], result: ([only]) => only?.[0] as number }
}

/** The number to minimise, and all numbers to report in Keras's order. */
function objective(
  compiled: Compiled,
  targets: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
): { total: SymbolicTensor; reported: Reported[] } {
  const { model } = compiled
  const prefixes =
    outputs.length === 1
      ? ['']
      : uniqueNames(model.outputs.map(outputName)).map((name) => `${name}_`)
  const losses = outputs.map((output, i) => {
    const name = `${prefixes[i] as string}loss`
    const target = targets[i] as SymbolicTensor
    const value = withScope(`${model.label} loss`, () =>
      reducedLoss(`${model.label} loss`, compiled.lossFor(i), target, output),
    )
    return { name, value }
  })
  const metrics = outputs.flatMap((output, i) =>
    compiled.metricsFor(i, output).map(({ name, metric }): Reported => {
      const values = withScope(`${model.label} ${name}`, () =>
        metric.statistics(targets[i] as SymbolicTensor, output),
      )
      return {
        name: `${prefixes[i] as string}${name}`,
        values,
        result: (sums) => metric.result(sums),
      }
    }),
  )
  const total = losses.map(({ value }) => value).reduce((sum, value) => add(sum, value))
  const each = losses.length > 1 ? losses : []
  const numbers = [{ name: 'loss', value: total }, ...each].map(({ name, value }) =>
    reportedNumber(name, value),
  )
  return { total, reported: [...numbers, ...metrics] }
}

/** Keras names an output by the layer that computes it. */
function outputName(tensor: SymbolicTensor): string {
  return layerOf(tensor.node)?.name ?? `output_${tensor.index}`
}
