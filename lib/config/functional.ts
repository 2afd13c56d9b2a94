/** Functional models as configs: layers by name, and the calls that connect them. */
import { describe, isList } from '../check'
import { ArgumentError } from '../errors'
import type { Node } from '../graph/node'
import { itemsOf, structureOf } from '../graph/structure'
import { SymbolicTensor, type AnyTensors, type Tensors } from '../graph/tensor'
import { topologicalOrder } from '../graph/walk'
import { Layer, type AnyLayer } from '../layers/layer'
import { listAt, objectAt, textAt } from './json'
import {
  asList,
  INPUT_CLASS,
  inputFromRecord,
  inputRecord,
  isNamedPlaces,
  layerFromRecord,
  recordOf,
  type CalledRecord,
  type FunctionalConfig,
  type LayerRecord,
  type Places,
  type TensorRecord,
} from './records'
import type { CustomObjects } from './registered'

type Parts = Pick<FunctionalConfig, 'layers' | 'inputs' | 'outputs'>

interface Called {
  readonly record: LayerRecord
  readonly calls: (readonly TensorRecord[])[]
}

/** The layers and calls between a model's inputs and outputs. */
export function functionalParts(label: string, inputs: AnyTensors, outputs: AnyTensors): Parts {
  const records = new Map<SymbolicTensor, TensorRecord>()
  const layers: CalledRecord[] = []
  const [starts, ends] = [tensorsIn(inputs), tensorsIn(outputs)]
  starts.forEach((tensor, i) => {
    const { operation } = tensor.node
    const name = operation.kind === 'input' ? operation.name : `input_layer_${i}`
    const { shape, dtype } = tensor
    records.set(tensor, { layer: name, call: 0, tensor: 0, shape, dtype })
    layers.push({ ...inputRecord(name, tensor), name, calls: [] })
  })
  const called = new Map<AnyLayer, Called>()
  for (const node of topologicalOrder(ends, new Set(starts))) {
    addCall(label, node, called, records)
  }
  for (const [layer, { record, calls }] of called) {
    layers.push({ ...record, name: layer.name, calls })
  }
  requireUniqueNames(label, layers)
  const recordsOf = (tensors: AnyTensors): Places =>
    structureOf(tensors).pack(tensorsIn(tensors).map((tensor) => recordFor(records, tensor)))
  return { layers, inputs: recordsOf(inputs), outputs: recordsOf(outputs) }
}

function tensorsIn(tensors: AnyTensors): readonly SymbolicTensor[] {
  return itemsOf(tensors) as readonly SymbolicTensor[]
}

function recordFor(
  records: ReadonlyMap<SymbolicTensor, TensorRecord>,
  tensor: SymbolicTensor,
): TensorRecord {
  return records.get(tensor) as TensorRecord
}

function addCall(
  label: string,
  { operation, inputs, outputs }: Node,
  called: Map<AnyLayer, Called>,
  records: Map<SymbolicTensor, TensorRecord>,
): void {
  if (operation.kind !== 'layer' || !(operation.layer instanceof Layer)) {
    const what = operation.kind === 'op' ? `the op ${operation.name}` : `a ${operation.kind}`
    throw new ArgumentError(
      label,
      `has ${what} between its layers, for which a config has no place; put it into the call of a layer`,
    )
  }
  const layer = operation.layer as AnyLayer
  const entry = called.get(layer) ?? { record: recordOf(layer), calls: [] }
  called.set(layer, entry)
  const call = entry.calls.length
  entry.calls.push(inputs.map((tensor) => recordFor(records, tensor)))
  outputs.forEach((tensor, i) => {
    const { shape, dtype } = tensor
    records.set(tensor, { layer: layer.name, call, tensor: i, shape, dtype })
  })
}

function requireUniqueNames(where: string, layers: readonly { readonly name: string }[]): void {
  const seen = new Set<string>()
  for (const { name } of layers) {
    if (seen.has(name)) {
      throw new ArgumentError(
        where,
        `has two layers or inputs named "${name}"; names must be unique`,
      )
    }
    seen.add(name)
  }
}

/** How layers and inputs are made of their records. */
export interface Makers {
  readonly layer: (record: LayerRecord) => AnyLayer
  readonly input: (record: LayerRecord) => SymbolicTensor
}

/** New layers and inputs. */
export function newParts(where: string, custom: CustomObjects): Makers {
  return {
    layer: (record) => layerFromRecord(where, record, custom),
    input: (record) => inputFromRecord(where, record),
  }
}

