/** On what programs run. */
import { oneOf } from './check'
import { StateError } from './errors'

/**
 * Chooses where programs run. There is only a build for the CPU so far: 'cuda' is a StateError.
 *
 * @example
 * setDevice('cpu')
 */
export function setDevice(device: 'cpu' | 'cuda'): void {
  if (oneOf('setDevice', 'device', device, ['cpu', 'cuda']) === 'cpu') return
  throw new StateError('setDevice', "this build of gantorch runs on the CPU only; use 'cpu'")
}
