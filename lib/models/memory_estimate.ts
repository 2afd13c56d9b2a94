/** What `model.memoryEstimate` gives. */
import type { Plan } from '../../binding'
import type { Weight } from '../graph/weight'
import { bytesOf, peakOf } from '../plan/memory'

/** Bytes that a model needs for one batch size. `String(estimate)` is a table for people. */
export class MemoryEstimate {
  readonly batchSize: number
  /** All weights, moving statistics included. */
  readonly weights: number
  /** What the optimizer keeps for each weight; 0 where the model is not compiled. */
  readonly optimizer: number
  /** The most that inputs, activations and results take at once while it predicts. */
  readonly predict: number
  /** The same in a training step, with gradients; undefined where the model is not compiled. */
  readonly train: number | undefined
  /** Weights, the optimizer's state, and the larger of both steps. */
  readonly total: number

  constructor(parts: Omit<MemoryEstimate, 'total' | 'toString'>) {
    this.batchSize = parts.batchSize
    this.weights = parts.weights
    this.optimizer = parts.optimizer
    this.predict = parts.predict
    this.train = parts.train
    this.total = parts.weights + parts.optimizer + Math.max(parts.predict, parts.train ?? 0)
  }

  toString(): string {
    const { batchSize, weights, optimizer, predict, train, total } = this
    const rows = { weights, optimizer, predict, ...(train !== undefined && { train }), total }
    const lines = Object.entries(rows).map(([name, bytes]) => {
      // Of small models nothing would be left in megabytes.
      const [unit, size] = bytes > 0 && bytes < 2 ** 20 / 10 ? ['KB', 2 ** 10] : ['MB', 2 ** 20]
      return `${name.padEnd(10)}${(bytes / size).toFixed(1).padStart(10)} ${unit}`
    })
    return [`memory for batches of ${batchSize}`, ...lines].join('\n')
  }
}

/** `trainer` is what trains a compiled model: its plan, and the optimizer's state. */
export function memoryEstimate(
  batchSize: number,
  weights: readonly Weight[],
  plan: Plan,
  trainer: { readonly plan: Plan; readonly state: readonly Weight[] } | undefined,
): MemoryEstimate {
  const bytes = (list: readonly Weight[]): number =>
    list.reduce((sum, { shape, dtype }) => sum + bytesOf(shape, dtype), 0)
  return new MemoryEstimate({
    batchSize,
    weights: bytes(weights),
    optimizer: trainer ? bytes(trainer.state) : 0,
    predict: peakOf(plan, batchSize),
    train: trainer && peakOf(trainer.plan, batchSize),
  })
}
