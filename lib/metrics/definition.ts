/** Classes of metrics that are the mean of a function's values. */
import type { SymbolicTensor } from '../graph/tensor'
import { callableClass, type CallableClass } from '../layers/callable'
import { snakeCase } from '../layers/names'
import { readOptions, type Readers } from '../option_readers'
import { meanStatistics, WeightedMean } from './mean'
import type { MetricOptions } from './metric'

export interface MeanMetricDefinition<O extends object> {
  readonly className: string
  /** Default: the class name in snake case. */
  readonly name?: string
  readonly options: Readers<O>
  values(yTrue: SymbolicTensor, yPred: SymbolicTensor, options: O): SymbolicTensor
  /** 1 where a value counts, 0 where not. */
  mask?(yTrue: SymbolicTensor, options: O): SymbolicTensor | undefined
}

export type MeanMetricClassOf<O extends object> = CallableClass<
  new (options?: Partial<O> & MetricOptions) => WeightedMean
>

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
      return meanStatistics(definition.values(yTrue, yPred, this.options), sampleWeight)
    }

    override getConfig(): Record<string, unknown> {
      return { ...super.getConfig(), ...this.options }
    }
  }

  return callableClass(className, Defined)
}
