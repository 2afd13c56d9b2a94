import { fail } from '../check'
import { ArgumentError, StateError } from '../errors'
import { placeholder, SymbolicTensor } from '../graph/tensor'
import { callableClass } from '../layers/callable'
import { checkLayerOptions, Layer, type AnyLayer, type LayerOptions } from '../layers/layer'
import { listAt, objectAt } from '../config/json'
import {
  givenOptions,
  INPUT_CLASS,
  inputFromRecord,
  inputRecord,
  layerFromRecord,
  modelClass,
  recordOf,
  type LayerRecord,
  type SequentialConfig,
} from '../config/records'
import type { CustomObjects } from '../config/registered'
import { BaseModel } from './base_model'
import { Graph } from './graph'

class SequentialModel extends BaseModel {
  private readonly stack: Layer[] = []
  private network: Graph | undefined
  private isUsed = false

  constructor(
    layers: readonly (Layer | SymbolicTensor)[] = [],
    options: Pick<LayerOptions, 'name' | 'trainable' | 'dtype'> = {},
  ) {
    checkLayerOptions('Sequential', options, [])
    super(options)
    if (!Array.isArray(layers)) fail(this.label, 'layers', 'a list of layers', layers)
    for (const layer of layers as readonly (Layer | SymbolicTensor)[]) this.add(layer)
  }

  /**
   * Puts a layer on top. The weights are made as soon as an input shape is known: from `Input`, or
   * from the first layer's `inputShape`; otherwise when the model is first called on a tensor.
   */
  add(layer: Layer | SymbolicTensor): void {
    this.requireUnused()
    if (layer instanceof SymbolicTensor) {
      if (this.stack.length > 0 || this.network || layer.node.operation.kind !== 'input') {
        throw new ArgumentError(
          this.label,
          'takes a tensor only as its first part: Input({ shape })',
        )
      }
      this.network = new Graph(this.label, [layer], [layer])
      return
    }
    if (!(layer instanceof Layer)) fail(this.label, 'layer', 'a layer', layer)
    this.stack.push(layer)
    this.grow(layer)
  }

  /** Takes the topmost layer off and gives it back. The model must be compiled again. */
  pop(): Layer {
    this.requireUnused()
    const layer = this.stack.pop()
    if (!layer) throw new StateError(this.label, 'has no layer to take off')
    if (this.network && this.built) {
      const { inputs, outputs } = this.network
      const below = outputs[0]?.node.inputs[0] as SymbolicTensor
      this.network = new Graph(this.label, inputs, [below])
      this.built = this.stack.length > 0
      this.graphChanged()
    }
    return layer
  }

  override apply(inputs: SymbolicTensor): SymbolicTensor {
    const outputs = super.apply(inputs)
    this.isUsed = true
    return outputs
  }

  /** What was made of this model would not see a change. */
  private requireUnused(): void {
    if (!this.isUsed) return
    throw new StateError(
      this.label,
      'was called already, so its layers are fixed: add and pop layers before',
    )
  }

  /** Every layer in order, also before the input shape is known. */
  override get layers(): readonly AnyLayer[] {
    return this.stack
  }

  override get innerLayers(): readonly AnyLayer[] {
    return [...new Set(this.layers)]
  }

  override build(x: SymbolicTensor): void {
    const input = placeholder(`${this.name}_input`, x)
    this.network = new Graph(this.label, [input], [input])
    for (const layer of this.stack) this.append(layer)
  }

  /** All layers with their options, an InputLayer first where the input's shape is known. */
  override getConfig(): Record<string, unknown> & SequentialConfig {
    const { name, trainable, policy } = this
    const layers = this.stack.map(recordOf)
    const [input] = this.network?.inputs ?? []
    if (input) layers.unshift(inputRecord(inputName(input), input))
    return { name, trainable, dtype: policy.name, layers }
  }

  /** A new model from what `getConfig` gave, with new weights. */
  static fromConfig(
    config: Readonly<Record<string, unknown>>,
    customObjects: CustomObjects = {},
  ): SequentialModel {
    const where = 'Sequential.fromConfig'
    const { name, trainable, dtype, layers } = objectAt(where, 'config', config)
    const parts = listAt(where, 'layers', layers).map((record) =>
      objectAt(where, 'layer', record).className === INPUT_CLASS
        ? inputFromRecord(where, record as LayerRecord)
        : (layerFromRecord(where, record, customObjects) as unknown as Layer),
    )
    return new Sequential(parts, givenOptions({ name, trainable, dtype }))
  }

  protected override graph(): Graph | undefined {
    return this.built ? this.network : undefined
  }

  private grow(layer: Layer): void {
    if (this.network === undefined) {
      const items = layer.inputShape ?? inputItems(layer)
      if (items === undefined || this.stack.length > 1) return
      const input = placeholder(`${this.name}_input`, { shape: [null, ...items], dtype: 'float32' })
      this.network = new Graph(this.label, [input], [input])
    }
    try {
      this.append(layer)
    } catch (error) {
      this.stack.pop()
      throw error
    }
  }

  private append(layer: Layer): void {
    const { inputs, outputs } = this.network as Graph
    this.network = new Graph(this.label, inputs, [layer.apply(outputs[0] as SymbolicTensor)])
    this.built = true
    this.graphChanged()
  }
}

function inputName({ node }: SymbolicTensor): string {
  return node.operation.kind === 'input' ? node.operation.name : 'input_layer'
}

/** The item shape that a built model expects, when it is the first layer. */
function inputItems(layer: Layer): readonly number[] | undefined {
  if (!(layer instanceof BaseModel) || !layer.built) return undefined
  return layer.inputs[0]?.shape.slice(1) as readonly number[] | undefined
}

/**
 * A stack of layers. Source: https://keras.io/api/models/sequential/
 *
 * @class
 * @example
 * const g = new Sequential()
 * g.add(Dense(128, { activation: 'relu', inputDim: 100 }))
 * g.add(Dense(784, { activation: 'tanh' }))
 */
export const Sequential = callableClass('Sequential', SequentialModel)
modelClass('Sequential', (config: Readonly<Record<string, unknown>>, custom) =>
  Sequential.fromConfig(config, custom),
)
export type Sequential = SequentialModel
