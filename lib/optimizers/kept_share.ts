import { numberInRange } from '../check'

/** An option: the kept share of a moving average, from 0 up to, not including, 1. */
export function keptShare(value: number) {
  return (where: string, name: string, given: unknown = value): number =>
    numberInRange(where, name, given, 0, 1)
}
