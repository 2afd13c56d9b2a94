/** The arguments of `fit` and `evaluate`: (x, y, options), or (dataset, options). */
import { ArgumentError } from '../errors'
import { isRecord } from '../graph/structure'
import { isDataset, type Dataset } from './batches'
import type { Data } from './data'

interface Arguments<Options> {
  readonly x: Data | Dataset
  readonly y: Data | undefined
  readonly options: Options
}

/** Options in the place of y are those of a dataset, and a mistake beside arrays. */
export function dataArguments<Options extends object>(
  where: string,
  known: readonly string[],
  [x, y, options]: readonly [x: unknown, y?: unknown, options?: Options],
  outputNames: readonly string[],
): Arguments<Options> {
  const given = {
    x: x as Data | Dataset,
    y: y as Data | undefined,
    options: options === undefined ? {} : options,
  }
  if (options !== undefined || !isRecord(y)) return given as Arguments<Options>
  if (isDataset(x)) return { ...given, y: undefined, options: y as Options }
  const keys = Object.keys(y)
  const isOptions = keys.some((key) => known.includes(key) && !outputNames.includes(key))
  if (!isOptions) return given as Arguments<Options>
  throw new ArgumentError(
    where,
    'takes (x, y, options), received options in the place of y (undefined where there are no targets)',
  )
}
