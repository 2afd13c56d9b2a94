/** Types of models and their calls; checked by tsc, never run. */
import { expectTypeOf } from 'expect-type'
import {
  Adam,
  Dense,
  Input,
  Model,
  NDArray,
  ops,
  Sequential,
  type AnyLayer,
  type AnyModel,
  type BatchResult,
  type SymbolicTensor,
} from '../../lib/index'

const z = Input({ shape: [100] })
const label = Input({ shape: [10] })

// One output gives one array, several give a list.
const single = new Model(z, Dense(1)(z))
expectTypeOf(single(z)).toEqualTypeOf<SymbolicTensor>()
expectTypeOf(single.predict([[1]])).resolves.toEqualTypeOf<NDArray>()

const double = new Model(z, [Dense(1)(z), Dense(2)(z)])
expectTypeOf(double(z)).toExtend<readonly SymbolicTensor[]>()
expectTypeOf(double.predict([[1]])).resolves.toEqualTypeOf<[NDArray, NDArray]>()

const conditional = new Model([z, label], Dense(1)(z))
expectTypeOf(conditional([z, label])).toEqualTypeOf<SymbolicTensor>()
// @ts-expect-error a model with two inputs takes a list
conditional(z)

const stacked = new Sequential([Dense(4, { inputDim: 100 })])
expectTypeOf(stacked(z)).toEqualTypeOf<SymbolicTensor>()
expectTypeOf(stacked.predict(NDArray.zeros([2, 100]))).resolves.toEqualTypeOf<NDArray>()
expectTypeOf(stacked.plan('train')).toEqualTypeOf<string>()
expectTypeOf(stacked.getLayer(0)).toEqualTypeOf<AnyLayer>()

// Models nest, with and without new, and all of them fit where any model does.
expectTypeOf(Model(z, stacked(z))).toEqualTypeOf(new Model(z, stacked(z)))
expectTypeOf(Model(z, stacked(z))(z)).toEqualTypeOf<SymbolicTensor>()
new Sequential([stacked, single])
expectTypeOf(single).toExtend<AnyModel>()
expectTypeOf(double).toExtend<AnyModel>()
expectTypeOf(conditional).toExtend<AnyModel>()
expectTypeOf(stacked).toExtend<AnyModel>()

// @ts-expect-error outputs are needed
new Model(z)
// @ts-expect-error options hold the learning rate, or it comes first
new Adam({ learningRate: 0.1 }, 0.5)

// compile takes names, objects and functions over ops.
single.compile({ loss: 'binary_crossentropy', optimizer: new Adam(0.0001, 0.5) })
single.compile({ loss: 'mse', optimizer: 'adam', metrics: ['accuracy'], frozenBatchNorm: 'moving' })
single.compile({
  loss: (yTrue, yPred) => ops.mean(ops.mul(yTrue, yPred)),
  optimizer: Adam({ learningRate: 0.001, beta1: 0.5, clipnorm: 1 }),
  metrics: [(yTrue, yPred) => ops.mean(ops.sub(yTrue, yPred))],
})
double.compile({ loss: ['mse', 'mae'], optimizer: 'adam', metrics: [['accuracy'], []] })

// @ts-expect-error loss is needed
single.compile({ optimizer: 'adam' })
// @ts-expect-error no such loss
single.compile({ loss: 'binary_cross_entropy', optimizer: 'adam' })
// @ts-expect-error no such optimizer
single.compile({ loss: 'mse', optimizer: 'adma' })
// @ts-expect-error no such metric
single.compile({ loss: 'mse', optimizer: 'adam', metrics: ['acuracy'] })
// @ts-expect-error a misspelt option
single.compile({ loss: 'mse', optimiser: 'adam' })
// @ts-expect-error no such way
single.compile({ loss: 'mse', optimizer: 'adam', frozenBatchNorm: 'frozen' })

// A step gives numbers by place and by name, and nobody changes them.
expectTypeOf(single.trainOnBatch([[1]], [[1]])).resolves.toEqualTypeOf<BatchResult>()
declare const result: BatchResult
expectTypeOf(result.loss).toEqualTypeOf<number>()
expectTypeOf(result.accuracy).toEqualTypeOf<number>()
expectTypeOf(result[0]).toEqualTypeOf<number | undefined>()
expectTypeOf(result).toExtend<readonly number[]>()
// @ts-expect-error results are read-only
result.loss = 0
// @ts-expect-error results are read-only
result.push(1)

// Data is an NDArray, nested numbers, a typed array, or a list of NDArrays.
void single.trainOnBatch(new Float32Array(100), [1])
void conditional.trainOnBatch([NDArray.zeros([1, 100]), NDArray.zeros([1, 10])], [[1]])
// @ts-expect-error text is no data
void single.trainOnBatch('noise', [1])
// @ts-expect-error a misspelt option
void single.predict([[1]], { batchsize: 10 })
// @ts-expect-error there are two kinds of plan
single.plan('evaluate')
