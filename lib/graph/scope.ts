/** Which layer is being called, so that ops and errors can name it. */

const scopes: string[] = []

/** `Conv2D "conv2d_3"` while that layer's call runs, '' outside of any layer. */
export function currentScope(): string {
  return scopes.at(-1) ?? ''
}

/** Runs `fn` with `scope` as the current one. */
export function withScope<T>(scope: string, fn: () => T): T {
  scopes.push(scope)
  try {
    return fn()
  } finally {
    scopes.pop()
  }
}

/** Where an error of op `name` happened: the layer if there is one, and the op. */
export function opLocation(name: string): string {
  const scope = currentScope()
  return scope === '' ? `ops.${name}` : `${scope} ops.${name}`
}
