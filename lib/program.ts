/** Runs Plans: the TypeScript side of `Store` and `Program`. */
import { randomBytes } from 'node:crypto'
import type { Program as NativeProgram, Store as NativeStore, Plan, PlanValue } from '../binding'
import { allocate, arrayDType, NDArray, shapeText, sizeOf, type TypedArray } from './array'
import { PlanError, ShapeError, StateError } from './errors'
import type { SymbolicTensor } from './graph/tensor'
import { Weight } from './graph/weight'
import { native } from './native'
import { fromNative } from './native_errors'
import { batchAdvice } from './plan/advice'
import { lower } from './plan/lower'
import { applyPasses, type Optimisations } from './plan/passes'
import { validatePlan } from './plan/validate'
import { assignment, type GraphInput, type GraphPhase } from './plan/plan'

let theStore: NativeStore | undefined
let seed = randomBytes(6).readUIntBE(0, 6)

/** The Store of this thread, made when first needed. */
export function store(): NativeStore {
  if (!theStore) {
    theStore = new (native().Store)()
    theStore.seed(seed)
  }
  return theStore
}

/** Restarts the random numbers of programs that are started later. */
export function seedPrograms(value: number): void {
  seed = value
  theStore?.seed(value)
}

/** Graph to a checked Plan that is ready for native code; slower without the optimising passes. */
export function planOf(
  inputs: readonly GraphInput[],
  phases: readonly GraphPhase[],
  optimisations: Optimisations = true,
): Plan {
  return validatePlan(applyPasses(lower(inputs, phases), optimisations))
}

/** Weights whose memory exists; a Weight that is garbage collected gives it back. */
const materialized = new WeakSet<Weight>()
const collected = new FinalizationRegistry<number>((id) => theStore?.release(id))

/** Makes room for weights, for all of them or for none; those in `zeros` begin with zeros. */
function claim(weights: readonly Weight[], zeros: ReadonlySet<Weight> = new Set()): void {
  const caller = new Error()
  for (const [i, weight] of weights.entries()) {
    try {
      const { id, shape, dtype, order } = weight
      store().allocate(id, shape, dtype, order, zeros.has(weight))
    } catch (error) {
      disown(weights.slice(0, i))
      throw fromNative(error, `weight ${weight.name}`, caller)
    }
    materialized.add(weight)
    collected.register(weight, weight.id, weight)
  }
}

function disown(weights: readonly Weight[]): void {
  for (const weight of weights) {
    materialized.delete(weight)
    collected.unregister(weight)
    store().release(weight.id)
  }
}

/** Arrays whose bytes native code gets when a program first needs them. */
const held = new WeakMap<Weight, NDArray>()

/** A weight that holds an array, such as a dataset, from `writeHeld` or `materialize` on. */
export function weightHolding(where: string, name: string, array: NDArray): Weight {
  const initialize = (): never => {
    throw new StateError(where, `${name} was closed`)
  }
  const { shape, dtype } = array
  const weight = new Weight({ name, shape, dtype, trainable: false, initialize })
  held.set(weight, array)
  return weight
}

/**
 * Gives the arrays of those weights that hold one to native code. The bytes are on their way before
 * this returns, so that a program started after it finds them; the arrays are free then.
 */
export function writeHeld(weights: readonly Weight[]): void {
  for (const weight of weights) {
    const array = held.get(weight)
    if (!array) continue
    claim([weight])
    held.delete(weight)
    // Nothing is lost: programs refuse a weight that was never written.
    store()
      .write(weight.id, array.data)
      .catch(() => undefined)
  }
}

/** Gives a weight's memory back; programs that use it keep what they hold. */
export function releaseWeight(weight: Weight): void {
  held.delete(weight)
  if (materialized.has(weight)) disown([weight])
}

/**
 * Gives first values to the weights that have none yet. Everything is queued before it returns, so
 * that a program started after it finds them.
 */
export async function materialize(weights: readonly Weight[]): Promise<void> {
  const missing = weights.filter((weight) => !materialized.has(weight))
  if (missing.length === 0) return
  const fresh = missing.filter((weight) => !held.has(weight))
  const zeros = new Set<Weight>()
  const phases = fresh.flatMap((weight): GraphPhase[] => {
    const value = weight.initialize()
    if (areZeros(value, weight)) {
      zeros.add(weight)
      return []
    }
    return [{ name: weight.name, outputs: [], updates: [assignment(weight, value)] }]
  })
  const plan = planOf([], phases)
  // From here on native code is needed, which may still be on its way.
  writeHeld(missing)
  claim(fresh, zeros)
  if (phases.length === 0) return
  try {
    await new Program('initialize', plan).run([])
  } catch (error) {
    disown(fresh)
    throw error
  }
}

