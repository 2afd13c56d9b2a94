/** Where a layer was called in users' graphs. */
import { StateError } from '../errors'

export class Calls {
  private count = 0
  private last: { readonly input: unknown; readonly output: unknown } | undefined

  add(input: unknown, output: unknown): void {
    this.count += 1
    this.last = { input, output }
  }

  /** What the only call took or gave. */
  only(label: string, side: 'input' | 'output'): unknown {
    if (this.last && this.count === 1) return this.last[side]
    const state = this.count === 0 ? 'was not called yet' : `was called ${this.count} times`
    throw new StateError(label, `${state}, so there is no single ${side}`)
  }
}
