/** What is being called right now, so that ops and errors can name it and inner layers join in. */
import type { DType } from '../../binding'
import type { CallContext } from './node'

interface Frame {
  readonly label: string
  /** Set while a graph is taken apart into ops. */
  readonly context: CallContext | undefined
  /** What the layer computes in; undefined outside of layers. */
  readonly computeDType: DType | undefined
}

const frames: Frame[] = []

/** `Conv2D "conv2d_3"` while that layer's call runs, '' outside of any layer. */
export function currentScope(): string {
  return frames.at(-1)?.label ?? ''
}

/** The context of the replay under way: layers called now are taken apart at once. */
export function currentContext(): CallContext | undefined {
  return frames.at(-1)?.context
}

/** What the layer that is being called computes in. */
export function currentComputeDType(): DType | undefined {
  return frames.at(-1)?.computeDType
}

/** Runs `fn` under a label; in a context, or in the one that is there already. */
export function withScope<T>(
  label: string,
  fn: () => T,
  context = currentContext(),
  computeDType?: DType,
): T {
  frames.push({ label, context, computeDType })
  try {
    return fn()
  } finally {
    frames.pop()
  }
}

/** Where an error of op `name` happened: the layer if there is one, and the op. */
export function opLocation(name: string): string {
  const scope = currentScope()
  return scope === '' ? `ops.${name}` : `${scope} ops.${name}`
}
