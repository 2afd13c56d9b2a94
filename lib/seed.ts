/** One call that makes a program repeatable. */
import { nonNegativeInteger } from './check'
import { random } from './random'
import { seedPrograms } from './program'

/**
 * Restarts all random numbers: `random`, the first values of weights built later, and dropout.
 * The same seed gives the same results, bit for bit, on one machine.
 *
 * @example
 * setRandomSeed(7)
 */
export function setRandomSeed(seed: number): void {
  nonNegativeInteger('setRandomSeed', 'seed', seed)
  seedPrograms(seed)
  random.seed(seed)
}
