/** Types of models by their inputs and outputs: tuples, records, names of results; never run. */
import { expectTypeOf } from 'expect-type'
import {
  cloneModel,
  Dense,
  Input,
  metrics,
  Model,
  NDArray,
  ops,
  Sequential,
  type AnyModel,
  type AnyTensors,
  type BatchResult,
  type CompileOptions,
  type SymbolicTensor,
} from '../../lib/index'

const x = Input({ shape: [3] })
const y = Input({ shape: [2] })
const a = NDArray.zeros([1, 3])
const b = NDArray.zeros([1, 2])

// A tuple of tensors gives a tuple of arrays.
const pair = new Model([x, y], [Dense(1)(x), Dense(2)(y), Dense(3)(y)])
expectTypeOf(pair.predict([a, b])).resolves.toEqualTypeOf<[NDArray, NDArray, NDArray]>()
expectTypeOf(pair.predictOnBatch([a, b])).resolves.toEqualTypeOf<[NDArray, NDArray, NDArray]>()
expectTypeOf(Model([x, y], [x])).toEqualTypeOf(new Model([x, y], [x]))
void pair.trainOnBatch([a, b], [a, b, b])
void pair.trainOnBatch([a, b], [a, null, b])
void pair.trainOnBatch({ x: a, y: b }, { dense: a, dense_1: b, dense_2: b })
// @ts-expect-error one input of two
void pair.trainOnBatch([a], [a, b, b])
// @ts-expect-error three inputs for two
void pair.predict([a, b, b])
// @ts-expect-error two targets of three
void pair.trainOnBatch([a, b], [a, b])
// @ts-expect-error two targets of three
void pair.fit([a, b], [a, b], { epochs: 2 })
// @ts-expect-error four targets for three
void pair.evaluate([a, b], [a, b, b, b])
// @ts-expect-error an array for a list of two
void pair.testOnBatch(a, [a, b, b])

const single = new Model(x, Dense(1)(x))
void single.trainOnBatch([a], [b])
// @ts-expect-error two inputs for one
void single.trainOnBatch([a, b], b)
// @ts-expect-error two targets for one
void single.trainOnBatch(a, [b, b])

// compile takes as many losses as there are outputs.
pair.compile({ loss: ['mse', null, 'mae'], optimizer: 'sgd', lossWeights: [1, 2, 3] })
pair.compile({ loss: 'mse', optimizer: 'sgd', metrics: [['mae'], [], 'accuracy'] })
// @ts-expect-error two losses for three outputs
pair.compile({ loss: ['mse', 'mae'], optimizer: 'sgd' })
// @ts-expect-error two factors for three outputs
pair.compile({ loss: 'mse', optimizer: 'sgd', lossWeights: [1, 2] })
// @ts-expect-error metrics of two outputs for three
pair.compile({ loss: 'mse', optimizer: 'sgd', metrics: [['mae'], []] })
pair.compile({ loss: 'mse', optimizer: 'sgd', metrics: ['mae', 'mse'] })
// @ts-expect-error two losses for one output
single.compile({ loss: ['mse', 'mse'], optimizer: 'sgd' })
// @ts-expect-error no such loss
pair.compile({ loss: ['mse', 'mea', null], optimizer: 'sgd' })

// A record of tensors gives a record of arrays.
const named = new Model({ image: x, label: y }, { validity: Dense(1)(x), klass: Dense(2)(y) })
expectTypeOf(named({ image: x, label: y })).toExtend<Record<'validity' | 'klass', SymbolicTensor>>()
expectTypeOf(named.predict({ image: a, label: b })).resolves.toEqualTypeOf<{
  validity: NDArray
  klass: NDArray
}>()
void named.trainOnBatch({ image: a, label: b }, { validity: b, klass: null })
// @ts-expect-error the label is missing
void named.trainOnBatch({ image: a }, { validity: b, klass: b })
// @ts-expect-error no such input
void named.predict({ image: a, label: b, noise: b })
// @ts-expect-error no such target
void named.trainOnBatch({ image: a, label: b }, { validity: b, class: b })
// @ts-expect-error tensors by name, not in a list
named([x, y])
const options = { optimizer: 'sgd' } as const
named.compile({ loss: { validity: 'mse', klass: (t, p) => ops.sub(t, p) }, ...options })
named.compile({ loss: 'mse', lossWeights: { klass: 2 }, ...options })
// @ts-expect-error no such output
named.compile({ loss: { validity: 'mse', class: 'mae' }, ...options })
// @ts-expect-error no such output
named.compile({ loss: 'mse', lossWeights: { class: 2 }, ...options })
// @ts-expect-error no such output
named.compile({ loss: 'mse', metrics: { validity: ['mae'], class: ['mae'] }, ...options })
// @ts-expect-error no such metric
named.compile({ loss: 'mse', metrics: { validity: ['mea'] }, ...options })

