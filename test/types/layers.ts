/** Types of layers; checked by tsc, never run. */
import { expectTypeOf } from 'expect-type'
import {
  BatchNormalization,
  Conv2D,
  Conv2DTranspose,
  Cropping2D,
  DepthwiseConv2D,
  Dense,
  Dropout,
  Flatten,
  Input,
  Layer,
  LeakyReLU,
  MaxPooling2D,
  ops,
  RandomFlip,
  Reshape,
  Sequential,
  UpSampling2D,
  ZeroPadding2D,
  type SymbolicTensor,
} from '../../lib/index'

const x = Input({ shape: [8, 8, 3] })
expectTypeOf(x).toEqualTypeOf<SymbolicTensor>()

// With and without new, a layer is the same thing, and it can be called.
expectTypeOf(Dense(10)).toEqualTypeOf<Dense>()
expectTypeOf(new Dense(10)).toEqualTypeOf<Dense>()
expectTypeOf(Dense(10)(x)).toEqualTypeOf<SymbolicTensor>()
expectTypeOf(new Conv2D(8, { kernelSize: 3 })(x)).toEqualTypeOf<SymbolicTensor>()
expectTypeOf(BatchNormalization()).toEqualTypeOf<BatchNormalization>()
expectTypeOf(BatchNormalization().momentum).toEqualTypeOf<number>()
expectTypeOf(Dense).parameters.toEqualTypeOf<ConstructorParameters<typeof Dense>>()

// Every layer stacks.
new Sequential([
  Conv2D(8, { kernelSize: [3, 3], strides: 2, padding: 'same', inputShape: [8, 8, 3] }),
  LeakyReLU({ alpha: 0.2 }),
  LeakyReLU(0.2),
  Dropout(0.25),
  ZeroPadding2D({ padding: [[0, 1], [0, 1]] }), // prettier-ignore
  UpSampling2D({ size: 2 }),
  Conv2D(8, 3),
  Conv2D(8, [3, 5], { padding: 'same' }),
  new Conv2DTranspose(8, 4, { strides: 2 }),
  DepthwiseConv2D(3, { depthMultiplier: 2 }),
  MaxPooling2D(2),
  UpSampling2D(2, { interpolation: 'bilinear' }),
  ZeroPadding2D([[0, 1], [0, 1]]), // prettier-ignore
  Cropping2D([1, 0]),
  RandomFlip('horizontal'),
  Reshape([-1]),
  Flatten(),
  Dense(1, { activation: 'sigmoid', kernelInitializer: 'random_normal' }),
  Dense(1, { activation: (y) => ops.tanh(y) }),
])

// A layer of one's own is callable too, with the types that its `call` states.
class Pair extends Layer<readonly SymbolicTensor[]> {
  override call([a, b]: readonly SymbolicTensor[]): SymbolicTensor {
    return ops.add(a as SymbolicTensor, b as SymbolicTensor)
  }
}
expectTypeOf(new Pair()([x, x])).toEqualTypeOf<SymbolicTensor>()
// @ts-expect-error one tensor where a list is needed
new Pair()(x)
// @ts-expect-error a layer that takes a list doesn't stack
new Sequential([new Pair()])

// Wrong options don't compile.
// @ts-expect-error units is a number
Dense('10')
// @ts-expect-error a misspelt option
Dense(10, { activaton: 'relu' })
// @ts-expect-error no such activation
Dense(10, { activation: 'rleu' })
// @ts-expect-error no such initialiser
Dense(10, { kernelInitializer: 'glorot' })
// @ts-expect-error kernelSize is missing
Conv2D(10, { strides: 2 })
// @ts-expect-error three numbers are no pair
Conv2D(10, { kernelSize: [3, 3, 3] })
// @ts-expect-error no such padding
Conv2D(10, { kernelSize: 3, padding: 'full' })
// @ts-expect-error three numbers are no pair
Conv2D(10, [3, 3, 3])
// @ts-expect-error kernelSize is missing
Conv2D(10)
// @ts-expect-error kernelSize is given already
Conv2D(10, 3, { kernelSize: 3 })
// @ts-expect-error no such padding
Conv2D(10, 3, { padding: 'full' })
// @ts-expect-error strides is an option
MaxPooling2D(2, 2)
// @ts-expect-error no such mode
RandomFlip('diagonal')
// @ts-expect-error no such interpolation
UpSampling2D({ interpolation: 'cubic' })
// @ts-expect-error rate is needed
Dropout()
// @ts-expect-error shape is needed
Input({})
// @ts-expect-error no such element type
Input({ shape: [1], dtype: 'float64' })
// @ts-expect-error numbers are for predict
Dense(10)(3)
// @ts-expect-error name can't be changed later
Dense(10).name = 'other'
