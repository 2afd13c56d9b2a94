/** Optimizers by their Keras names. Source: https://keras.io/api/optimizers/ */
import { resolveObject, type Kind, type SerializedObject } from '../serialization'
import { Adadelta } from './adadelta'
import { Adagrad } from './adagrad'
import { Adam, AdamW } from './adam'
import { Adamax } from './adamax'
import { Lion } from './lion'
import { LossScaleOptimizer } from './loss_scale_optimizer'
import { Nadam } from './nadam'
import { Optimizer } from './optimizer'
import { RMSprop } from './rmsprop'
import { SGD } from './sgd'

export { Adadelta, type AdadeltaOptions } from './adadelta'
export { Adagrad, type AdagradOptions } from './adagrad'
export { Adam, AdamW, type AdamOptions } from './adam'
export { Adamax, type AdamaxOptions } from './adamax'
export { Lion, type LionOptions } from './lion'
export { LossScaleOptimizer, type LossScaleOptions } from './loss_scale_optimizer'
export { Nadam, type NadamOptions } from './nadam'
export { Optimizer } from './optimizer'
export type { Moment, Step, WeightResult, WeightStep } from './step'
export type { LearningRate, OptimizerOptions } from './options'
export { RMSprop, type RMSpropOptions } from './rmsprop'
export { SGD, type SGDOptions } from './sgd'
export { LearningRateSchedule, type ScheduleFunction } from './schedule'
export type { OptimizerSlots, SlotKind } from './slots'
export { readOptimizerState, writeOptimizerState, type NamedArray } from './state'

const CLASSES = {
  adam: Adam,
  adamw: AdamW,
  adamax: Adamax,
  nadam: Nadam,
  rmsprop: RMSprop,
  sgd: SGD,
  adagrad: Adagrad,
  adadelta: Adadelta,
  lion: Lion,
  Adam,
  AdamW,
  Adamax,
  Nadam,
  RMSprop,
  SGD,
  Adagrad,
  Adadelta,
  Lion,
  LossScaleOptimizer,
} as const

const KIND: Kind<Optimizer, never> = { noun: 'an Optimizer', base: Optimizer, classes: CLASSES }

/** An optimizer by its Keras name, with default options. */
export type OptimizerName = keyof typeof CLASSES

/** What `compile({ optimizer })` takes; a name stands for Keras's default options. */
export type OptimizerArgument = OptimizerName | Optimizer | SerializedObject

export function resolveOptimizer(where: string, value: OptimizerArgument): Optimizer {
  return resolveObject(where, 'optimizer', value, KIND)
}