// Records and single tensors mix.
const mixed = new Model({ image: x, label: y }, Dense(1)(x))
expectTypeOf(mixed.predict({ image: a, label: b })).resolves.toEqualTypeOf<NDArray>()
const listed = new Model(x, { out: Dense(1)(x) })
expectTypeOf(listed.predict(a)).resolves.toEqualTypeOf<{ out: NDArray }>()

// The model that compile gives knows the names of its results.
const stack = new Sequential([Dense(1, { inputDim: 3 })])
const measured = stack.compile({ loss: 'mse', metrics: ['accuracy', 'mae'], ...options })
expectTypeOf(measured).toExtend<Sequential>()
expectTypeOf(measured).toExtend<Model>()
expectTypeOf(measured).toExtend<AnyModel>()
expectTypeOf(measured.trainOnBatch(a, b)).resolves.toEqualTypeOf<BatchResult<'accuracy' | 'mae'>>()
declare const numbers: BatchResult<'accuracy' | 'mae'>
expectTypeOf(numbers.loss).toEqualTypeOf<number>()
expectTypeOf(numbers.mae).toEqualTypeOf<number>()
expectTypeOf(numbers[0]).toEqualTypeOf<number | undefined>()
expectTypeOf(numbers).not.toHaveProperty('acuracy')
const weighted = single.compile({ loss: 'mse', metrics: ['mae'], weightedMetrics: ['mae', 'mse'], ...options }) // prettier-ignore
expectTypeOf(weighted.evaluate(a, b)).resolves.toEqualTypeOf<
  BatchResult<'mae' | 'mse' | 'weighted_mae'>
>()
// Of several outputs by name it is known what there may be.
const both = named.compile({ loss: 'mse', metrics: { validity: ['accuracy'] }, ...options })
const report = both.testOnBatch({ image: a, label: b }, { validity: b, klass: b })
expectTypeOf(report).resolves.toHaveProperty('klass_loss').toEqualTypeOf<number | undefined>()
expectTypeOf(report).resolves.toHaveProperty('validity_accuracy')
expectTypeOf(report).resolves.not.toHaveProperty('accuracy')
// Where names are not known, any may be there.
const own = single.compile({ loss: 'mse', metrics: [new metrics.Accuracy(), 'mae'], ...options })
expectTypeOf(own.trainOnBatch(a, b)).resolves.toEqualTypeOf<BatchResult>()
expectTypeOf(pair.compile({ loss: 'mse', ...options }).testOnBatch([a, b])).resolves.toEqualTypeOf<
  BatchResult // prettier-ignore
>()

// Options of their own type, models of any kind, copies.
const forPair: CompileOptions<[SymbolicTensor, SymbolicTensor, SymbolicTensor]> = {
  loss: ['mse', 'mse', 'mse'],
  ...options,
}
pair.compile(forPair)
expectTypeOf(forPair).not.toExtend<CompileOptions>()
expectTypeOf(pair).toExtend<AnyModel>()
expectTypeOf(named).toExtend<AnyModel>()
expectTypeOf(mixed).toExtend<AnyModel>()
expectTypeOf(cloneModel(named).predict({ image: a, label: b })).resolves.toEqualTypeOf<{
  validity: NDArray
  klass: NDArray
}>()

// A layer knows what its only call gave.
expectTypeOf(Dense(1).output).toEqualTypeOf<SymbolicTensor>()
expectTypeOf(pair.output.length).toEqualTypeOf<3>()
expectTypeOf(named.output).toHaveProperty('klass').toEqualTypeOf<SymbolicTensor>()
expectTypeOf(named.input).toEqualTypeOf<AnyTensors>()
