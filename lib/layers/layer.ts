/** Layer: a named computation with weights of its own, described once over `ops`. */
import { shapeText, type NDArray } from '../array'
import { boolean, checkItemShape, describe, fail, nonEmptyString } from '../check'
import { ArgumentError, ShapeError, StateError } from '../errors'
import { INFERENCE, type CallContext, type Traceable } from '../graph/node'
import { currentContext, withScope } from '../graph/scope'
import { itemsOf, structureOf, type Structure } from '../graph/structure'
import { makeTensors, placeholder, SymbolicTensor, type AnyTensors } from '../graph/tensor'
import { Weight, type WeightDescription } from '../graph/weight'
import { resolveInitializer, type InitializerArgument } from '../initializers'
import { isFloat } from '../ops/emit'
import { cast } from '../ops/dtypes'
import { resolvePolicy, type Policy } from '../policy'
import { readWeights, writeWeights } from '../program'
import {
  penaltyPerItem,
  resolveRegularizer,
  type Regularizer,
  type RegularizerArgument,
} from '../regularizers'
import { callableInstance } from './callable'
import { Calls } from './calls'
import type { LayerOptions } from './layer_options'
import { uniqueName } from './names'
import { resolveWeight, type WeightArguments } from './weight_arguments'
import { layersWithin, trainedWithin } from './within'

export { checkLayerOptions, type LayerOptions } from './layer_options'

/** What `addWeight` takes beside name, shape and first values. */
export type AddWeightOptions = Pick<
  WeightDescription,
  'trainable' | 'order' | 'dtype' | 'regularizer' | 'constraint'
>

/** A layer whatever it takes and gives. */
export type AnyLayer = Layer<never, AnyTensors>
/** How a layer answers when it is called: `layer(x)`. */
export interface Layer<
  Inputs extends AnyTensors = SymbolicTensor,
  Outputs extends AnyTensors = SymbolicTensor,
> {
  (inputs: Inputs): Outputs
}

/**
 * Base of all layers. A layer of your own extends it, makes its weights in `build` and composes
 * ops in `call`:
 *
 * @example
 * class Scale extends Layer {
 *   private factor!: Weight
 *   override build(): void {
 *     this.factor = this.addWeight('factor', [1], new Constant(2))
 *   }
 *   override call(x: SymbolicTensor): SymbolicTensor {
 *     return ops.mul(x, this.factor.tensor)
 *   }
 * }
 * const y = new Scale()(x)
 */
export abstract class Layer<
  Inputs extends AnyTensors = SymbolicTensor,
  Outputs extends AnyTensors = SymbolicTensor,
