/** Learning rates that fall along a cosine. Source: https://keras.io/api/optimizers/learning_rate_schedules/ */
import { finiteNumber, positiveNumber } from '../check'
import { finite, nonNegative } from '../option_readers'
import { name, schedule } from './schedule'

/** Options of {@link schedules.CosineDecay}. */
export interface CosineDecayOptions {
  /** The rate of the first step. */
  readonly initialLearningRate: number
  /** Steps of the decay, after those of the warm-up. */
  readonly decaySteps: number
  /** Share of the rate that is left at the end; default 0. */
  readonly alpha?: number
  readonly name?: string
  /** Rate at the end of a straight rise that comes first; default none. */
  readonly warmupTarget?: number | null
  /** Default 0. */
  readonly warmupSteps?: number
}

/** Half a cosine from 1 to `alpha` of the rate. Source: Loshchilov and Hutter (2017) @class */
export const CosineDecay = schedule<
  CosineDecayOptions,
  [
    initialLearningRate: number,
    decaySteps: number,
    alpha?: number,
    name?: string,
    warmupTarget?: number | null,
    warmupSteps?: number,
  ]
>(
  'CosineDecay',
  {
    initialLearningRate: finiteNumber,
    decaySteps: positiveNumber,
    alpha: finite(0),
    name: name('CosineDecay'),
    warmupTarget: (where, option, value) =>
      value === undefined ? null : finiteNumber(where, option, value),
    warmupSteps: nonNegative(0),
  },
  ({ initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps }, step) => {
    const before = warmupTarget === null ? 0 : warmupSteps
    const highest = warmupTarget ?? initialLearningRate
    if (step < before) {
      return initialLearningRate + ((highest - initialLearningRate) * step) / before
    }
    const part = Math.min(step - before, decaySteps) / decaySteps
    return highest * cosine(part, 1, alpha)
  },
)

/** From `height` at 0 to nothing at 1, then between `alpha` and 1. */
function cosine(part: number, height: number, alpha: number): number {
  return (1 - alpha) * 0.5 * height * (1 + Math.cos(Math.PI * part)) + alpha
}

/** Options of {@link schedules.CosineDecayRestarts}. */
export interface CosineDecayRestartsOptions {
  /** The rate of the first step. */
  readonly initialLearningRate: number
  /** Steps of the first decay. */
  readonly firstDecaySteps: number
  /** Each decay is so many times as long as the one before; default 2. */
  readonly tMul?: number
  /** Each starts at so many times the rate of the one before; default 1. */
  readonly mMul?: number
  /** Share of the rate that is left at the end; default 0. */
  readonly alpha?: number
  readonly name?: string
}

/** Half a cosine again and again. Source: Loshchilov and Hutter (2017) @class */
export const CosineDecayRestarts = schedule<
  CosineDecayRestartsOptions,
  [
    initialLearningRate: number,
    firstDecaySteps: number,
    tMul?: number,
    mMul?: number,
    alpha?: number,
  ]
>(
  'CosineDecayRestarts',
  {
    initialLearningRate: finiteNumber,
    firstDecaySteps: positiveNumber,
    tMul: finite(2),
    mMul: finite(1),
    alpha: finite(0),
    name: name('SGDRDecay'),
  },
  ({ initialLearningRate, firstDecaySteps, tMul, mMul, alpha }, step) => {
    const { restarts, part } = placeIn(step / firstDecaySteps, tMul)
    return initialLearningRate * cosine(part, mMul ** restarts, alpha)
  },
)

/** How often it was restarted, and the part of this decay that is done. */
function placeIn(decays: number, tMul: number): { restarts: number; part: number } {
  if (tMul === 1) return { restarts: Math.floor(decays), part: decays - Math.floor(decays) }
  const restarts = Math.floor(Math.log(1 - decays * (1 - tMul)) / Math.log(tMul))
  const before = (1 - tMul ** restarts) / (1 - tMul)
  return { restarts, part: (decays - before) / tMul ** restarts }
}

export type CosineDecay = InstanceType<typeof CosineDecay>
export type CosineDecayRestarts = InstanceType<typeof CosineDecayRestarts>
