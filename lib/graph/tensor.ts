/** Tensors without values: what layers and ops are called on to describe a computation. */
import type { DType, Shape } from '../../binding'
import { shapeText } from '../array'
import { ArgumentError } from '../errors'
import { currentScope } from './scope'
import { Node, type Operation } from './node'

export interface TensorSpec {
  readonly shape: Shape
  readonly dtype: DType
}

/**
 * A value that will exist when a program runs: its shape (null is the batch axis), its element
 * type, and the node that computes it.
 */
export class SymbolicTensor implements TensorSpec {
  readonly shape: Shape
  readonly dtype: DType
  /** @internal */
  readonly node: Node
  /** @internal Which output of `node` this is. */
  readonly index: number

  /** @internal */
  constructor(spec: TensorSpec, node: Node, index: number) {
    this.shape = Object.freeze([...spec.shape])
    this.dtype = spec.dtype
    this.node = node
    this.index = index
  }

  /** The number of axes. */
  get rank(): number {
    return this.shape.length
  }

  toString(): string {
    return `SymbolicTensor${shapeText(this.shape)}:${this.dtype}`
  }

  /** `x * 2` would be NaN without a word: JavaScript has no operators for objects. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'string') return this.toString()
    throw new ArgumentError(
      this.toString(),
      "JavaScript's operators don't work on tensors: use methods, such as x.mul(2) or x.add(y)",
    )
  }
}

/** One tensor or a list of them: what layers take and give. */
export type Tensors = SymbolicTensor | readonly SymbolicTensor[]

/** Tensors by name. */
export type NamedTensors = Readonly<Record<string, SymbolicTensor>>

/** What models take and give. */
export type AnyTensors = Tensors | NamedTensors

/** A new node and its outputs. */
export function makeTensors(
  operation: Operation,
  inputs: readonly SymbolicTensor[],
  outputs: readonly TensorSpec[],
): SymbolicTensor[] {
  const node = new Node(operation, inputs, currentScope())
  const tensors = outputs.map((spec, index) => new SymbolicTensor(spec, node, index))
  node.outputs = tensors
  return tensors
}

/** A leaf that is fed when a program runs. */
export function placeholder(name: string, spec: TensorSpec): SymbolicTensor {
  return makeTensors({ kind: 'input', name }, [], [spec])[0] as SymbolicTensor
}
