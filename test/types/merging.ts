/** Types of layers of several tensors and of Lambda; checked by tsc, never run. */
import { expectTypeOf } from 'expect-type'
import { AdditiveAttention, Attention, MultiHeadAttention } from '../../lib/index'
import { Add, add, Concatenate, concatenate, Dot, Input, Lambda } from '../../lib/index'
import { Embedding, Merge, ops, Permute, registerLayer, Sequential } from '../../lib/index'
import { RepeatVector, type SymbolicTensor, type TensorList } from '../../lib/index'

const x = Input({ shape: [8, 3] })
expectTypeOf(Add()([x, x])).toEqualTypeOf<SymbolicTensor>()
expectTypeOf(new Add({ name: 'sum' })([x, x, x])).toEqualTypeOf<SymbolicTensor>()
expectTypeOf(Concatenate(1)([x, x])).toEqualTypeOf<SymbolicTensor>()
expectTypeOf(Concatenate().axis).toEqualTypeOf<number>()
expectTypeOf(add([x, x])).toEqualTypeOf<SymbolicTensor>()
expectTypeOf(concatenate([x, x], { axis: 1 })).toEqualTypeOf<SymbolicTensor>()
expectTypeOf(Dot([1, 2], { normalize: true })([x, x])).toEqualTypeOf<SymbolicTensor>()
// @ts-expect-error one tensor where a list is needed
Add()(x)
// @ts-expect-error axes are needed
Dot()
// @ts-expect-error three axes
Dot([1, 2, 3])
// @ts-expect-error a layer that takes a list doesn't stack
new Sequential([Add()])

class Mean extends Merge {
  protected override _mergeFunction([a, b]: readonly [SymbolicTensor, SymbolicTensor]) {
    return ops.mul(ops.add(a, b), 0.5)
  }
}
expectTypeOf(new Mean()([x, x])).toEqualTypeOf<SymbolicTensor>()
expectTypeOf(registerLayer(Mean)()).toEqualTypeOf<Mean>()

// A Lambda takes and gives what its function does.
expectTypeOf(Lambda((t: SymbolicTensor) => ops.square(t))(x)).toEqualTypeOf<SymbolicTensor>()
expectTypeOf(Lambda((t: SymbolicTensor) => [t, t])(x)).toEqualTypeOf<SymbolicTensor[]>()
expectTypeOf(Lambda(([a]: TensorList) => a as SymbolicTensor)([x])).toEqualTypeOf<SymbolicTensor>()
// @ts-expect-error one tensor where the function needs a list
Lambda(([a]: TensorList) => a as SymbolicTensor)(x)
// @ts-expect-error the function gives no tensor
Lambda(() => 3)

new Sequential([Embedding(10, 4), Permute([2, 1]), Lambda((t: SymbolicTensor) => ops.neg(t))])
// @ts-expect-error outputDim is needed
Embedding(10)
// @ts-expect-error there are no masks
Embedding(10, 4, { maskZero: true })
// @ts-expect-error n is needed
RepeatVector()

// Attention gives its scores when asked.
expectTypeOf(MultiHeadAttention(2, 4)([x, x])).toEqualTypeOf<SymbolicTensor>()
const asked = new MultiHeadAttention(2, 4, { returnAttentionScores: true })
expectTypeOf(asked([x, x])[1]).toEqualTypeOf<SymbolicTensor>()
expectTypeOf(Attention({ useScale: true })([x, x])).toEqualTypeOf<SymbolicTensor>()
expectTypeOf(AdditiveAttention()([x, x, x])).toEqualTypeOf<SymbolicTensor>()
// @ts-expect-error keyDim is needed
MultiHeadAttention(2)
// @ts-expect-error no such way to compare
Attention({ scoreMode: 'sum' })
