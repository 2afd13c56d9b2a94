/** Layer classes by name, so that a layer can be made again from its config. */
import { ArgumentError } from '../errors'
import { callableClass, type CallableClass } from './callable'
import type { AnyLayer } from './layer'

type LayerConstructor = new (...args: never[]) => AnyLayer

interface Entry {
  readonly construct: LayerConstructor
  /** Options that the constructor takes by position, before the object with all others. */
  readonly positional: readonly string[]
}

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
  entries.set(name, { construct: callable, positional })
  return callable
}

/** Names of all registered layer classes. */
export function layerNames(): string[] {
  return [...entries.keys()]
}

/** A layer from its class name and what `getConfig` gave. */
export function layerFromConfig(
  className: string,
  config: Readonly<Record<string, unknown>>,
): AnyLayer {
  const entry = entries.get(className)
  if (!entry) {
    throw new ArgumentError(
      'layerFromConfig',
      `there is no layer class ${className}; known are ${layerNames().join(', ')}`,
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
