/** Layers of one tensor, which most are. */
import { isList } from '../check'
import { ArgumentError } from '../errors'
import { SymbolicTensor } from '../graph/tensor'
import { Layer } from './layer'

export abstract class UnaryLayer extends Layer {
  override apply(x: SymbolicTensor): SymbolicTensor {
    const given: unknown = x
    if (isList(given) && given.some((item) => item instanceof SymbolicTensor)) {
      throw new ArgumentError(this.label, `takes one tensor, received a list of ${given.length}`)
    }
    return super.apply(x)
  }
}
