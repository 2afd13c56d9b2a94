/** Every op against Keras: values, element types and gradients, and the shapes told beforehand. */
import { NDArray, ops, type DType, type SymbolicTensor } from '../../lib/index'
import { placeholder } from '../../lib/graph/tensor'
import { readReference, type Json, type ReferenceCase } from '../reference/read'
import { covers } from './coverage'
import { evaluate } from './evaluate'
import { expectClose } from './tolerance'

type Op = (...args: unknown[]) => SymbolicTensor | SymbolicTensor[]

/** What follows the tensors, by Keras's names in our order; most ops end with `axis, keepdims`. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  norm: ['x', 'ord', 'axis', 'keepdims'],
  round: ['x', 'decimals'],
  transpose: ['x', 'axes'],
  split: ['x', 'indicesOrSections', 'axis'],
  unstack: ['x', 'num', 'axis'],
  repeat: ['x', 'repeats', 'axis'],
  roll: ['x', 'shift', 'axis'],
  pad: ['x', 'padWidth', 'mode', 'constantValues'],
  take: ['x', 'indices', 'axis'],
  takeAlongAxis: ['x', 'indices', 'axis'],
  oneHot: ['x', 'numClasses', 'axis', 'dtype'],
  zerosLike: ['x', 'dtype'],
  onesLike: ['x', 'dtype'],
  zeros: ['shape', 'dtype'],
  ones: ['shape', 'dtype'],
  eye: ['n', 'm', 'k', 'dtype'],
  tril: ['x', 'k'],
  triu: ['x', 'k'],
  tensordot: ['x1', 'x2', 'axes'],
}
const USUAL = ['x', 'axis', 'keepdims']

interface Config {
  readonly op: string
  readonly call: readonly Json[]
  readonly options: Readonly<Record<string, Json>>
  readonly inputs: readonly DType[]
  readonly outputs: readonly DType[]
  readonly allKnown: boolean
}

function filled(value: Json, tensors: readonly SymbolicTensor[]): unknown {
  if (Array.isArray(value)) return value.map((item: Json) => filled(item, tensors))
  const isTensor = typeof value === 'string' && value.startsWith('$')
  return isTensor ? tensors[Number(value.slice(1))] : value
}

function apply(
  { op, call, options }: Config,
  tensors: readonly SymbolicTensor[],
): SymbolicTensor[] {
  const args = filled(call, tensors) as unknown[]
  const parameters = PARAMETERS[op] ?? USUAL
  for (const [name, value] of Object.entries(options)) {
    const place = parameters.indexOf(name)
    if (place < 0) throw new Error(`${op} has no parameter ${name} in the table of this test`)
    args[place] = value
  }
  const results = (ops as unknown as Record<string, Op>)[op]!(...Array.from(args))
  return Array.isArray(results) ? results : [results]
}

const isFloat = (x: { dtype: string }): boolean => x.dtype === 'float32'

/** Results, then gradients of the sum of all results times r. */
function describeCase(config: Config, tensors: readonly SymbolicTensor[]): SymbolicTensor[] {
  const inputs = tensors.slice(0, config.inputs.length)
  const factors = tensors.slice(config.inputs.length)
  const results = apply(config, inputs)
  const sources = inputs.filter(isFloat)
  const products = results.filter(isFloat).map((y, i) => y.mul(factors[i]!).sum())
  if (sources.length === 0 || products.length === 0) return results
  return [...results, ...ops.gradients(products, sources)]
}

/** With an unknown first axis an op may know less, but nothing else. */
function expectShapes(config: Config, inputs: readonly NDArray[], expected: NDArray[]): void {
  const open = inputs.map(({ shape, dtype }, i) =>
    placeholder(`x${i}`, { shape: shape.length > 0 ? [null, ...shape.slice(1)] : [], dtype }),
  )
  const shapes = apply(config, open).map(({ shape }) => shape)
  expect(shapes).toHaveLength(expected.length)
  shapes.forEach((shape, i) => {
    const known = expected[i]!.shape.map((length, axis) => (shape[axis] === null ? null : length))
    expect(shape).toEqual(known)
  })
}

const { cases } = readReference('ops')

test.each(cases)('$name', async (reference: ReferenceCase) => {
  const config = reference.config as unknown as Config
  covers('op', config.op, Object.keys(config.options))
  const inputs = reference
    .list('x')
    .map((array, i) => new NDArray(array.data, array.shape, config.inputs[i]))
  const expected = reference.list('y')
  const known = { allKnown: true }
  const arrays = [...inputs, ...reference.list('r')]
  const received = await evaluate(arrays, (tensors) => describeCase(config, tensors), known)
  const outputs = received.slice(0, expected.length)
  expect(outputs.map(({ dtype }) => dtype)).toEqual(config.outputs)
  const gradients = reference.list('dx')
  expect(received).toHaveLength(expected.length + gradients.length)
  received.forEach((array, i) => {
    const name = i < expected.length ? `y.${i}` : `dx.${i - expected.length}`
    expectClose(name, array, reference.array(name), reference.number('drift', name))
  })
  if (!config.allKnown) expectShapes(config, inputs, expected)
})
