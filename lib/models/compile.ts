/** What `compile` fixes: losses, metrics, optimizer, and which layers are trained. */
import { fail, knownOptions, oneOf } from '../check'
import { ArgumentError } from '../errors'
import type { SymbolicTensor } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import type { AnyLayer } from '../layers/layer'
import { frozenWithin, layersWithin } from '../layers/within'
import { resolveLoss, type LossArgument, type LossFunction } from '../losses'
import { resolveMetric, type MetricArgument, type NamedMetric } from '../metrics'
import { resolveOptimizer, type Optimizer, type OptimizerArgument } from '../optimizers'
import type { AnyModel } from './base_model'

export interface CompileOptions {
  /** A Keras name or a function over ops; for several outputs one for all or a list. */
  readonly loss: LossArgument | readonly LossArgument[]
  readonly optimizer: OptimizerArgument
  /** For one output a list; for several outputs a list of lists. Default none. */
  readonly metrics?: readonly MetricArgument[] | readonly (readonly MetricArgument[])[]
  /**
   * How a BatchNormalization that is not trainable now normalises while this model trains:
   * 'batch' (default; Keras 2 and the GAN papers) by the batch's own statistics, 'moving' (Keras 3)
   * by its moving averages. Its moving averages don't change either way.
   */
  readonly frozenBatchNorm?: 'batch' | 'moving'
}

export class Compiled {
  readonly losses: readonly LossFunction[]
  readonly optimizer: Optimizer
  readonly frozenBatchNorm: 'batch' | 'moving'
  /** Layers that were not trainable at compile time. */
  readonly frozen: ReadonlySet<AnyLayer>
  private readonly metricArguments: readonly (readonly MetricArgument[])[]

  constructor(
    readonly model: AnyModel,
    options: CompileOptions,
  ) {
    const where = `${model.label} compile`
    knownOptions(where, options, ['loss', 'optimizer', 'metrics', 'frozenBatchNorm'])
    const { loss, metrics = [], frozenBatchNorm = 'batch' } = options
    this.losses = (Array.isArray(loss) ? loss : [loss]).map((item: LossArgument) =>
      resolveLoss(where, item),
    )
    this.optimizer = resolveOptimizer(where, options.optimizer)
    this.frozenBatchNorm = oneOf(where, 'frozenBatchNorm', frozenBatchNorm, ['batch', 'moving'])
    if (!Array.isArray(metrics)) fail(where, 'metrics', 'a list', metrics)
    const isNested = metrics.length > 0 && metrics.every(Array.isArray)
    this.metricArguments = (
      isNested ? metrics : [metrics]
    ) as readonly (readonly MetricArgument[])[]
    this.frozen = frozenWithin(model)
    if (model.built) this.checkOutputs()
  }

  /** The weights that training changes: fixed at compile time, in the model's order. */
  trainedWeights(): Weight[] {
    const trained = layersWithin(this.model).filter((layer) => !this.frozen.has(layer))
    const weights = trained.flatMap((layer) => layer.directWeights)
    return [...new Set(weights)].filter((weight) => weight.trainable)
  }

  lossFor(output: number): LossFunction {
    return (this.losses[output] ?? this.losses[0]) as LossFunction
  }

  metricsFor(output: number, tensor: SymbolicTensor): NamedMetric[] {
    const where = `${this.model.label} compile`
    const metrics = (this.metricArguments[output] ?? []).map((item) =>
      resolveMetric(where, item, tensor),
    )
    for (const { name } of metrics) {
      // Results are a list that carries names, so a name must not be one of a list's own.
      if (name === 'loss' || name in Array.prototype || /^\d+$/.test(name)) {
        throw new ArgumentError(where, `a metric can't be named '${name}': rename the function`)
      }
    }
    const names = uniqueNames(metrics.map(({ name }) => name))
    return metrics.map(({ metric }, i) => ({ metric, name: names[i] as string }))
  }

  /** Finds arguments that don't fit the outputs at `compile` rather than at the first step. */
  private checkOutputs(): void {
    const { outputs, label } = this.model
    const where = `${label} compile`
    if (this.losses.length !== 1 && this.losses.length !== outputs.length) {
      fail(where, 'loss', `one loss or ${outputs.length} of them`, this.losses)
    }
    const count = this.metricArguments.length
    const isEmpty = this.metricArguments.every((list) => list.length === 0)
    if (!isEmpty && count !== outputs.length) {
      fail(
        where,
        'metrics',
        `a list with one list for each of ${outputs.length} outputs`,
        this.metricArguments,
      )
    }
    outputs.forEach((tensor, i) => this.metricsFor(i, tensor))
  }
}

/** The same names, with _1, _2 ... behind those that stood before. */
export function uniqueNames(names: readonly string[]): string[] {
  const counts = new Map<string, number>()
  return names.map((name) => {
    const count = counts.get(name) ?? 0
    counts.set(name, count + 1)
    return count === 0 ? name : `${name}_${count}`
  })
}
