import { fail, knownOptions } from '../check'
import { Callback } from './callback'

/** The methods of {@link Callback}. */
export type Events = Pick<Callback, Exclude<keyof Callback, 'model' | 'params'>>

/** Any of the methods of `Callback`. */
export type LambdaCallbackOptions = Partial<Events>

const EVENTS = Object.getOwnPropertyNames(Callback.prototype).filter((name) =>
  name.startsWith('on'),
)

/**
 * A callback made of functions. Source: https://keras.io/api/callbacks/lambda_callback/
 *
 * @example
 * const callback = new LambdaCallback({ onEpochEnd: (epoch, logs) => console.log(epoch, logs.loss) })
 */
export class LambdaCallback extends Callback {
  constructor(options: LambdaCallbackOptions) {
    super()
    knownOptions('LambdaCallback', options, EVENTS)
    for (const [name, value] of Object.entries(options)) {
      if (typeof value !== 'function') fail('LambdaCallback', name, 'a function', value)
    }
    Object.assign(this, options)
  }
}
