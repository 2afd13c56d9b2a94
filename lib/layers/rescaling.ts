import { fail, isList } from '../check'
import { imageDataFormat } from '../data_format'
import type { SymbolicTensor } from '../graph/tensor'
import { cast, constant } from '../ops/dtypes'
import { add, mul } from '../ops/math'
import { checkLayerOptions, type LayerOptions } from './layer'
import { layerClass } from './registry'
import { UnaryLayer } from './unary_layer'

/** Options of {@link Rescaling}. */
export interface RescalingOptions extends LayerOptions {
  /** Added after scaling; one number, or one for each channel. Default 0. */
  readonly offset?: number | readonly number[]
}

function numbers(where: string, name: string, value: unknown): number | readonly number[] {
  const isNumber = (item: unknown): boolean => typeof item === 'number' && Number.isFinite(item)
  if (isNumber(value) || (isList(value) && value.length > 0 && value.every(isNumber))) {
    return value as number | readonly number[]
  }
  return fail(where, name, 'a finite number or a list of them', value)
}

class RescalingLayer extends UnaryLayer {
  readonly scale: number | readonly number[]
  readonly offset: number | readonly number[]

  constructor(scale: number | readonly number[], options: RescalingOptions = {}) {
    checkLayerOptions('Rescaling', options, ['offset'])
    super(options)
    this.scale = numbers(this.label, 'scale', scale)
    this.offset = numbers(this.label, 'offset', options.offset ?? 0)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    const { computeDType } = this.policy
    const isFirst = imageDataFormat() === 'channels_first'
    const tensor = (value: number | readonly number[], asChannels: boolean): SymbolicTensor =>
      isList(value)
        ? constant(value, computeDType, [value.length, ...(asChannels ? [1, 1] : [])])
        : constant(value, computeDType)
    const scaled = mul(cast(x, computeDType), tensor(this.scale, isFirst))
    return add(scaled, tensor(this.offset, isFirst))
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), scale: this.scale, offset: this.offset }
  }
}

/**
 * `x * scale + offset`, each one number or one for each channel; whole numbers become floats.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/
 *
 * @class
 * @example
 * const y = Rescaling(1 / 127.5, { offset: -1 })(x)   // 0..255 to -1..1
 */
export const Rescaling = layerClass('Rescaling', RescalingLayer, ['scale'])
export type Rescaling = RescalingLayer
