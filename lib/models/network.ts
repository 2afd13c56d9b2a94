/** What every model knows about itself, compiled or not: its graph, its layers, its names. */
import { describe, nonNegativeInteger } from '../check'
import { ArgumentError, StateError } from '../errors'
import type { CallContext } from '../graph/node'
import { withScope } from '../graph/scope'
import { allByName, isRecord, itemsOf, Structure, uniqueNames } from '../graph/structure'
import type { AnyTensors, SymbolicTensor } from '../graph/tensor'
import { Layer, type AnyLayer } from '../layers/layer'
import { layerOf, requireSameItems, type Graph } from './graph'
import type { Replay } from './replay'

export abstract class Network<
  Inputs extends AnyTensors = SymbolicTensor,
  Outputs extends AnyTensors = SymbolicTensor,
> extends Layer<Inputs, Outputs> {
  /** @internal The model's graph, or undefined while no input shape is known. */
  protected abstract graph(): Graph | undefined

  /** @internal For `summary`. */
  get builtGraph(): Graph | undefined {
    return this.graph()
  }

  /** Every layer once, in the order in which data passes them. */
  get layers(): readonly AnyLayer[] {
    return this.requireGraph().layers
  }

  /** Of a model that is no graph of layers but holds them. */
  protected get layersInProperties(): readonly AnyLayer[] {
    return super.innerLayers
  }

  override get innerLayers(): readonly AnyLayer[] {
    return this.graph()?.layers ?? []
  }

  get inputs(): readonly SymbolicTensor[] {
    return this.requireGraph().inputs
  }

  get outputs(): readonly SymbolicTensor[] {
    return this.requireGraph().outputs
  }

  /** The tensors that the model was made of, as it takes them. */
  override get input(): AnyTensors {
    return this.structure('input').pack(this.inputs)
  }

  /** The tensors that the model was made of, as it gives them. */
  override get output(): Outputs {
    return this.structure('output').pack(this.outputs) as Outputs
  }

  /** The names by which data may be given: keys, or layers' names. */
  get inputNames(): readonly string[] {
    return this.structure('input').names
  }

  /** The names of outputs in `compile`, data and results: keys, or layers' names as in Keras. */
  get outputNames(): readonly string[] {
    return this.structure('output').names
  }

  override call(inputs: Inputs, context: CallContext): Outputs {
    const graph = this.requireGraph()
    const list = this.inRow(inputs) as readonly SymbolicTensor[]
    list.forEach((tensor, i) => requireSameItems(this.label, graph.inputs[i], tensor))
    return this.structure('output').pack(graph.replay(list, context)) as Outputs
  }

  /** @internal For programs of this model: its graph on their placeholders. */
  replayed(inputs: readonly SymbolicTensor[], context: CallContext): Replay {
    return withScope('', () => this.requireGraph().replayed(inputs, context), context)
  }

  /** @internal One item for each output, as the model's outputs stand: one, a list or a record. */
  asOutputs(items: readonly unknown[]): unknown {
    return this.structure('output').pack(items)
  }

  /** The layer with this name, or at this place in `layers`. */
  getLayer(which: string | number): AnyLayer {
    const { layers } = this
    const found =
      typeof which === 'string'
        ? layers.find((layer) => layer.name === which)
        : layers[nonNegativeInteger(this.label, 'index', which)]
    if (found) return found
    throw new ArgumentError(
      this.label,
      `has no layer ${describe(which)}; its layers are ${layers.map((layer) => layer.name).join(', ')}`,
    )
  }

  /** Tensors by name in the model's order. */
  protected override inRow(inputs: unknown): readonly unknown[] {
    if (!isRecord(inputs)) return super.inRow(inputs)
    if (!this.built) return itemsOf(inputs)
    return allByName(this.label, 'input', inputs, this.inputNames)
  }

  /** @internal How inputs or outputs stand together. */
  protected structure(side: 'input' | 'output'): Structure {
    return new Structure('one', tensorNames(side === 'input' ? this.inputs : this.outputs))
  }

  /** @internal */
  protected requireGraph(): Graph {
    const graph = this.graph()
    if (graph) return graph
    throw new StateError(
      this.label,
      'is not built yet: give its first layer inputShape, or call the model on a tensor',
    )
  }
}

/** Names of tensors that have no keys. */
export function tensorNames(tensors: readonly SymbolicTensor[]): string[] {
  return uniqueNames(tensors.map(tensorName))
}

/** Keras's name: an input's own, or that of the layer that computes the tensor. */
export function tensorName(tensor: SymbolicTensor): string {
  const { operation } = tensor.node
  if (operation.kind === 'input') return operation.name
  return layerOf(tensor.node)?.name ?? `output_${tensor.index}`
}
