import { NDArray, type ArrayLike } from '../array'
import { fail, isList } from '../check'
import { ArgumentError } from '../errors'
import { INFERENCE } from '../graph/node'
import { makeTensors, placeholder, SymbolicTensor, type Tensors } from '../graph/tensor'
import { topologicalOrder } from '../graph/walk'
import { callableClass } from '../layers/callable'
import { checkLayerOptions, type AnyLayer, type LayerOptions } from '../layers/layer'
import { convert, type Data } from './data'
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

type ModelOptions = Pick<LayerOptions, 'name' | 'trainable' | 'dtype'>

class FunctionalModel<
  Inputs extends Tensors = SymbolicTensor,
  Outputs extends Tensors = SymbolicTensor,
> extends BaseModel<Inputs, Outputs> {
  declare private network: Graph | undefined
  declare private isList: boolean
  declare private hasInputList: boolean

  /** Every model counts, Sequential too, as in Keras. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this.prototype === FunctionalModel.prototype) return value instanceof BaseModel
    return Function.prototype[Symbol.hasInstance].call(this, value)
  }

  /** `super()` or `super(options)` in a subclass that computes in `call`. */
  constructor(options?: ModelOptions)
  constructor(inputs: Inputs, outputs: Outputs, options?: ModelOptions)
  constructor(...args: [ModelOptions?] | [Inputs, Outputs, ModelOptions?]) {
    const isOwn = args.length < 2 && !(args[0] instanceof SymbolicTensor)
    const [inputs, outputs, options = {}] = (isOwn ? [undefined, undefined, args[0]] : args) as [
      Inputs?,
      Outputs?,
      ModelOptions?,
    ]
    checkLayerOptions('Model', options, [])
    super(options)
    if (inputs === undefined || outputs === undefined) {
      if (this.hasOwnCall) return
      throw new ArgumentError(this.label, 'needs inputs and outputs, or a call of its own')
    }
    const ins = tensorList(this.label, 'inputs', inputs)
    const outs = tensorList(this.label, 'outputs', outputs)
    this.network = new Graph(this.label, ins, outs)
    outs.forEach((tensor, i) => requireDependent(this.label, ins, tensor, i))
    this.isList = Array.isArray(outputs)
    this.hasInputList = Array.isArray(inputs)
    this.built = true
  }

  /** A subclass that computes in `call` is built when it first meets a tensor or data. */
  override build(inputs: Inputs): void {
    const list = (Array.isArray(inputs) ? inputs : [inputs]) as readonly SymbolicTensor[]
    const stand = list.map((tensor, i) => placeholder(`${this.name}_input_${i}`, tensor))
    const specs = this.trace(stand, INFERENCE)
    const outputs = makeTensors({ kind: 'layer', layer: this }, stand, specs)
    this.network = new Graph(this.label, stand, outputs)
    this.isList = this.givesList
    this.hasInputList = Array.isArray(inputs)
  }

  override get innerLayers(): readonly AnyLayer[] {
    return this.hasOwnCall ? this.layersInProperties : super.innerLayers
  }

  override get layers(): readonly AnyLayer[] {
    return this.hasOwnCall ? this.layersInProperties : super.layers
  }

  protected override meet(data: Data): void {
    if (this.built || !this.hasOwnCall) return
    const list = isList(data) && data.some((item) => item instanceof NDArray) ? data : [data]
    const arrays = list.map((item) => convert(this.label, 'input', item as ArrayLike))
    const stand = arrays.map(({ shape, dtype }, i) =>
      placeholder(`input_${i}`, {
        shape: [null, ...(shape.length < 2 ? [1] : shape.slice(1))],
        dtype,
      }),
    )
    this.apply((stand.length === 1 ? stand[0] : stand) as Inputs)
  }

  private get hasOwnCall(): boolean {
    return this.call !== FunctionalModel.prototype.call
  }

  protected override structure(side: 'input' | 'output'): Structure {
    const { names } = super.structure(side)
    return new Structure(side === 'output' && this.isList ? 'list' : 'one', names)
  }

  /** All layers with their options, and the calls that connect them. */
  override getConfig(): Record<string, unknown> & FunctionalConfig {
    const { name, trainable, policy, label } = this
    const { inputs, outputs } = this.requireGraph()
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

  protected override graph(): Graph | undefined {
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
