import { NDArray, type ArrayLike } from '../array'
import { fail, isList } from '../check'
import { ArgumentError } from '../errors'
import { INFERENCE } from '../graph/node'
import { isRecord, itemsOf, structureOf, Structure } from '../graph/structure'
import { makeTensors, placeholder, SymbolicTensor, type AnyTensors } from '../graph/tensor'
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
import { tensorNames } from './network'

function tensorList(where: string, name: string, tensors: unknown): readonly SymbolicTensor[] {
  const list = itemsOf(tensors)
  if (list.length === 0 || !list.every((item) => item instanceof SymbolicTensor)) {
    fail(where, name, 'a symbolic tensor, a list or a record of them', tensors)
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

/** Outputs in the order in which Keras looks at them: those of a record by sorted names. */
function kerasOrder(outputs: AnyTensors): readonly SymbolicTensor[] {
  if (!isRecord(outputs)) return tensorList('Model', 'outputs', outputs)
  return Object.keys(outputs)
    .sort()
    .map((name) => outputs[name] as SymbolicTensor)
}

/** Options of {@link Model}. */
export type ModelOptions = Pick<LayerOptions, 'name' | 'trainable' | 'dtype'>

/** Inputs and outputs by name, as Keras's keyword arguments. */
export interface ModelParts<
  Inputs extends AnyTensors,
  Outputs extends AnyTensors,
> extends ModelOptions {
  readonly inputs: Inputs
  readonly outputs: Outputs
}

function argumentsOf<Inputs extends AnyTensors, Outputs extends AnyTensors>(
  args: readonly unknown[],
): [Inputs?, Outputs?, ModelOptions?] {
  const [first] = args
  if (args.length > 1 || first instanceof SymbolicTensor) {
    return args as [Inputs?, Outputs?, ModelOptions?]
  }
  if (!isRecord(first) || !('inputs' in first && 'outputs' in first)) {
    return [undefined, undefined, first as ModelOptions | undefined]
  }
  const { inputs, outputs, ...options } = first
  return [inputs as Inputs, outputs as Outputs, options]
}

class FunctionalModel<
  const Inputs extends AnyTensors = SymbolicTensor,
  const Outputs extends AnyTensors = SymbolicTensor,
> extends BaseModel<Inputs, Outputs> {
  declare private network: Graph | undefined
  /** Both are set together with the network. */
  declare private inputForm: Structure
  declare private outputForm: Structure

  /** Every model counts, Sequential too, as in Keras. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this.prototype === FunctionalModel.prototype) return value instanceof BaseModel
    return Function.prototype[Symbol.hasInstance].call(this, value)
  }

  /** `super()` or `super(options)` in a subclass that computes in `call`. */
  constructor(options?: ModelOptions)
  constructor(inputs: Inputs, outputs: Outputs, options?: ModelOptions)
  /** Keras's `Model(inputs=..., outputs=...)`. */
  constructor(parts: ModelParts<Inputs, Outputs>)
  constructor(
    ...args: [(ModelOptions | ModelParts<Inputs, Outputs>)?] | [Inputs, Outputs, ModelOptions?]
  ) {
    const [inputs, outputs, options = {}] = argumentsOf<Inputs, Outputs>(args)
    checkLayerOptions('Model', options, [])
    super(options)
    if (inputs === undefined || outputs === undefined) {
      if (this.hasOwnCall) return
      throw new ArgumentError(this.label, 'needs inputs and outputs, or a call of its own')
    }
    const ins = tensorList(this.label, 'inputs', inputs)
    const outs = tensorList(this.label, 'outputs', outputs)
    this.inputForm = structureOf(inputs, tensorNames(ins))
    this.outputForm = structureOf(outputs, tensorNames(outs))
    this.network = new Graph(this.label, ins, outs, kerasOrder(outputs))
    outs.forEach((tensor, i) => requireDependent(this.label, ins, tensor, i))
    this.built = true
  }

  /** A subclass that computes in `call` is built when it first meets a tensor or data. */
  override build(inputs: Inputs): void {
    const list = itemsOf(inputs) as readonly SymbolicTensor[]
    const stand = list.map((tensor, i) => placeholder(`${this.name}_input_${i}`, tensor))
    this.inputForm = structureOf(inputs, tensorNames(stand))
    const specs = this.trace(stand, INFERENCE)
    const outputs = makeTensors({ kind: 'layer', layer: this }, stand, specs)
    this.network = new Graph(this.label, stand, outputs)
    const { form = 'list', names = [] } = this.resultForm ?? {}
    this.outputForm = new Structure(form, form === 'record' ? names : tensorNames(outputs))
  }

  protected override asArgument(given: readonly SymbolicTensor[]): unknown {
    const isByName = this.hasOwnCall && this.inputForm.form === 'record'
    return isByName ? this.inputForm.pack(given) : super.asArgument(given)
  }

  override get innerLayers(): readonly AnyLayer[] {
    return this.hasOwnCall ? this.layersInProperties : super.innerLayers
  }

  override get layers(): readonly AnyLayer[] {
    return this.hasOwnCall ? this.layersInProperties : super.layers
  }

  protected override meet(data: Data): void {
    if (this.built || !this.hasOwnCall) return
    const isSeveral =
      isRecord(data) || (isList(data) && data.some((item) => item instanceof NDArray))
    const form = structureOf(isSeveral ? data : undefined)
    const arrays = (isSeveral ? itemsOf(data) : [data]).map((item) =>
      convert(this.label, 'input', item as ArrayLike),
    )
    const stand = arrays.map(({ shape, dtype }, i) =>
      placeholder(`input_${i}`, {
        shape: [null, ...(shape.length < 2 ? [1] : shape.slice(1))],
        dtype,
      }),
    )
    const isOne = stand.length === 1 && form.form === 'list'
    this.apply((isOne ? stand[0] : form.pack(stand)) as Inputs)
  }

  private get hasOwnCall(): boolean {
    return this.call !== FunctionalModel.prototype.call
  }

  protected override structure(side: 'input' | 'output'): Structure {
    this.requireGraph()
    return side === 'input' ? this.inputForm : this.outputForm
  }

  /** All layers with their options, and the calls that connect them. */
  override getConfig(): Record<string, unknown> & FunctionalConfig {
    const { name, trainable, policy, label } = this
    const parts = functionalParts(label, this.input, this.output)
    return { name, trainable, dtype: policy.name, ...parts }
  }

  /** A new model from what `getConfig` gave, with new weights. */
  static fromConfig(
    config: Readonly<Record<string, unknown>>,
    customObjects: CustomObjects = {},
  ): FunctionalModel<AnyTensors, AnyTensors> {
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
 * A model from symbolic inputs to outputs that depend on them; one tensor, a list or a record each.
 * Source: https://keras.io/api/models/model/
 *
 * @class
 * @example
 * const z = Input({ shape: [100] })
 * const generator = new Model(z, Dense(784, { activation: 'tanh' })(z))
 * const critic = new Model({ image, label }, { validity, klass })
 * const answers = await critic.predict({ image: pictures, label: digits })   // answers.validity
 */
export const Model = callableClass('Model', FunctionalModel) as typeof FunctionalModel &
  (<const Inputs extends AnyTensors, const Outputs extends AnyTensors>(
    inputs: Inputs,
    outputs: Outputs,
    options?: ModelOptions,
  ) => FunctionalModel<Inputs, Outputs>)
modelClass('Model', (config: Readonly<Record<string, unknown>>, custom) =>
  Model.fromConfig(config, custom),
)
export type Model<
  Inputs extends AnyTensors = SymbolicTensor,
  Outputs extends AnyTensors = SymbolicTensor,
> = BaseModel<Inputs, Outputs>
