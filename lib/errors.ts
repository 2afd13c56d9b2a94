/** Every error that gantorch throws: one base class, one message form, one stable `code` each. */
import type { LoadReason } from './load_reasons'

export type { LoadReason }

/**
 * Base of all gantorch errors. The message reads `[where] what is wrong`, for instance
 * `[Conv2D "conv2d_3"] kernelSize must be a positive integer, received 0`.
 */
export class GantorchError extends Error {
  /** Stable machine-readable reason; message texts may change, codes do not. */
  readonly code: string

  constructor(code: string, where: string, message: string, options?: ErrorOptions) {
    super(`[${where}] ${message}`, options)
    this.name = new.target.name
    this.code = code
  }
}

/** An argument has a wrong type or value. */
export class ArgumentError extends GantorchError {
  constructor(where: string, message: string, options?: ErrorOptions) {
    super('GANTORCH_ARGUMENT', where, message, options)
  }
}

/** A tensor or array has a shape that does not fit. */
export class ShapeError extends GantorchError {
  constructor(where: string, message: string, options?: ErrorOptions) {
    super('GANTORCH_SHAPE', where, message, options)
  }
}

/** A tensor or array has an element type that does not fit. */
export class DTypeError extends GantorchError {
  constructor(where: string, message: string, options?: ErrorOptions) {
    super('GANTORCH_DTYPE', where, message, options)
  }
}

/** Data to train on contains NaN or infinity. The step that it was for changed nothing. */
export class NotFiniteError extends GantorchError {
  constructor(where: string, message: string, options?: ErrorOptions) {
    super('GANTORCH_NOT_FINITE', where, message, options)
  }
}

/** The call does not fit the object's state: not compiled, not built, disposed. */
export class StateError extends GantorchError {
  constructor(where: string, message: string, options?: ErrorOptions) {
    super('GANTORCH_STATE', where, message, options)
  }
}

/** A file or folder is missing, empty, unreadable or can't be written. */
export class FileError extends GantorchError {
  constructor(where: string, message: string, options?: ErrorOptions) {
    super('GANTORCH_FILE', where, message, options)
  }
}

/** libtorch or the native addon can't be loaded. The message lists what was tried and the cure. */
export class LoadError extends GantorchError {
  /** Which of the known reasons it is. */
  readonly reason: LoadReason

  constructor(
    where: string,
    message: string,
    options: ErrorOptions & { readonly reason: LoadReason },
  ) {
    super('GANTORCH_LOAD', where, message, options)
    this.reason = options.reason
  }
}

/** A Plan breaks a rule of `lib/plan/validate.ts`. Always a defect of gantorch, never of its user. */
export class PlanError extends GantorchError {
  constructor(where: string, message: string, options?: ErrorOptions) {
    super('GANTORCH_PLAN', where, message, options)
  }
}

/** A computation failed in libtorch. No weight was changed by the failed call. */
export class NativeError extends GantorchError {
  constructor(where: string, message: string, options?: ErrorOptions) {
    super('GANTORCH_NATIVE', where, message, options)
  }
}

/** Memory ran out. No weight was changed by the failed call; a smaller batch may be tried at once. */
export class OutOfMemoryError extends GantorchError {
  constructor(where: string, message: string, options?: ErrorOptions) {
    super('GANTORCH_OUT_OF_MEMORY', where, message, options)
  }
}
