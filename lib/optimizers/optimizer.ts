/** Optimizer: how gradients change weights, as an update of a Plan. */
import { fail, finiteNumber } from '../check'
import { ArgumentError } from '../errors'
import type { SymbolicTensor } from '../graph/tensor'
import { Weight } from '../graph/weight'
import { clip, div, maximum, mul, sqrt, square } from '../ops/math'
import { sum } from '../ops/reduce'
import { fill } from '../ops/create'
import type { GraphUpdate } from '../plan/plan'

/** State that one compiled model keeps for an optimizer. */
export interface OptimizerSlots {
  readonly weights: readonly Weight[]
}

export interface OptimizerOptions {
  /** Default 0.001. */
  readonly learningRate?: number
  /** Keras 2's name of `learningRate`. */
  readonly lr?: number
  /** Largest Euclidean norm of each weight's gradient; longer ones are shortened. */
  readonly clipnorm?: number
  /** Largest absolute value of each element of a gradient. */
  readonly clipvalue?: number
}

export const OPTIMIZER_OPTIONS = ['learningRate', 'lr', 'clipnorm', 'clipvalue'] as const

/**
 * Base of all optimizers. One object may be given to several `compile`s: the learning rate is
 * shared, while moments and step counts are each model's own. (Keras 2 shared the step count,
 * Keras 3 refuses.)
 */
export abstract class Optimizer {
  readonly clipnorm: number | undefined
  readonly clipvalue: number | undefined
  private rate: number

  constructor(options: OptimizerOptions = {}) {
    const where = new.target.name
    if (options.learningRate !== undefined && options.lr !== undefined) {
      throw new ArgumentError(where, 'takes learningRate or lr, received both')
    }
    this.rate = checkRate(where, options.learningRate ?? options.lr ?? 0.001)
    this.clipnorm = checkLimit(where, 'clipnorm', options.clipnorm)
    this.clipvalue = checkLimit(where, 'clipvalue', options.clipvalue)
  }

  /** Used from the next step on, by all models compiled with this object. */
  get learningRate(): number {
    return this.rate
  }

  set learningRate(value: number) {
    this.rate = checkRate(this.constructor.name, value)
  }

  /** New state, all zeros, for training these weights. */
  abstract createSlots(weights: readonly Weight[]): OptimizerSlots

  /** The update that trains `weights` by `gradients`. */
  abstract update(
    weights: readonly Weight[],
    gradients: readonly SymbolicTensor[],
    learningRate: SymbolicTensor,
    slots: OptimizerSlots,
  ): GraphUpdate

  /** The gradients as `clipnorm` and `clipvalue` leave them. */
  clipped(gradients: readonly SymbolicTensor[]): SymbolicTensor[] {
    const { clipnorm, clipvalue } = this
    return gradients.map((gradient) => {
      const short = clipnorm === undefined ? gradient : clipNorm(gradient, clipnorm)
      return clipvalue === undefined ? short : clip(short, -clipvalue, clipvalue)
    })
  }

  /** Options that make an equal optimizer. */
  getConfig(): Record<string, unknown> {
    const { learningRate, clipnorm, clipvalue } = this
    return { learningRate, clipnorm, clipvalue }
  }
}

function clipNorm(gradient: SymbolicTensor, limit: number): SymbolicTensor {
  const norm = sqrt(sum(square(gradient)))
  return mul(gradient, div(limit, maximum(norm, limit)))
}

function checkLimit(where: string, name: string, value: unknown): number | undefined {
  if (value === undefined || (typeof value === 'number' && value > 0)) return value
  return fail(where, name, 'a positive number', value)
}

function checkRate(where: string, value: unknown): number {
  const rate = finiteNumber(where, 'learningRate', value)
  return rate >= 0 ? rate : fail(where, 'learningRate', 'a non-negative number', value)
}

/** A slot that lies in memory as its weight does, so that updates run over both in step. */
export function slotLike(weight: Weight, name: string): Weight {
  return new Weight({
    name: `${weight.name}/${name}`,
    shape: weight.shape,
    order: weight.order,
    initialize: () => fill(weight.shape, 0),
    trainable: false,
  })
}

/** A scalar slot. */
export function scalarSlot(name: string): Weight {
  return new Weight({ name, shape: [], initialize: () => fill([], 0), trainable: false })
}
