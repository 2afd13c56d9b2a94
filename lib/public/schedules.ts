/** The public namespace `schedules`. */
export { CosineDecay, CosineDecayRestarts } from '../optimizers/cosine_schedules'
export type { CosineDecayOptions, CosineDecayRestartsOptions } from '../optimizers/cosine_schedules'
export { ExponentialDecay, InverseTimeDecay } from '../optimizers/schedules'
export { PiecewiseConstantDecay, PolynomialDecay } from '../optimizers/schedules'
export type { ExponentialDecayOptions, InverseTimeDecayOptions } from '../optimizers/schedules'
export type { PiecewiseConstantDecayOptions } from '../optimizers/schedules'
export type { PolynomialDecayOptions } from '../optimizers/schedules'
export { LearningRateSchedule, type ScheduleFunction } from '../optimizers/schedule'
