/** Native failures as gantorch's error classes, with the JavaScript stack of the call. */
import {
  ArgumentError,
  GantorchError,
  NativeError,
  NotFiniteError,
  OutOfMemoryError,
  ShapeError,
} from './errors'
import { describe } from './check'

const CLASSES = {
  GANTORCH_ARGUMENT: ArgumentError,
  GANTORCH_NATIVE: NativeError,
  GANTORCH_NOT_FINITE: NotFiniteError,
  GANTORCH_OUT_OF_MEMORY: OutOfMemoryError,
  GANTORCH_SHAPE: ShapeError,
} as const

interface NativeFailure {
  readonly code: keyof typeof CLASSES
  readonly message: string
  readonly where?: string
}

function isNativeFailure(error: unknown): error is NativeFailure {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false
  return typeof error.code === 'string' && Object.hasOwn(CLASSES, error.code)
}

/**
 * The error to throw for what native code rejected with. `where` names the call when the failure
 * itself names no layer; `caller` was made when the call began and carries its stack. `advice` ends
 * the message when memory ran out.
 */
export function fromNative(
  error: unknown,
  where: string,
  caller: Error,
  advice: () => string = () => '',
): GantorchError {
  if (error instanceof GantorchError) return error
  const result = isNativeFailure(error)
    ? new CLASSES[error.code](
        error.where || where,
        error.code === 'GANTORCH_OUT_OF_MEMORY' ? error.message + advice() : error.message,
        { cause: error },
      )
    : new NativeError(where, error instanceof Error ? error.message : describe(error), {
        cause: error,
      })
  const frames = caller.stack?.split('\n').slice(1).join('\n')
  if (frames) result.stack = `${result.name}: ${result.message}\n${frames}`
  return result
}