/** Makes all layers, then all their calls. */
export function buildFunctional(
  where: string,
  config: Readonly<Record<keyof Parts, unknown>>,
  make: Makers,
): { inputs: AnyTensors; outputs: AnyTensors } {
  const records = listAt(where, 'layers', config.layers).map((record) => checked(where, record))
  requireUniqueNames(where, records)
  const graph = new Calls(where)
  for (const record of records) {
    if (record.className === INPUT_CLASS) graph.addInput(record.name, make.input(record))
    else graph.addLayer(record, make.layer(record))
  }
  graph.callAll()
  const tensorsAt = (name: string, value: unknown): AnyTensors => {
    const isOne = !isList(value) && !isNamedPlaces(value)
    if (isOne) return graph.tensorAt(name, value)
    return structureOf(value).pack(itemsOf(value).map((item) => graph.tensorAt(name, item)))
  }
  return {
    inputs: tensorsAt('inputs', config.inputs),
    outputs: tensorsAt('outputs', config.outputs),
  }
}

function checked(where: string, value: unknown): CalledRecord {
  const record = objectAt(where, 'layer', value)
  const name = textAt(where, 'name of a layer', record.name)
  const calls = listAt(where, `calls of the layer "${name}"`, record.calls)
  calls.forEach((call) => listAt(where, `a call of the layer "${name}"`, call))
  return record as unknown as CalledRecord
}

interface Pending {
  readonly layer: AnyLayer
  readonly inputs: readonly unknown[]
  outputs?: readonly SymbolicTensor[]
  state: 'waiting' | 'entered' | 'done'
}

/** The calls of a functional model, each made after the ones that it takes its inputs from. */
class Calls {
  private readonly byLayer = new Map<string, Pending[]>()
  private readonly inputs = new Map<string, SymbolicTensor>()

  constructor(private readonly where: string) {}

  addInput(name: string, tensor: SymbolicTensor): void {
    this.inputs.set(name, tensor)
  }

  addLayer({ name, calls }: CalledRecord, layer: AnyLayer): void {
    this.byLayer.set(
      name,
      calls.map((inputs) => ({ layer, inputs, state: 'waiting' })),
    )
  }

  /** Iterative, so that depth is not limited. */
  callAll(): void {
    for (const root of [...this.byLayer.values()].flat()) {
      const stack = [root]
      for (let top = stack.at(-1); top; top = stack.at(-1)) {
        const waiting = top.state === 'done' ? [] : this.sourcesOf(top)
        if (waiting.length > 0 && top.state === 'entered') this.refuseLoop(top)
        if (top.state === 'waiting') top.state = 'entered'
        if (waiting.length > 0) stack.push(...waiting)
        else this.call(stack.pop() as Pending)
      }
    }
  }

  /** The tensor that a record means. */
  tensorAt(name: string, value: unknown): SymbolicTensor {
    const found = this.find(name, value)
    return found instanceof SymbolicTensor ? found : this.outputOf(found, name, value)
  }

  private call(pending: Pending): void {
    if (pending.state === 'done') return
    const { layer } = pending
    const tensors = pending.inputs.map((input) => this.tensorAt(`input of "${layer.name}"`, input))
    const apply = layer as unknown as (inputs: Tensors) => Tensors
    pending.outputs = asList(apply(tensors.length === 1 ? (tensors[0] as SymbolicTensor) : tensors))
    pending.state = 'done'
  }

  /** The calls that must come first. */
  private sourcesOf({ layer, inputs }: Pending): Pending[] {
    const sources = inputs.map((input) => this.find(`input of "${layer.name}"`, input))
    return sources.filter(
      (source): source is Pending => !(source instanceof SymbolicTensor) && source.state !== 'done',
    )
  }

  private refuseLoop({ layer }: Pending): never {
    throw new ArgumentError(this.where, `the calls around the layer "${layer.name}" form a loop`)
  }

  private find(name: string, value: unknown): SymbolicTensor | Pending {
    const { layer, call } = objectAt(this.where, name, value)
    const key = textAt(this.where, `layer in ${name}`, layer)
    const input = this.inputs.get(key)
    if (input && call === 0) return input
    const calls = this.byLayer.get(key)
    if (!input && !calls) {
      throw new ArgumentError(this.where, `${name} comes from the layer "${key}", which is missing`)
    }
    const found = calls?.[call as number]
    if (found) return found
    throw new ArgumentError(
      this.where,
      `${name} comes from call ${describe(call)} of the layer "${key}", which has ${calls?.length ?? 1} of them`,
    )
  }

  private outputOf({ outputs = [], layer }: Pending, name: string, value: unknown): SymbolicTensor {
    const { tensor } = value as TensorRecord
    const found = outputs[tensor]
    if (found) return found
    throw new ArgumentError(
      this.where,
      `${name} is output ${describe(tensor)} of the layer "${layer.name}", which has ${outputs.length}`,
    )
  }
}
