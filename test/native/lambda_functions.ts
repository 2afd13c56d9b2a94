/** What Lambda layers compute in recordings: layers_core_topic.py has the same under these names. */
import { ops, type SymbolicTensor } from '../../lib/index'
import type { LambdaArguments } from '../../lib/index'

type One = SymbolicTensor
type Two = readonly [SymbolicTensor, SymbolicTensor]

export const LAMBDA_FUNCTIONS: Readonly<Record<string, (inputs: never, given: never) => unknown>> =
  {
    squared: (x: One) => ops.square(x),
    scaled: (x: One, { factor }: LambdaArguments) => ops.mul(x, factor as number),
    channel_mean: (x: One) => ops.mean(x, -1, true),
    difference: ([a, b]: Two) => ops.sub(a, b),
    doubled_in_training: (x: One, { training }: LambdaArguments) => ops.mul(x, training ? 2 : 1),
  }
