/** Inference: one Program for a model's graph, run batch by batch. */
import type { Plan } from '../../binding'
import { allocate, NDArray, sizeOf } from '../array'
import { knownOptions, positiveInteger } from '../check'
import type { CallContext } from '../graph/node'
import { placeholder } from '../graph/tensor'
import { materialize, planOf, Program } from '../program'
import { batchArrays, requireEqualBatches, type Data } from './data'
import type { Graph } from './graph'

export interface PredictOptions {
  /** Items computed at a time; default 32. */
  readonly batchSize?: number
}

const INFERENCE: CallContext = {
  training: false,
  frozen: new Set(),
  frozenBatchNorm: 'batch',
  assign: () => undefined,
}

export class Predictor {
  private program: Program | undefined

  constructor(
    private readonly label: string,
    private readonly graph: Graph,
  ) {}

  plan(): Plan {
    const stand = this.graph.inputs.map((tensor, i) => placeholder(`x${i}`, tensor))
    const outputs = this.graph.replay(stand, INFERENCE)
    const inputs = stand.map((tensor, i) => ({ tensor, name: `x${i}`, requireFinite: false }))
    return planOf(inputs, [{ name: 'predict', outputs, updates: [] }])
  }

  async run(x: Data, options: PredictOptions): Promise<NDArray[]> {
    const where = `${this.label} predict`
    knownOptions(where, options, ['batchSize'])
    const batchSize = positiveInteger(where, 'batchSize', options.batchSize ?? 32)
    const arrays = batchArrays(where, 'input', this.graph.inputs, x)
    requireEqualBatches(where, arrays)
    this.program ??= new Program(where, this.plan())
    const count = arrays[0]?.shape[0] as number
    const results = this.graph.outputs.map((tensor) => {
      const shape = tensor.shape.map((length) => length ?? count)
      return new NDArray(allocate(tensor.dtype, sizeOf(shape), where), shape, tensor.dtype)
    })
    const ready = materialize(this.graph.layers.flatMap((layer) => layer.weights))
    // All batches are queued at once: a training step started later must not come between them.
    const runs: Promise<unknown>[] = [ready]
    for (let start = 0; start < count; start += batchSize) {
      const end = Math.min(start + batchSize, count)
      const inputs = arrays.map((array) => array.slice(start, end))
      const outputs = results.map((array) => array.slice(start, end).data)
      runs.push(this.program.run(inputs, outputs))
    }
    await Promise.all(runs)
    return results
  }
}
