/** Inference: one Program for a model's graph, run batch by batch. */
import type { Plan } from '../../binding'
import { allocate, arrayDType, NDArray, sizeOf } from '../array'
import { knownOptions, positiveInteger } from '../check'
import { INFERENCE } from '../graph/node'
import { placeholder } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import { toArrayPrecision } from '../ops/math'
import { weightsIn } from '../plan/lower'
import { materialize, planOf, Program } from '../program'
import { batchArrays, requireEqualBatches, type Data } from './data'
import type { Graph } from './graph'

export interface PredictOptions {
  /** Items computed at a time; default 32. */
  readonly batchSize?: number
}

export class Predictor {
  private ready: { readonly program: Program; readonly weights: readonly Weight[] } | undefined

  constructor(
    private readonly label: string,
    private readonly graph: Graph,
    private readonly names: readonly string[],
  ) {}

  plan(): Plan {
    return this.describe().plan
  }

  private describe(): { plan: Plan; weights: readonly Weight[] } {
    const stand = this.graph.inputs.map((tensor, i) => placeholder(`x${i}`, tensor))
    const outputs = this.graph.replay(stand, INFERENCE).map(toArrayPrecision)
    const inputs = stand.map((tensor, i) => ({ tensor, name: `x${i}`, requireFinite: false }))
    const phases = [{ name: 'predict', outputs, updates: [] }]
    return { plan: planOf(inputs, phases), weights: weightsIn(phases) }
  }

  private prepared(where: string): { program: Program; weights: readonly Weight[] } {
    if (!this.ready) {
      const { plan, weights } = this.describe()
      this.ready = { program: new Program(where, plan), weights }
    }
    return this.ready
  }

  async run(
    method: string,
    x: Data,
    options: PredictOptions,
    defaultSize = 32,
  ): Promise<NDArray[]> {
    const where = `${this.label} ${method}`
    knownOptions(where, options, ['batchSize'])
    const given = options.batchSize
    const batchSize = given === undefined ? defaultSize : positiveInteger(where, 'batchSize', given)
    const arrays = batchArrays(where, 'input', this.graph.inputs, x, this.names)
    requireEqualBatches(where, arrays)
    const count = arrays[0]?.shape[0] as number
    const results = this.graph.outputs.map((tensor) => {
      const shape = tensor.shape.map((length) => length ?? count)
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
}
