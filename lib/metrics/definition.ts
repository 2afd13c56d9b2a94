/** Classes of metrics that are the mean of a function's values. */
import type { SymbolicTensor } from '../graph/tensor'
import { callableClass, type CallableClass } from '../layers/callable'
import { snakeCase } from '../layers/names'
import { readOptions, type Readers } from '../option_readers'
import { lossFunction, type LossDefinition, type LossFunctionOf } from '../losses/definition'
import { lossLocation, requireTensors } from '../losses/loss'
import { maskedWeight } from '../losses/weighting'
import { meanStatistics, WeightedMean } from './mean'
import type { MetricOptions } from './metric'

export interface MeanMetricDefinition<O extends object> {
  readonly className: string
  /** Default: the class name in snake case. */
  readonly name?: string
  readonly options: Readers<O>
  values(yTrue: SymbolicTensor, yPred: SymbolicTensor, options: O): SymbolicTensor
  /** 1 where a value counts, 0 where not. As in Keras, only beside weights. */
  mask?(yTrue: SymbolicTensor, yPred: SymbolicTensor, options: O): SymbolicTensor | undefined
}

export type MeanMetricClassOf<O extends object> = CallableClass<
  new (options?: Partial<O> & MetricOptions) => WeightedMean
>

/** A metric as a function: checked options with defaults, checked arguments. */
export function metricFunction<O extends object>(
  name: string,
  readers: Readers<O>,
  values: MeanMetricDefinition<O>['values'],
): LossFunctionOf<O> {
  const compute: LossFunctionOf<O> = (yTrue, yPred, given = {}) => {
    const where = lossLocation(name, 'metrics')
    requireTensors(where, { yTrue, yPred })
    return values(yTrue, yPred, readOptions(where, readers, given))
  }
  Object.defineProperty(compute, 'name', { value: name })
  return compute
}

export function meanMetric<O extends object>(
  definition: MeanMetricDefinition<O>,
): MeanMetricClassOf<O> {
  const { className, name = snakeCase(className), options: readers } = definition

  class Defined extends WeightedMean {
    private readonly options: O

    constructor(given: Partial<O> & MetricOptions = {}) {
      const options = readOptions(className, readers, given, ['name'])
      super({ name: given.name ?? name })
      this.options = options
    }

    override statistics(
      yTrue: SymbolicTensor,
      yPred: SymbolicTensor,
      sampleWeight?: SymbolicTensor,
    ): readonly SymbolicTensor[] {
      const values = definition.values(yTrue, yPred, this.options)
      const mask = sampleWeight && definition.mask?.(yTrue, yPred, this.options)
      return meanStatistics(values, maskedWeight(sampleWeight, mask, 'sum'))
    }

    override getConfig(): Record<string, unknown> {
      return { ...super.getConfig(), ...this.options }
    }
  }

  return callableClass(className, Defined)
}

/** The mean of a loss's values, as a metric under the loss's name. */
export function lossMetric<O extends object>(
  definition: LossDefinition<O>,
  names: { readonly className?: string; readonly name?: string } = {},
): MeanMetricClassOf<O> {
  return meanMetric({
    className: definition.className,
    name: definition.name,
    options: definition.options,
    mask: (yTrue, yPred, options) => definition.mask?.(yTrue, yPred, options),
    values: lossFunction(definition),
    ...names,
  })
}
