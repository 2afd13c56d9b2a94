/** What `compile` fixes: losses, metrics, optimizer, and which layers are trained. */
import { boolean, fail, finiteNumber, isList, knownOptions, oneOf } from '../check'
import { ArgumentError } from '../errors'
import type { AnyTensors, TensorSpec } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import type { AnyLayer } from '../layers/layer'
import { frozenWithin, trainedWithin } from '../layers/within'
import { resolveLoss, targetSpec, type LossArgument, type LossFunction } from '../losses'
import { resolveMetric, type MetricArgument, type NamedMetric } from '../metrics'
import { LossScaleOptimizer, resolveOptimizer, type Optimizer } from '../optimizers'
import type { AnyModel } from './base_model'
import type { CompiledWith, CompileOptions, MetricsArgument } from './compile_options'
import { perOutput, type PerOutput } from './per_output'
import { byName, isRecord } from '../graph/structure'

const OPTIONS = [
  'loss',
  'optimizer',
  'metrics',
  'weightedMetrics',
  'lossWeights',
  'frozenBatchNorm',
  'passes',
] as const

/** All that `compile` says of one output. */
export interface CompiledOutput {
  readonly name: string
  readonly loss: LossFunction | undefined
  readonly lossWeight: number | undefined
  readonly metrics: readonly NamedMetric[]
  readonly weightedMetrics: readonly NamedMetric[]
  /** Undefined where neither a loss nor a metric looks at targets. */
  readonly target: TensorSpec | undefined
}

export class Compiled {
  readonly optimizer: Optimizer
  readonly frozenBatchNorm: 'batch' | 'moving'
  /** Layers that were not trainable at compile time. */
  readonly frozen: ReadonlySet<AnyLayer>
  /** With the optimizer that a name stands for, so that its settings can be read back. */
  readonly options: CompiledWith
  private readonly where: string
  private readonly loss: PerOutput<LossFunction | null>
  private resolved: readonly CompiledOutput[] | undefined

  constructor(
    readonly model: AnyModel,
    options: CompileOptions<AnyTensors>,
  ) {
    this.where = `${model.label} compile`
    knownOptions(this.where, options, OPTIONS)
    const { frozenBatchNorm = 'batch' } = options
    this.loss = eachLoss(this.where, options.loss as PerOutput<LossArgument | null>)
    const optimizer = resolveOptimizer(this.where, options.optimizer)
    this.options = { ...options, optimizer }
    this.optimizer = scaled(model, optimizer)
    this.frozenBatchNorm = oneOf(this.where, 'frozenBatchNorm', frozenBatchNorm, [
      'batch',
      'moving',
    ])
    if (options.passes !== undefined) boolean(this.where, 'passes', options.passes)
    for (const name of ['metrics', 'weightedMetrics'] as const) {
      const value = options[name]
      if (value !== undefined && !isList(value) && !isRecord(value)) {
        fail(this.where, name, 'a list or a record by output name', value)
      }
    }
    this.frozen = frozenWithin(model)
    // Finds what doesn't fit the outputs at `compile` rather than at the first step.
    if (model.built) this.resolved = this.resolveOutputs()
  }

  /** The weights that training changes: fixed at compile time, in the model's order. */
  trainedWeights(): Weight[] {
    return trainedWithin(this.model, this.frozen)
  }

  get outputs(): readonly CompiledOutput[] {
    this.resolved ??= this.resolveOutputs()
    return this.resolved
  }

  private resolveOutputs(): CompiledOutput[] {
    const { where, options } = this
    const { outputs: tensors, outputNames: names } = this.model
    const losses = perOutput(where, 'loss', 'loss', this.loss, names)
    const { lossWeights } = options
    const factors = perOutput(where, 'lossWeights', 'number', lossWeights ?? {}, names)
    const metrics = metricLists(where, 'metrics', options.metrics, names)
    const weighted = metricLists(where, 'weightedMetrics', options.weightedMetrics, names)
    return tensors.map((tensor, i) => {
      const loss = losses[i] ?? undefined
      const target: TensorSpec = loss
        ? targetSpec(loss, tensor)
        : { shape: tensor.shape, dtype: 'float32' }
      const named = (list: readonly MetricArgument[] | undefined): NamedMetric[] =>
        (list ?? []).map((item) => namedMetric(where, item, tensor, target))
      const output = {
        name: names[i] as string,
        loss,
        lossWeight:
          factors[i] === undefined ? undefined : finiteNumber(where, 'lossWeights', factors[i]),
        metrics: named(metrics[i]),
        weightedMetrics: named(weighted[i]),
      }
      const isFree = !loss && output.metrics.length + output.weightedMetrics.length === 0
      return { ...output, target: isFree ? undefined : target }
    })
  }
}

/** Gradients in float16 underflow without a scaled loss, so Keras's compile sees to it too. */
function scaled(model: AnyModel, optimizer: Optimizer): Optimizer {
  const isScaled =
    optimizer instanceof LossScaleOptimizer || optimizer.lossScaleFactor !== undefined
  const needsScale = model.policy.name === 'mixed_float16' && !isScaled
  return needsScale ? new LossScaleOptimizer(optimizer) : optimizer
}

function eachLoss(
  where: string,
  loss: PerOutput<LossArgument | null>,
): PerOutput<LossFunction | null> {
  const one = (item: LossArgument | null): LossFunction | null =>
    item === null ? null : resolveLoss(where, item)
  if (isList(loss)) return loss.map(one)
  // { className, config } stands for one loss.
  if (!isRecord(loss) || 'className' in loss) return one(loss as LossArgument | null)
  return Object.fromEntries(Object.entries(loss).map(([name, item]) => [name, one(item)]))
}

/** Each output's metrics. One output takes a flat list, or a list of one list. */
function metricLists(
  where: string,
  name: string,
  value: MetricsArgument | undefined,
  names: readonly string[],
): (readonly MetricArgument[])[] {
  const asList = (item: unknown): readonly MetricArgument[] =>
    item === null || item === undefined ? [] : ((isList(item) ? item : [item]) as MetricArgument[])
  if (value === undefined || (isList(value) && value.length === 0)) return names.map(() => [])
  if (isRecord(value)) return byName<unknown>(where, 'output', value, names).map(asList)
  if (names.length === 1) return [value.flatMap(asList)]
  if (isList(value) && value.length === names.length) return value.map(asList)
  // As in Keras 2: what is named once holds for each output.
  if (isList(value) && value.every((item) => item !== null && !isList(item))) {
    return names.map(() => value as readonly MetricArgument[])
  }
  return fail(
    where,
    name,
    `a list with one list for each of ${names.length} outputs, or a record by name`,
    value,
  )
}

function namedMetric(
  where: string,
  item: MetricArgument,
  output: TensorSpec,
  target: TensorSpec,
): NamedMetric {
  const { name, metric } = resolveMetric(where, item, output, target)
  // Results are a list that carries names, so a name must not be one of a list's own.
  if (name === 'loss' || name in Array.prototype || /^\d+$/.test(name)) {
    throw new ArgumentError(where, `a metric can't be named '${name}': rename the function`)
  }
  return { name, metric }
}
