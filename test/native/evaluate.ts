/** Runs a few ops on arrays and gives back numbers: what the tests of ops and layers stand on. */
import type { NDArray } from '../../lib/array'
import { INFERENCE, type CallContext } from '../../lib/graph/node'
import { placeholder, type SymbolicTensor } from '../../lib/graph/tensor'
import type { Weight } from '../../lib/graph/weight'
import { toArrayPrecision } from '../../lib/ops/dtypes'
import { gradients } from '../../lib/ops/gradients'
import { mul } from '../../lib/ops/math'
import { sum } from '../../lib/ops/reduce'
import type { Optimisations } from '../../lib/plan/passes'
import { assignment } from '../../lib/plan/plan'
import type { GraphInput, GraphPhase, GraphUpdate } from '../../lib/plan/plan'
import { materialize, planOf, Program } from '../../lib/program'

export interface EvaluateOptions {
  readonly weights?: readonly Weight[]
  readonly updates?: readonly GraphUpdate[]
  /** Done before the outputs are computed. */
  readonly before?: () => readonly GraphUpdate[]
  /** The first axis is no batch: all lengths are known. */
  readonly allKnown?: boolean
  /** Default all. */
  readonly optimisations?: Optimisations
}

type Describe = (tensors: SymbolicTensor[]) => readonly SymbolicTensor[]

/** What `describe` makes of placeholders for the arrays, as a program's inputs and phases. */
export function graphOf(
  arrays: readonly NDArray[],
  describe: Describe,
  options: EvaluateOptions = {},
): { inputs: GraphInput[]; phases: GraphPhase[] } {
  const tensors = arrays.map((array, i) => {
    const isKnown = options.allKnown === true || array.shape.length === 0
    const shape = isKnown ? array.shape : [null, ...array.shape.slice(1)]
    return placeholder(`x${i}`, { shape, dtype: array.dtype })
  })
  const outputs = describe(tensors)
  const inputs = tensors.map((tensor, i) => ({ tensor, name: `x${i}`, requireFinite: false }))
  const before = { name: 'before', outputs: [], updates: options.before?.() ?? [], continues: true }
  const phase = { name: 'test', outputs, updates: options.updates ?? [] }
  return { inputs, phases: [before, phase] }
}

/** The results of `describe` for the given arrays, one run of one program. */
export async function evaluate(
  arrays: readonly NDArray[],
  describe: Describe,
  options: EvaluateOptions = {},
): Promise<NDArray[]> {
  const { inputs, phases } = graphOf(arrays, describe, options)
  const program = new Program('test', planOf(inputs, phases, options.optimisations))
  const ready = materialize(options.weights ?? [])
  const running = program.run([...arrays])
  return (await Promise.all([ready, running]))[1]
}

export interface LayerRun {
  readonly y: NDArray
  /** Gradients of sum(y * r) by the inputs of a floating type. */
  readonly dx: readonly NDArray[]
  /** Gradients of sum(y * r) by the trainable weights. */
  readonly dweights: readonly NDArray[]
}

/** A step of training in which everything is trained; what it changes can be collected. */
export function trainingContext(changes: Partial<CallContext> = {}): CallContext {
  return { ...INFERENCE, training: true, replaced: new Map(), ...changes }
}

/** What a layer computes from x, and the gradients of sum(y * r). Moving statistics change. */
export async function runLayer(
  layer: {
    weights: readonly Weight[]
    trace(inputs: SymbolicTensor[], context: CallContext): SymbolicTensor[]
  },
  x: NDArray | readonly NDArray[],
  r: NDArray,
  training: boolean,
): Promise<LayerRun> {
  const arrays = Array.isArray(x) ? (x as readonly NDArray[]) : [x as NDArray]
  const trained = layer.weights.filter((weight) => weight.trainable)
  const updates: GraphUpdate[] = []
  const context = trainingContext({
    training,
    assign: (weight, value) => updates.push(assignment(weight, value)),
  })
  const floating = arrays.filter(({ dtype }) => dtype === 'float32').length
  const [y, ...derivatives] = await evaluate(
    [...arrays, r],
    (tensors) => {
      const inputs = tensors.slice(0, -1)
      const [given] = layer.trace(inputs, context) as [SymbolicTensor]
      const out = toArrayPrecision(given)
      const scalar = sum(mul(out, tensors.at(-1) as SymbolicTensor))
      const by = [
        ...inputs.filter(({ dtype }) => dtype === 'float32'),
        ...trained.map((weight) => weight.tensor),
      ]
      return by.length > 0 ? [out, ...gradients(scalar, by)] : [out]
    },
    {
      weights: layer.weights,
      updates,
      before: () => [...context.replaced].map(([weight, value]) => assignment(weight, value)),
    },
  )
  const dx = derivatives.slice(0, floating)
  return { y: y as NDArray, dx, dweights: derivatives.slice(floating) }
}
