/** Class numbers as one-hot rows. */
import { allocate, NDArray, toArray, type ArrayLike, type TypedArray } from './array'
import { positiveInteger } from './check'
import { ArgumentError } from './errors'

function largest(data: TypedArray): number {
  let most = -1
  for (const value of data) most = Math.max(most, Math.ceil(value))
  return most
}

/**
 * One-hot float32 rows for class numbers: (n,) or (n, 1) becomes (n, numClasses), one axis more in
 * general. `numClasses` is by default the largest number plus 1.
 * Source: https://keras.io/api/utils/python_utils/#to_categorical-function
 *
 * @example
 * toCategorical([0, 2], 3)   // [[1, 0, 0], [0, 0, 1]]
 */
export function toCategorical(y: ArrayLike, numClasses?: number): NDArray<Float32Array> {
  const where = 'toCategorical'
  const { data, shape } = toArray(where, y)
  const classes =
    numClasses === undefined ? largest(data) + 1 : positiveInteger(where, 'numClasses', numClasses)
  const axes = shape.length > 1 && shape.at(-1) === 1 ? shape.slice(0, -1) : shape
  const rows = allocate(
    'float32',
    data.length * Math.max(classes, 0),
    where,
  ) as Float32Array<ArrayBuffer>
  Array.from(data).forEach((value, i) => {
    if (!Number.isInteger(value) || value < 0 || value >= classes) {
      throw new ArgumentError(
        where,
        `y must hold integers from 0 up to, not including, ${classes}, received ${value}`,
      )
    }
    rows[i * classes + value] = 1
  })
  return new NDArray(rows, [...axes, classes])
}
