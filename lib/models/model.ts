import { fail } from '../check'
import { ArgumentError } from '../errors'
import { SymbolicTensor, type Tensors } from '../graph/tensor'
import { topologicalOrder } from '../graph/walk'
import { callableClass } from '../layers/callable'
import { checkLayerOptions, type LayerOptions } from '../layers/layer'
import { buildFunctional, functionalParts, newParts } from '../config/functional'
import { objectAt } from '../config/json'
import { givenOptions, modelClass, type FunctionalConfig } from '../config/records'
import type { CustomObjects } from '../config/registered'
import { BaseModel } from './base_model'
import { Graph } from './graph'
import { Structure } from './structure'

function tensorList(where: string, name: string, tensors: unknown): readonly SymbolicTensor[] {
  const list: readonly unknown[] = Array.isArray(tensors) ? tensors : [tensors]
  if (list.length === 0 || !list.every((item) => item instanceof SymbolicTensor)) {
    fail(where, name, 'a symbolic tensor or a list of them', tensors)
  }
  return list
}

/** An output that no input leads to has no batch axis. */
function requireDependent(
  label: string,
  inputs: readonly SymbolicTensor[],
  output: SymbolicTensor,
  index: number,
): void {
  const reached = new Set(inputs)
  for (const node of topologicalOrder([output], reached)) {
    if (!node.inputs.some((tensor) => reached.has(tensor))) continue
    node.outputs.forEach((tensor) => reached.add(tensor))
  }
  if (!reached.has(output)) {
    throw new ArgumentError(label, `output ${index} does not depend on the model's inputs`)
  }
}

class FunctionalModel<Inputs extends Tensors, Outputs extends Tensors> extends BaseModel<
  Inputs,
  Outputs
> {
  private readonly network: Graph
  private readonly isList: boolean
  private readonly hasInputList: boolean

  /** Every model counts, Sequential too, as in Keras. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this.prototype === FunctionalModel.prototype) return value instanceof BaseModel
    return Function.prototype[Symbol.hasInstance].call(this, value)
  }

  constructor(
    inputs: Inputs,
    outputs: Outputs,
    options: Pick<LayerOptions, 'name' | 'trainable' | 'dtype'> = {},
  ) {
    checkLayerOptions('Model', options, [])
    super(options)
    const ins = tensorList(this.label, 'inputs', inputs)
    const outs = tensorList(this.label, 'outputs', outputs)
    this.network = new Graph(this.label, ins, outs)
    outs.forEach((tensor, i) => requireDependent(this.label, ins, tensor, i))
    this.isList = Array.isArray(outputs)
    this.hasInputList = Array.isArray(inputs)
    this.built = true
  }

  protected override structure(side: 'input' | 'output'): Structure {
    const { names } = super.structure(side)
    return new Structure(side === 'output' && this.isList ? 'list' : 'one', names)
  }

  /** All layers with their options, and the calls that connect them. */
  override getConfig(): Record<string, unknown> & FunctionalConfig {
    const { name, trainable, policy, label } = this
    const { inputs, outputs } = this.network
    const parts = functionalParts(
      label,
      this.hasInputList ? inputs : (inputs[0] as SymbolicTensor),
      this.isList ? outputs : (outputs[0] as SymbolicTensor),
    )
    return { name, trainable, dtype: policy.name, ...parts }
  }

  /** A new model from what `getConfig` gave, with new weights. */
  static fromConfig(
    config: Readonly<Record<string, unknown>>,
    customObjects: CustomObjects = {},
  ): FunctionalModel<Tensors, Tensors> {
    const where = 'Model.fromConfig'
    const { name, trainable, dtype } = objectAt(where, 'config', config)
    const { inputs, outputs } = buildFunctional(where, config, newParts(where, customObjects))
    return new Model(inputs, outputs, givenOptions({ name, trainable, dtype }))
  }

  protected override graph(): Graph {
    return this.network
  }
}

/**
 * A model from symbolic inputs to outputs that depend on them; one tensor or a list each.
 * Source: https://keras.io/api/models/model/
 *
 * @example
 * const z = Input({ shape: [100] })
 * const generator = new Model(z, Dense(784, { activation: 'tanh' })(z))
 */
export const Model = callableClass('Model', FunctionalModel) as typeof FunctionalModel &
  (<Inputs extends Tensors, Outputs extends Tensors>(
    ...args: ConstructorParameters<typeof FunctionalModel<Inputs, Outputs>>
  ) => FunctionalModel<Inputs, Outputs>)
modelClass('Model', (config: Readonly<Record<string, unknown>>, custom) =>
  Model.fromConfig(config, custom),
)
export type Model<
  Inputs extends Tensors = SymbolicTensor,
  Outputs extends Tensors = SymbolicTensor,
> = BaseModel<Inputs, Outputs>