/** Whether a weight's first values are those of new memory, as an optimizer's moments are. */
function areZeros({ node: { operation }, shape, dtype }: SymbolicTensor, weight: Weight): boolean {
  const { kind } = operation
  if (kind !== 'op' || operation.name !== 'full' || dtype !== weight.dtype) return false
  return Object.is(operation.attributes.value, 0) && shapeText(shape) === shapeText(weight.shape)
}

/** Copies of weights, after everything that was started before. */
export async function readWeights(weights: readonly Weight[]): Promise<NDArray[]> {
  const caller = new Error()
  const arrays = weights.map(
    (weight) => new NDArray(allocate(weight.dtype, weight.size), weight.shape, weight.dtype),
  )
  // Async, so that whatever it throws comes after the failure of the first values.
  const read = async (weight: Weight, array: NDArray): Promise<void> =>
    store().read(weight.id, array.data)
  const ready = materialize(weights)
  const reads = weights.map((weight, i) => read(weight, arrays[i] as NDArray))
  await Promise.all([ready, ...reads]).catch((error: unknown) => {
    throw fromNative(error, 'getWeights', caller)
  })
  return arrays
}

/** Replaces weights. All shapes are checked before any of them changes. */
export async function writeWeights(
  where: string,
  weights: readonly Weight[],
  values: readonly NDArray[],
): Promise<void> {
  if (values.length !== weights.length) {
    throw new ShapeError(
      where,
      `has ${weights.length} weights, setWeights received ${values.length}`,
    )
  }
  const data = weights.map((weight, i) => {
    const value = NDArray.from(values[i] as NDArray)
    if (shapeText(value.shape) !== shapeText(weight.shape)) {
      throw new ShapeError(
        where,
        `weight ${weight.name} has shape ${shapeText(weight.shape)}, setWeights received ${shapeText(value.shape)}`,
      )
    }
    return convert(value, weight)
  })
  const fresh = weights.filter((weight) => !materialized.has(weight))
  claim(fresh)
  const caller = new Error()
  const write = async (weight: Weight, i: number): Promise<void> =>
    store().write(weight.id, data[i] as TypedArray)
  await Promise.all(weights.map(write)).catch((error: unknown) => {
    disown(fresh)
    throw fromNative(error, where, caller)
  })
}

function convert(value: NDArray, weight: Weight): TypedArray {
  if (value.dtype === weight.dtype) return value.data
  const data = allocate(weight.dtype, weight.size)
  data.set(value.data)
  return data
}

/** A Plan made ready to run, with typed inputs and outputs. */
export class Program {
  readonly plan: Plan
  private readonly name: string
  private readonly native: NativeProgram

  constructor(name: string, plan: Plan) {
    this.name = name
    this.plan = plan
    const caller = new Error()
    try {
      this.native = new (native().Program)(store(), plan)
    } catch (error) {
      throw fromNative(error, name, caller)
    }
  }

  /**
   * Runs once. `inputs` follow `plan.inputs`; their shapes must fit. When `outputs` are given they
   * are filled in place, otherwise new arrays are made.
   */
  async run(inputs: readonly NDArray[], outputs?: readonly TypedArray[]): Promise<NDArray[]> {
    const batch = this.batchOf(inputs)
    const shapes = this.plan.outputs.map((id) => resolveShape(this.plan.values[id], batch ?? 1))
    const arrays = shapes.map((shape, i) => {
      const dtype = arrayDType(this.plan.values[this.plan.outputs[i] as number]?.dtype ?? 'float32')
      return new NDArray(outputs?.[i] ?? allocate(dtype, sizeOf(shape), this.name), shape, dtype)
    })
    const caller = new Error()
    try {
      await this.native.run(
        inputs.map((input) => input.data),
        inputs.map((input) => input.shape),
        arrays.map((array) => array.data),
      )
    } catch (error) {
      const advice = (): string => batchAdvice(this.plan, batch, native().memoryStats())
      throw fromNative(error, this.name, caller, advice)
    }
    return arrays
  }

  /** The batch size that the inputs agree on; undefined where no input has a batch axis. */
  private batchOf(inputs: readonly NDArray[]): number | undefined {
    let batch: number | undefined
    this.plan.inputs.forEach(({ value }, i) => {
      if (this.plan.values[value]?.shape[0] !== null) return
      const length = inputs[i]?.shape[0]
      if (batch !== undefined && length !== batch) {
        throw new ShapeError(
          this.name,
          `all inputs must hold equally many items, received ${batch} and ${String(length)}`,
        )
      }
      batch = length
    })
    return batch
  }
}

function resolveShape(value: PlanValue | undefined, batch: number): number[] {
  if (!value) throw new PlanError('plan', 'an output is not declared')
  return value.shape.map((length) => length ?? batch)
}
