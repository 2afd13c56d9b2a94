/** Layer classes by name, so that a layer can be made again from its config. */
import { fail, isList, knownOptions } from '../check'
import { ArgumentError } from '../errors'
import { callableClass, type CallableClass } from './callable'
import { Layer, type AnyLayer } from './layer'

type LayerConstructor = new (...args: never[]) => AnyLayer

interface Entry {
  readonly className: string
  /** null for gantorch's own layers. */
  readonly packageName: string | null
  readonly construct: LayerConstructor
  /** Options that the constructor takes by position, before the object with all others. */
  readonly positional: readonly string[]
}

/** By class name, and by `package>name` for the layers of users. */
const entries = new Map<string, Entry>()

/**
 * Makes a class callable without `new`, under the name users know it by, and known by that name.
 * `positional` names the arguments that stand before the options object.
 */
export function layerClass<C extends LayerConstructor>(
  name: string,
  target: C,
  positional: readonly string[] = [],
): CallableClass<C> {
  const callable = callableClass(name, target)
  entries.set(name, { className: name, packageName: null, construct: callable, positional })
  return callable
}

/** Options of {@link registerLayer}. */
export interface RegisterLayerOptions {
  /** Keeps classes of one name apart; default 'Custom'. */
  readonly package?: string
  /** Default: the name of the class. */
  readonly name?: string
  /** The options that the constructor takes by position, before the object with all others. */
  readonly positional?: readonly string[]
}

/** Whether a value is a class of layers. */
function isLayerClass(value: unknown): value is LayerConstructor {
  return typeof value === 'function' && value.prototype instanceof Layer
}

/**
 * Makes a layer class of your own known as `package>name`, so that models with such layers can be
 * made from their configs; a class that was registered under that name before is replaced. Returns
 * the class, which then also works without `new`.
 * Source: https://keras.io/api/models/model_saving_apis/serialization_utils/
 *
 * @example
 * class ScaleLayer extends Layer {
 *   constructor(readonly factor: number, options?: LayerOptions) { super(options) }
 *   override call(x: SymbolicTensor) { return x.mul(this.factor) }
 * }
 * const Scale = registerLayer(ScaleLayer, { name: 'Scale', positional: ['factor'] })
 * const y = Scale(2)(x)
 */
export function registerLayer<C extends LayerConstructor>(
  target: C,
  options: RegisterLayerOptions = {},
): CallableClass<C> {
  const where = 'registerLayer'
  if (!isLayerClass(target)) fail(where, 'layer class', 'a class that extends Layer', target)
  knownOptions(where, options, ['package', 'name', 'positional'])
  const { package: packageName = 'Custom', name = target.name, positional = [] } = options
  const isName = (value: unknown): boolean =>
    typeof value === 'string' && value !== '' && !value.includes('>')
  if (!isName(packageName)) fail(where, 'package', "a non-empty string without '>'", packageName)
  if (!isName(name)) fail(where, 'name', "a non-empty string without '>'", name)
  if (!isList(positional) || !positional.every((key) => typeof key === 'string')) {
    fail(where, 'positional', 'a list of option names', positional)
  }
  const construct = callableClass(name, target)
  const key = `${packageName}>${name}`
  // Deleted first, so that the order of entries is that of registration.
  entries.delete(key)
  entries.set(key, { className: name, packageName, construct, positional })
  return construct
}

/** Names of gantorch's own layer classes. */
export function layerNames(): string[] {
  return [...entries].filter(([, { packageName }]) => packageName === null).map(([name]) => name)
}

/** Under which name the class of a layer is registered: `Dense`, `Custom>Scale`; or undefined. */
export function registeredName(layer: AnyLayer): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(layer)
  return [...entries].find(([, { construct }]) => construct.prototype === prototype)?.[0]
}

/** The class of that registered name; also a user's by its bare name, the latest registered. */
function entryOf(name: string): Entry | undefined {
  return entries.get(name) ?? [...entries.values()].findLast(({ className }) => className === name)
}

/** Whether `layerFromConfig` knows this name. */
export function isLayerName(name: string): boolean {
  return entryOf(name) !== undefined
}

/** A layer from the name of its class (`Dense`, `Scale`, `Custom>Scale`) and what `getConfig` gave. */
export function layerFromConfig(
  className: string,
  config: Readonly<Record<string, unknown>>,
): AnyLayer {
  const entry = entryOf(className)
  if (!entry) {
    throw new ArgumentError(
      'layerFromConfig',
      `there is no layer class ${className}; known are ${[...entries.keys()].join(', ')}; registerLayer makes a class known`,
    )
  }
  const { construct, positional } = entry
  const rest = Object.fromEntries(
    Object.entries(config).filter(
      ([key, value]) => !positional.includes(key) && value !== undefined,
    ),
  )
  return new construct(...([...positional.map((key) => config[key]), rest] as never[]))
}