> implements Traceable {
  declare readonly name: string
  declare readonly inputShape: readonly number[] | undefined
  /** The precision of this layer. */
  declare readonly policy: Policy
  /** True once the weights exist. */
  declare built: boolean
  declare protected isTrainable: boolean
  declare protected ownWeights: Weight[]
  /** @internal How what `call` gave stands together. */
  declare protected resultForm: Structure | undefined
  declare private calls: Calls
  declare private activityRegularizer: Regularizer | undefined
  declare private activityArgument: RegularizerArgument

  constructor(options: LayerOptions = {}) {
    const self = callableInstance(new.target.prototype as this, (layer, args) =>
      layer.apply(args[0] as Inputs),
    )
    self.initialize(options)
    return self
  }

  // Assigned here and not in the constructor, whose `this` is not the callable instance.
  private initialize(options: LayerOptions): void {
    const where = this.constructor.name
    const { name = uniqueName(where), trainable = true, inputShape, dtype } = options
    const { activityRegularizer } = options
    nonEmptyString(where, 'name', name)
    Object.assign(this, {
      name,
      isTrainable: boolean(where, 'trainable', trainable),
      inputShape: checkItemShape(where, 'inputShape', inputShape),
      policy: resolvePolicy(where, 'dtype', dtype),
      activityRegularizer: resolveRegularizer(where, 'activityRegularizer', activityRegularizer),
      activityArgument: activityRegularizer,
      built: false,
      ownWeights: [],
      resultForm: undefined,
      calls: new Calls(),
    })
  }

  /** Computes outputs from inputs by composing ops. Called anew for every graph it appears in. */
  abstract call(inputs: Inputs, context: CallContext): Outputs

  /** Makes the weights; called once, before the first `call`. */
  build(_inputs: Inputs): void {}

  /** The options that make an equal layer. */
  getConfig(): Record<string, unknown> {
    const { name, isTrainable: trainable, policy, inputShape, activityArgument } = this
    const config: Record<string, unknown> = { name, trainable, dtype: policy.name }
    if (inputShape) config.inputShape = inputShape
    if (activityArgument) config.activityRegularizer = activityArgument
    return config
  }

  /** `Conv2D "conv2d_3"`, as messages name this layer. */
  get label(): string {
    return `${this.constructor.name} "${this.name}"`
  }

  /** Whether models compiled from now on train this layer. */
  get trainable(): boolean {
    return this.isTrainable
  }

  /** Also sets all layers inside. Models that are compiled already keep what they train. */
  set trainable(value: boolean) {
    boolean(this.label, 'trainable', value)
    for (const layer of layersWithin(this)) layer.isTrainable = value
  }

  /** Layers that this one is made of: those in its properties, also in lists there. */
  get innerLayers(): readonly AnyLayer[] {
    const values: unknown[] = Object.values(this).flat()
    return [...new Set(values.filter((value): value is AnyLayer => value instanceof Layer))]
  }

  /** The weights that are this layer's own and not an inner layer's. */
  get directWeights(): readonly Weight[] {
    return this.ownWeights
  }

  /** All weights in a fixed order, whatever is trainable now: Keras's order for each layer. */
  get weights(): readonly Weight[] {
    return [...new Set(layersWithin(this).flatMap((layer) => layer.directWeights))]
  }

  /** Those that a model compiled now trains. */
  get trainableWeights(): readonly Weight[] {
    return trainedWithin(this)
  }

  get nonTrainableWeights(): readonly Weight[] {
    const trained = new Set(this.trainableWeights)
    return this.weights.filter((weight) => !trained.has(weight))
  }

  /** Number of elements of all weights. */
  countParams(): number {
    if (!this.built)
      throw new StateError(this.label, 'has no weights yet: call it or give inputShape')
    return this.weights.reduce((sum, weight) => sum + weight.size, 0)
  }

  /** Copies of all weights, in the order of `weights`. */
  async getWeights(): Promise<NDArray[]> {
    return readWeights(this.weights)
  }

  /** Replaces all weights; the shapes must fit. Nothing changes when one does not. */
  async setWeights(values: readonly NDArray[]): Promise<void> {
    await writeWeights(this.label, this.weights, values)
  }

  /** Calls the layer on symbolic tensors: `layer(x)`. */
  apply(inputs: Inputs): Outputs {
    const list = this.checkInputs(inputs)
    this.ensureBuilt(inputs)
    const context = currentContext()
    // Inside another layer's call, a loss or a metric: part of that, so no node of its own.
    if (context) return this.packed(this.trace(list, context))
    const stand = list.map((tensor, i) => placeholder(`input_${i}`, tensor))
    const specs = this.trace(stand, INFERENCE)
    const outputs = this.packed(makeTensors({ kind: 'layer', layer: this }, list, specs))
    this.calls.add(inputs, outputs)
    return outputs
  }

  /** Outputs as `call` gave them: one tensor, a list (also of one), or a record. */
  private packed(outputs: readonly SymbolicTensor[]): Outputs {
    return this.resultForm?.pack(outputs) as Outputs
  }

  /** What the layer was called on. Throws a StateError unless it was called exactly once. */
  get input(): AnyTensors {
    return this.calls.only(this.label, 'input') as AnyTensors
  }

  /** What its call gave. Throws a StateError unless it was called exactly once. */
  get output(): Outputs {
    return this.calls.only(this.label, 'output') as Outputs
  }

  trace(inputs: readonly SymbolicTensor[], context: CallContext): SymbolicTensor[] {
    const body = (): SymbolicTensor[] => {
      const given = inputs.map((tensor) => this.inOwnPrecision(tensor))
      const result: unknown = this.call(this.asArgument(given) as Inputs, context)
      const outputs = itemsOf(result)
      if (outputs.length === 0 || !outputs.every((item) => item instanceof SymbolicTensor)) {
        fail(this.label, 'what call returns', 'a symbolic tensor or a list of them', result)
      }
      this.resultForm = structureOf(result)
      for (const output of outputs) {
        if (this.activityRegularizer) this.addLoss(penaltyPerItem(this.activityRegularizer, output))
      }
      return [...outputs]
    }
    return withScope(this.label, body, context, this.policy.computeDType)
  }

  /** Tensors in a row as `call` takes them. */
  protected asArgument(given: readonly SymbolicTensor[]): unknown {
    return given.length === 1 ? given[0] : given
  }

  /** What it is called on, in a row. */
  protected inRow(inputs: unknown): readonly unknown[] {
    return Array.isArray(inputs) ? inputs : [inputs]
  }

  /** For `call`: adds a scalar to the loss of every model that this layer is part of. */
  protected addLoss(value: SymbolicTensor): void {
    currentContext()?.addLoss(value)
  }

  protected inOwnPrecision(x: SymbolicTensor): SymbolicTensor {
    return isFloat(x.dtype) ? cast(x, this.policy.computeDType) : x
  }

  private ensureBuilt(inputs: Inputs): void {
    if (this.built) return
    withScope(this.label, () => this.build(inputs))
    this.built = true
  }

  private checkInputs(inputs: unknown): readonly SymbolicTensor[] {
    const list = this.inRow(inputs)
    if (list.length === 0 || !list.every((item) => item instanceof SymbolicTensor)) {
      throw new ArgumentError(
        this.label,
        `is called on symbolic tensors, such as Input({ shape }) gives, received ${describe(inputs)}; to compute numbers use model.predict`,
      )
    }
    return list
  }

  /** For `build`: makes a weight with first values from `initializer`. */
  protected addWeight(
    name: string,
    shape: readonly number[],
    initializer: InitializerArgument,
    options: AddWeightOptions = {},
  ): Weight {
    const first = resolveInitializer(this.label, `${name}Initializer`, initializer)
    const initialize = first.prepare(shape)
    const weight = new Weight({ name: `${this.name}/${name}`, shape, initialize, ...options })
    this.ownWeights.push(weight)
    return weight
  }

  /** For `build`: a weight from a layer's options called `<name>Initializer` and so on. */
  protected addWeightFrom(
    name: string,
    shape: readonly number[],
    given: WeightArguments,
    order?: readonly number[],
  ): Weight {
    const { initializer, ...options } = resolveWeight(this.label, name, given)
    return this.addWeight(name, shape, initializer, { ...options, ...(order && { order }) })
  }

  /** For `build`: the length of the last axis, which must be known. */
  protected lastAxis(x: SymbolicTensor): number {
    const length = x.shape.at(-1)
    if (x.rank < 2 || typeof length !== 'number') {
      throw new ShapeError(
        this.label,
        `needs an input with a batch axis and a known last axis, received ${shapeText(x.shape)}`,
      )
    }
    return length
  }
}
