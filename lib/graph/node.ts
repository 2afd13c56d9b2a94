/** A Node is one event in a graph: an op applied, a layer called, or a leaf where values come in. */
import type { Attributes } from '../../binding'
import type { SymbolicTensor } from './tensor'
import type { Weight } from './weight'

/** What a layer must offer so that a graph that contains its calls can be replayed. */
export interface Traceable {
  /** Repeats the layer's computation on other tensors; see `Layer.trace`. */
  trace(inputs: readonly SymbolicTensor[], context: CallContext): SymbolicTensor[]
}

/** In which mode a graph is replayed, and where state changes are collected. */
export interface CallContext {
  /** true in `trainOnBatch`, false in `predict`. */
  readonly training: boolean
  /** Layers that were not trainable when the model was compiled. */
  readonly frozen: ReadonlySet<unknown>
  /** Which statistics a frozen BatchNormalization uses during training. */
  readonly frozenBatchNorm: 'batch' | 'moving'
  /** Plans a change of a weight that is not done by the optimizer, such as a moving average. */
  assign(weight: Weight, value: SymbolicTensor): void
  /**
   * Values that weights get before the step reads them, such as a kernel of spectral norm 1: its
   * gradients and its optimizer work on these. Of several calls of one layer each begins where the
   * one before it ended.
   */
  readonly replaced: Map<Weight, SymbolicTensor>
  /** Adds a scalar to the loss, such as an activity regulariser's. */
  addLoss(value: SymbolicTensor): void
}

/** Inference, with changes of state not collected: for `predict`, and to infer shapes. */
export const INFERENCE: CallContext = {
  training: false,
  frozen: new Set(),
  frozenBatchNorm: 'batch',
  assign: () => undefined,
  addLoss: () => undefined,
  replaced: new Map(),
}

export type Operation =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'weight'; readonly weight: Weight }
  | { readonly kind: 'op'; readonly name: string; readonly attributes: Attributes }
  | { readonly kind: 'layer'; readonly layer: Traceable }

/**
 * Nodes aren't layers or ops: one layer called twice makes two nodes, so a graph stays free of
 * cycles however often its layers are shared.
 */
export class Node {
  readonly operation: Operation
  readonly inputs: readonly SymbolicTensor[]
  /** Whose node this is, for messages: `Conv2D "conv2d_3"`, or '' outside any layer. */
  readonly scope: string
  /** Set once, by `makeTensors`. */
  outputs: readonly SymbolicTensor[] = []

  constructor(operation: Operation, inputs: readonly SymbolicTensor[], scope: string) {
    this.operation = operation
    this.inputs = inputs
    this.scope = scope
  }
}
