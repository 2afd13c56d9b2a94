import { fail, isPositiveInteger } from '../check'
import { ShapeError } from '../errors'
import type { SymbolicTensor } from '../graph/tensor'
import { reshape } from '../ops/shape'
import { AffineLayer, inFloat32, type AffineLayerOptions } from './affine_layer'
import { axesOf, channelAxis, lengthsOf } from './axes'
import { layerClass } from './registry'

/** Options of {@link GroupNormalization}. */
export interface GroupNormalizationOptions extends AffineLayerOptions {
  /** Into how many groups the channels are divided; -1: each a group of its own. Default 32. */
  readonly groups?: number
  /** Axis of the channels; default -1, the last. */
  readonly axis?: number
}

class GroupNormalizationLayer extends AffineLayer {
  readonly groups: number
  readonly axis: number

  constructor(options: GroupNormalizationOptions = {}) {
    super('GroupNormalization', options, ['groups', 'axis'])
    const { groups = 32, axis = -1 } = options
    if (groups !== -1 && !isPositiveInteger(groups)) {
      fail(this.label, 'groups', 'a positive integer or -1', groups)
    }
    this.groups = groups
    this.axis = channelAxis(this.label, axis)
  }

  override build(x: SymbolicTensor): void {
    const axes = axesOf(this.label, x, this.axis, 1)
    const [channels] = lengthsOf(this.label, x, axes) as [number]
    if (channels % this.groups !== 0) {
      throw new ShapeError(
        this.label,
        `can't divide ${channels} channels into ${this.groups} groups of equal size`,
      )
    }
    this.addGammaAndBeta([channels])
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    const [axis] = axesOf(this.label, x, this.axis, 1) as [number]
    const channels = x.shape[axis] as number
    const groups = this.groups === -1 ? channels : this.groups
    const [, ...lengths] = x.shape as [number | null, ...number[]]
    const divided = [...lengths]
    divided.splice(axis - 1, 1, groups, channels / groups)
    return inFloat32(x, (exact) => {
      const grouped = reshape(exact, [null, ...divided])
      const others = [...grouped.shape.keys()].filter((one) => one !== 0 && one !== axis)
      const y = reshape(this.standardized(grouped, others), [null, ...lengths])
      return this.affine(y, [axis])
    })
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), groups: this.groups, axis: this.axis }
  }
}

/**
 * Normalises each item by itself, each group of channels together with all other axes, to mean
 * beta and deviation gamma. With `groups: -1` it is instance normalisation, with 1 nearly
 * LayerNormalization. Weights: gamma and beta, each (channels).
 * Source: Wu and He (2018), https://keras.io/api/layers/normalization_layers/group_normalization/
 *
 * @class
 * @example
 * const y = GroupNormalization({ groups: 8 })(x)
 */
export const GroupNormalization = layerClass('GroupNormalization', GroupNormalizationLayer)
export type GroupNormalization = GroupNormalizationLayer
