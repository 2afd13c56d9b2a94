/** What libtorch's autograd keeps in memory of a node that it records, op by op. */
import type { Shape } from '../../binding'
import type { PlanNode } from './plan'

/**
 * `inputs`, `first` of them, `outputs`: those values. `factors`: of a product, each input whose
 * other one has a gradient. `nothing`: shapes at most.
 */
type Kept = 'inputs' | 'first' | 'outputs' | 'factors' | 'nothing'

const KEPT: ReadonlyMap<string, Kept> = new Map([
  ...each('nothing', 'add sub neg sum mean concatenate pad tile repeat flip roll cast cumsum'),
  ...each('nothing', 'upSampleNearest resize split copy arange constant full'),
  ...each('outputs', 'relu sigmoid tanh softmax logSoftmax exp expm1 sqrt rsqrt reciprocal'),
  ...each('first', 'leakyRelu relu6 elu gelu softplus clip log log1p log2 log10 square abs power'),
  ...each('first', 'batchNormTraining averagePool maxPool'),
  ...each('factors', 'mul'),
])

function each(kept: Kept, ops: string): [string, Kept][] {
  return ops.split(' ').map((op) => [op, kept])
}

/** Ops whose result lies in the memory of their first input. */
const VIEWS = new Set(
  'reshape reshapeItems transpose expandDims squeeze broadcastTo slice stopGradient'.split(' '),
)

export function isView({ op }: PlanNode): boolean {
  return VIEWS.has(op)
}

/** Ops whose gradient lies in the memory of that of their result. */
export function passesGradient(node: PlanNode): boolean {
  return isView(node) || ['add', 'sum', 'concatenate'].includes(node.op)
}

/** Positions among the inputs, and whether the outputs too, that the way back needs. */
export function keptBy(
  node: PlanNode,
  hasGradient: (input: number) => boolean,
): { readonly inputs: readonly number[]; readonly outputs: boolean } {
  if (isView(node)) return { inputs: [], outputs: false }
  const all = node.inputs.map((_, i) => i)
  switch (KEPT.get(node.op) ?? 'inputs') {
    case 'nothing':
      return { inputs: [], outputs: false }
    case 'outputs':
      return { inputs: [], outputs: true }
    case 'first':
      return { inputs: [0], outputs: false }
    case 'factors':
      return {
        inputs: all.filter((i) => all.some((j) => j !== i && hasGradient(j))),
        outputs: false,
      }
    case 'inputs':
      return { inputs: all, outputs: false }
  }
}

/**
 * The shape of the padded copy that a convolution makes of its input where both sides need unequal
 * padding; autograd keeps the copy instead of the input.
 */
export function paddedCopy(node: PlanNode, input: Shape, kernel: Shape): Shape | undefined {
  const { padding, strides, dilationRate, dataFormat } = node.attributes
  if (node.op !== 'conv' && node.op !== 'depthwiseConv') return undefined
  if (padding !== 'same' && padding !== 'causal') return undefined
  const first = dataFormat === 'channels_first' ? 2 : 1
  let isUneven = false
  const shape = input.map((length, i) => {
    const axis = i - first
    if (axis < 0 || axis >= kernel.length - 2 || length === null) return length
    const step = numberAt(strides, axis)
    const reach = ((kernel[axis] ?? 1) - 1) * numberAt(dilationRate, axis) + 1
    const full =
      padding === 'causal' ? reach - 1 : (Math.ceil(length / step) - 1) * step + reach - length
    const added = Math.max(full, 0)
    isUneven ||= padding === 'causal' ? added > 0 : added % 2 === 1
    return length + added
  })
  return isUneven ? shape : undefined
}

function numberAt(value: unknown, axis: number): number {
  const item: unknown = Array.isArray(value) ? (value[axis] ?? value[0]) : value
  return typeof item === 'number' ? item : 1
}
