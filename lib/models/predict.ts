/** Inference: one Program for a model's graph, run batch by batch. */
import type { Plan } from '../../binding'
import { allocate, arrayDType, NDArray, sizeOf } from '../array'
import { knownOptions, positiveInteger } from '../check'
import { ShapeError } from '../errors'
import { INFERENCE } from '../graph/node'
import { placeholder } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import { toArrayPrecision } from '../ops/dtypes'
import { planText, type PlanOptions } from '../plan/explain'
import { weightsIn } from '../plan/lower'
import type { GraphInput, GraphPhase } from '../plan/plan'
import { materialize, planOf, Program } from '../program'
import { batchArrays, requireEqualBatches, type Data } from './data'
import type { Graph } from './graph'
import { CallbackList, checkCallbacks, type CallbackModel } from '../callbacks/callback'
import { ProgressLogger } from '../callbacks/progress_logger'
import { ArrayBatches, DatasetBatches, Epochs, isDataset, type Dataset } from './batches'
import { verbosity, type RunOptions } from './evaluate'
import type { Feed } from './feed'

/** Also a progress bar, which is silent here unless asked for. */
export interface PredictOptions extends RunOptions {
  /** Items computed at a time; default 32. */
  readonly batchSize?: number
  /** Batches to take; default all. */
  readonly steps?: number
}

export class Predictor {
  private ready: { readonly program: Program; readonly weights: readonly Weight[] } | undefined

  constructor(
    private readonly label: string,
    private readonly graph: Graph,
    private readonly names: readonly string[],
    private readonly isOptimised: boolean,
  ) {}

  planText(options: PlanOptions): string {
    return planText(`${this.label} plan`, this.described(), options, this.isOptimised)
  }

  private described(): { inputs: readonly GraphInput[]; phases: readonly GraphPhase[] } {
    const stand = this.graph.inputs.map((tensor, i) => placeholder(`x${i}`, tensor))
    const outputs = this.graph.replay(stand, INFERENCE).map(toArrayPrecision)
    const inputs = stand.map((tensor, i) => ({ tensor, name: `x${i}`, requireFinite: false }))
    return { inputs, phases: [{ name: 'predict', outputs, updates: [] }] }
  }

  private prepared(where: string): { program: Program; weights: readonly Weight[] } {
    if (!this.ready) {
      const { inputs, phases } = this.described()
      const plan = planOf(inputs, phases, this.isOptimised)
      this.ready = { program: new Program(where, plan), weights: weightsIn(phases) }
    }
    return this.ready
  }

  /** The plan that runs. */
  get plan(): Plan {
    return this.prepared(`${this.label} predict`).program.plan
  }

  async run(
    method: string,
    x: Data,
    options: PredictOptions,
    defaultSize = 32,
  ): Promise<NDArray[]> {
    const where = `${this.label} ${method}`
    knownOptions(where, options, ['batchSize', 'steps', 'callbacks', 'verbose', 'signal'])
    const given = options.batchSize
    const batchSize = given === undefined ? defaultSize : positiveInteger(where, 'batchSize', given)
    const arrays = batchArrays(where, 'input', this.graph.inputs, x, this.names)
    requireEqualBatches(where, arrays)
    const count = arrays[0]?.shape[0] as number
    this.requireBatch(where, Math.min(batchSize, count), count % batchSize)
    const results = this.graph.outputs.map((tensor) => {
      const shape = [count, ...tensor.shape.slice(1).map((length) => length ?? count)]
      const dtype = arrayDType(tensor.dtype)
      return new NDArray(allocate(dtype, sizeOf(shape), where), shape, dtype)
    })
    const { program, weights } = this.prepared(where)
    const ready = materialize(weights)
    // All batches are queued at once: a training step started later must not come between them.
    const runs: Promise<unknown>[] = [ready]
    for (let start = 0; start < count; start += batchSize) {
      const end = Math.min(start + batchSize, count)
      const inputs = arrays.map((array) => array.slice(start, end))
      const outputs = results.map((array) => array.slice(start, end).data)
      runs.push(program.run(inputs, outputs))
    }
    await Promise.all(runs)
    return results
  }

  /** Outputs of a fixed number of items, as of random weights of a fixed shape, limit the batch. */
  private requireBatch(where: string, batch: number, rest: number): void {
    for (const { shape } of this.graph.outputs) {
      const [items] = shape
      if (items === undefined) {
        throw new ShapeError(where, 'an output is one number, without a batch axis')
      }
      if (typeof items !== 'number' || (items === batch && rest % batch === 0)) continue
      throw new ShapeError(
        where,
        `an output always holds ${items} items: give as many, or a multiple with batchSize: ${items}`,
      )
    }
  }

  /** Batch by batch, from a dataset too; callbacks hear of each. */
  async stream(
    model: CallbackModel,
    x: Data | Dataset<unknown>,
    options: PredictOptions,
  ): Promise<NDArray[]> {
    const where = `${this.label} predict`
    knownOptions(where, options, ['batchSize', 'steps', 'callbacks', 'verbose', 'signal'])
    const read = (batch: unknown): Feed => {
      const inputs = batchArrays(where, 'input', this.graph.inputs, batch as Data, this.names)
      requireEqualBatches(where, inputs)
      return { inputs, targets: [], weights: [] }
    }
    const size = positiveInteger(where, 'batchSize', options.batchSize ?? 32)
    const steps =
      options.steps === undefined ? undefined : positiveInteger(where, 'steps', options.steps)
    const batches = isDataset(x)
      ? new DatasetBatches(x, read)
      : new ArrayBatches(read(x), size, false)
    const epochs = new Epochs(where, batches, steps, options.signal)
    const callbacks = checkCallbacks(where, options.callbacks)
    const verbose = verbosity(where, options.verbose ?? 0)
    const params = { verbose, epochs: 1, steps: epochs.count }
    const list = new CallbackList([...callbacks, new ProgressLogger()], model, params)
    const { program, weights } = this.prepared(where)
    const parts: (readonly NDArray[])[] = []
    await list.tell('onPredictBegin', {})
    try {
      await epochs.run(async ({ inputs }, step) => {
        await list.tell('onPredictBatchBegin', step, {})
        const ready = materialize(weights)
        const [results] = await Promise.all([program.run(inputs), ready])
        parts.push(results)
        await list.tell('onPredictBatchEnd', step, {})
        return true
      })
    } finally {
      await epochs.close()
    }
    await list.tell('onPredictEnd', {})
    return this.graph.outputs.map((_, i) =>
      joined(
        where,
        parts.map((part) => part[i] as NDArray),
      ),
    )
  }
}

/** The items of all arrays, one after the other. */
function joined(where: string, arrays: readonly NDArray[]): NDArray {
  const [first] = arrays as readonly [NDArray, ...NDArray[]]
  const items = arrays.reduce((sum, { shape }) => sum + (shape[0] as number), 0)
  const shape = [items, ...first.shape.slice(1)]
  const data = allocate(first.dtype, sizeOf(shape), where)
  let at = 0
  for (const array of arrays) {
    data.set(array.data, at)
    at += array.size
  }
  return new NDArray(data, shape, first.dtype)
}
