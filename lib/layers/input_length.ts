/** Keras 2's short forms of `inputShape` for inputs of one axis: inputDim, inputLength. */
import { optionsObject, positiveInteger } from '../check'
import { ArgumentError } from '../errors'
import type { LayerOptions } from './layer'

/** The options with `inputShape` from the one-number option `name`, if that is given. */
export function withInputShape<O extends LayerOptions>(
  where: string,
  name: keyof O & string,
  options: O,
): O {
  const length = optionsObject(where, options)[name]
  if (length === undefined || length === null) return options
  if (options.inputShape !== undefined) {
    throw new ArgumentError(where, `takes ${name} or inputShape, received both`)
  }
  return { ...options, inputShape: [positiveInteger(where, name, length)] }
}
