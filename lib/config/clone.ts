/** Copies of models, with weights of their own. */
import { boolean, fail, knownOptions } from '../check'
import { ArgumentError } from '../errors'
import { allByName, isRecord, itemsOf } from '../graph/structure'
import { SymbolicTensor, type AnyTensors } from '../graph/tensor'
import { Layer, type AnyLayer } from '../layers/layer'
import type { AnyModel, BaseModel } from '../models/base_model'
import { Model } from '../models/model'
import { Sequential } from '../models/sequential'
import { buildFunctional, newParts, type Makers } from './functional'
import {
  givenOptions,
  INPUT_CLASS,
  inputFromRecord,
  layerFromRecord,
  placeList,
  recordOf,
  sourceOf,
  type FunctionalConfig,
  type LayerRecord,
  type SequentialConfig,
} from './records'

/** Options of {@link cloneModel}. */
export interface CloneModelOptions {
  /** Tensors to build the copy on; default new inputs like the model's. */
  readonly inputTensors?: AnyTensors
  /** Makes a layer of the copy from the model's; default a new layer with the same options. */
  readonly cloneFunction?: (layer: AnyLayer) => AnyLayer
  /** Whether `cloneFunction` gets the layers of inner models one by one; default false. */
  readonly recursive?: boolean
}

/**
 * A model with the same layers and connections, and new weights. What is shared in the model is
 * shared in the copy. It is compiled as the model is, with an optimizer of its own. Source: https://keras.io/api/models/model/
 *
 * @example
 * const average = cloneModel(generator)
 */
export function cloneModel<Inputs extends AnyTensors, Outputs extends AnyTensors>(
  model: BaseModel<Inputs, Outputs>,
  options: CloneModelOptions = {},
): BaseModel<Inputs, Outputs> {
  const where = 'cloneModel'
  if (!(model instanceof Model)) fail(where, 'model', 'a model', model)
  knownOptions(where, options, ['inputTensors', 'cloneFunction', 'recursive'])
  const { cloneFunction, recursive = false, inputTensors } = options
  boolean(where, 'recursive', recursive)
  if (cloneFunction !== undefined && typeof cloneFunction !== 'function') {
    fail(where, 'cloneFunction', 'a function', cloneFunction)
  }
  const cloner = new Cloner(cloneFunction ?? copyOf, recursive)
  return cloner.clone(model as never, inputTensors) as unknown as BaseModel<Inputs, Outputs>
}

function copyOf(layer: AnyLayer): AnyLayer {
  return layerFromRecord('cloneModel', recordOf(layer))
}

const WHERE = 'cloneModel'

/** Gives a copy what the model was last compiled with. */
function compileAs(model: AnyModel, copy: AnyModel): void {
  const { compileOptions: options } = model
  if (options) copy.compile({ ...options, optimizer: options.optimizer.copy() })
}

class Cloner {
  private readonly made = new Map<AnyLayer, AnyLayer>()

  constructor(
    private readonly cloneFunction: (layer: AnyLayer) => AnyLayer,
    private readonly recursive: boolean,
  ) {}

  clone(model: AnyLayer, inputTensors?: AnyTensors): AnyLayer {
    const inputs = isRecord(inputTensors)
      ? allByName(WHERE, 'input', inputTensors, (model as unknown as AnyModel).inputNames)
      : itemsOf(inputTensors ?? [])
    if (!inputs.every((tensor) => tensor instanceof SymbolicTensor)) {
      fail(WHERE, 'inputTensors', 'a symbolic tensor, a list or a record of them', inputTensors)
    }
    const copy =
      model instanceof Sequential
        ? this.cloneSequential(model.getConfig(), inputs)
        : this.cloneFunctional(model.getConfig() as unknown as FunctionalConfig, inputs)
    compileAs(model as unknown as AnyModel, copy)
    return copy
  }

  private cloneLayer(record: LayerRecord): AnyLayer {
    const layer = sourceOf(record) as AnyLayer
    const before = this.made.get(layer)
    if (before) return before
    const isInner = this.recursive && layer instanceof Model
    const copy: unknown = isInner ? this.clone(layer) : this.cloneFunction(layer)
    if (!(copy instanceof Layer)) fail(WHERE, 'what cloneFunction returns', 'a layer', copy)
    this.made.set(layer, copy as AnyLayer)
    return copy as AnyLayer
  }

  private cloneSequential(config: SequentialConfig, inputs: readonly SymbolicTensor[]): AnyModel {
    const { name, trainable, dtype, layers } = config
    if (inputs.length > 1) {
      fail(WHERE, 'inputTensors', 'one tensor for a Sequential', inputs)
    }
    const parts = layers.flatMap((record): (Layer | SymbolicTensor)[] => {
      if (record.className !== INPUT_CLASS) return [this.cloneLayer(record) as unknown as Layer]
      return inputs.length > 0 ? [] : [inputFromRecord(WHERE, record)]
    })
    const options = givenOptions({ name, trainable, dtype })
    return new Sequential([...inputs, ...parts], options)
  }

  private cloneFunctional(config: FunctionalConfig, given: readonly SymbolicTensor[]): AnyModel {
    const names = placeList(config.inputs).map(({ layer }) => layer)
    const count = names.length
    if (given.length > 0 && given.length !== count) {
      throw new ArgumentError(WHERE, `takes ${count} inputTensors, received ${given.length}`)
    }
    const parts = newParts(WHERE, {})
    const make: Makers = {
      layer: (record) => this.cloneLayer(record),
      input: (record) => given[names.indexOf(String(record.config.name))] ?? parts.input(record),
    }
    const { inputs, outputs } = buildFunctional(WHERE, config, make)
    const { name, trainable, dtype } = config
    const options = givenOptions({ name, trainable, dtype })
    return new Model(inputs, outputs, options)
  }
}
