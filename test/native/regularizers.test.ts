/** Regularisers and constraints against Keras's, gradients included; forms and refusals. */
import * as library from '../../lib/index'
import { ArgumentError, NDArray, ShapeError, type SymbolicTensor } from '../../lib/index'
import { resolveConstraint } from '../../lib/constraints'
import { placeholder } from '../../lib/graph/tensor'
import { gradients } from '../../lib/ops/gradients'
import { resolveRegularizer } from '../../lib/regularizers'
import { serialize } from '../../lib/serialization'
import { readReference, type ReferenceCase } from '../reference/read'
import { covers } from './coverage'
import { evaluate } from './evaluate'
import { expectClose } from './tolerance'

const { cases } = readReference('regularizers')
const penalties = cases.filter(({ config }) => config.regularizer !== undefined)
const projections = cases.filter(({ config }) => config.constraint !== undefined)

type Made = new (options: object) => unknown

function make({ config }: ReferenceCase, kind: 'regularizer' | 'constraint'): unknown {
  const name = config[kind] as keyof typeof library
  covers(kind, name, Object.keys(config.options as object))
  return new (library[name] as unknown as Made)(config.options as object)
}

test.each(penalties)('$name: penalty and gradient', async (reference) => {
  const regularizer = make(reference, 'regularizer') as library.Regularizer
  const [penalty, gradient] = await evaluate(
    [reference.array('weight')],
    ([weight]) => {
      const value = regularizer.penalty(weight as SymbolicTensor)
      return [value, ...gradients(value, [weight as SymbolicTensor])]
    },
    { allKnown: true },
  )
  for (const [name, array] of Object.entries({ penalty, gradient })) {
    const drift = reference.number('drift', name)
    expectClose(name, array as NDArray, reference.array(name), drift)
  }
})

test.each(projections)('$name: what becomes of the weight', async (reference) => {
  const constraint = make(reference, 'constraint') as library.Constraint
  const [result] = await evaluate(
    [reference.array('weight')],
    ([weight]) => [constraint.apply(weight as SymbolicTensor)],
    { allKnown: true },
  )
  const drift = reference.number('drift', 'result')
  expectClose('result', result as NDArray, reference.array('result'), drift)
})

test('Clip, which Keras lacks, limits each element', async () => {
  const clipped = await evaluate([NDArray.from([-1, -0.005, 0, 0.02])], ([weight]) => [
    new library.Clip().apply(weight as SymbolicTensor),
    new library.Clip(0, 1).apply(weight as SymbolicTensor),
  ])
  const float32 = (values: number[]): number[] => values.map(Math.fround)
  expect(clipped.map(({ data }) => [...data])).toEqual([
    float32([-0.01, -0.005, 0, 0.01]),
    float32([0, 0, 0, 0.02]),
  ])
})

test('every regulariser and constraint is recorded', () => {
  const ours = (base: abstract new (...args: never[]) => object): unknown[] =>
    Object.entries<unknown>(library)
      .filter(([, value]) => typeof value === 'function' && value.prototype instanceof base)
      .map(([name]) => name)
      .sort()
  const names = (kind: string): unknown[] => [...new Set(cases.map(({ config }) => config[kind]))]
  const recorded = (kind: string): unknown[] => names(kind).filter(Boolean).sort()
  expect(recorded('regularizer')).toEqual(ours(library.Regularizer))
  expect(['Clip', ...recorded('constraint')]).toEqual(ours(library.Constraint))
})

test('by name, class, configuration and function; none gives none', () => {
  const regularizer = (value: unknown): unknown =>
    serialize(resolveRegularizer('test', 'kernelRegularizer', value as never))
  expect(regularizer('l2')).toEqual({ className: 'L2', config: { l2: 0.01 } })
  expect(regularizer('l1_l2')).toEqual({ className: 'L1L2', config: { l1: 0, l2: 0 } })
  expect(regularizer(library.L1)).toEqual({ className: 'L1', config: { l1: 0.01 } })
  expect(regularizer({ className: 'L1', config: { l1: 0.5 } })).toEqual(
    regularizer(library.L1(0.5)),
  )
  expect(regularizer((weight: SymbolicTensor) => library.ops.sum(weight))).toBe('')
  expect(regularizer(null)).toBeNull()
  const constraint = (value: unknown): unknown =>
    serialize(resolveConstraint('test', 'kernelConstraint', value as never))
  expect(constraint('max_norm')).toEqual({ className: 'MaxNorm', config: { maxValue: 2, axis: 0 } })
  expect(constraint(library.Clip(-1, 1))).toEqual(
    constraint({ className: 'Clip', config: { minValue: -1, maxValue: 1 } }),
  )
  expect(constraint(undefined)).toBeNull()
})

const wrong = (value: unknown): never => value as never
const cube = placeholder('w', { shape: [2, 2, 2], dtype: 'float32' })

test.each<[() => unknown, new (...args: never[]) => Error, string]>([
  [() => library.L1(-1), ArgumentError, '[L1] l1 must be a non-negative number, received -1'],
  [() => library.L2(NaN), ArgumentError, '[L2] l2 must be a non-negative number, received NaN'],
  [() => library.L2(wrong({ l1: 1 })), ArgumentError, "[L2] unknown option 'l1'; known are l2"],
  [
    () => library.L1L2(...([1, 2, 3] as never)),
    ArgumentError,
    '[L1L2] takes at most l1, l2, received also 3',
  ],
  [
    () => library.OrthogonalRegularizer(0.1, wrong('both')),
    ArgumentError,
    "[OrthogonalRegularizer] mode must be one of 'rows', 'columns', received \"both\"",
  ],
  [
    () => library.OrthogonalRegularizer().penalty(cube),
    ShapeError,
    '[OrthogonalRegularizer] needs a weight with 2 axes, received shape (2, 2, 2)',
  ],
  [
    () => resolveRegularizer('here', 'kernelRegularizer', wrong('l3')),
    ArgumentError,
    '[here] kernelRegularizer must be a Regularizer, a function, { className, config } or one of l1, l2, l1_l2, l1l2, orthogonal_regularizer, received "l3"',
  ],
  [
    () => library.MaxNorm(-1),
    ArgumentError,
    '[MaxNorm] maxValue must be a non-negative number, received -1',
  ],
  [
    () => library.UnitNorm(wrong('0')),
    ArgumentError,
    '[UnitNorm] axis must be an integer or a list of them, received "0"',
  ],
  [
    () => library.MinMaxNorm(2, 1),
    ArgumentError,
    '[MinMaxNorm] minValue must be at most maxValue (1), received 2',
  ],
  [
    () => library.Clip(1, 0),
    ArgumentError,
    '[Clip] minValue must be at most maxValue (0), received 1',
  ],
  [
    () =>
      resolveConstraint('here', 'c', function halve() {
        return library.ops.constant(1)
      })?.apply(cube),
    ShapeError,
    '[constraint halve] must keep the shape (2, 2, 2), returned ()',
  ],
])('%#', (act, error, message) => {
  expect(act).toThrow(error)
  expect(act).toThrow(message)
})
