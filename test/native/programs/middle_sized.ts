/** A discriminator whose step takes long enough to be interrupted: some 100 ms on two cores. */
import {
  Adam,
  BatchNormalization,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  LeakyReLU,
  NDArray,
  Sequential,
} from '../../../lib/index'

export const x = NDArray.full([32, 64, 64, 3], 0.5)
export const y = NDArray.ones([32, 1])

export function build(): Sequential {
  const model = new Sequential()
  model.add(Conv2D(48, { kernelSize: 3, strides: 2, padding: 'same', inputShape: [64, 64, 3] }))
  model.add(LeakyReLU(0.2))
  model.add(Dropout(0.25))
  model.add(Conv2D(96, { kernelSize: 3, strides: 2, padding: 'same' }))
  model.add(BatchNormalization({ momentum: 0.8 }))
  model.add(LeakyReLU(0.2))
  model.add(Dropout(0.25))
  model.add(Flatten())
  model.add(Dense(1, { activation: 'sigmoid' }))
  model.compile({ loss: 'binary_crossentropy', optimizer: new Adam(0.0002, 0.5) })
  return model
}
