import { fail } from '../check'
import type { SymbolicTensor } from '../graph/tensor'
import { pad } from '../ops/arrange'
import { requireRank } from '../ops/emit'
import { checkLayerOptions, Layer, type LayerOptions } from './layer'
import { layerClass } from './registry'

type BeforeAfter = readonly [number, number]

export interface ZeroPadding2DOptions extends LayerOptions {
  /**
   * One number for all sides, [vertical, horizontal], or [[top, bottom], [left, right]];
   * default 1.
   */
  readonly padding?: number | BeforeAfter | readonly [BeforeAfter, BeforeAfter]
}

function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function sides(where: string, padding: unknown): readonly [BeforeAfter, BeforeAfter] {
  const expected = 'a non-negative integer, a pair of them, or a pair of pairs'
  const axis = (value: unknown): BeforeAfter => {
    if (isLength(value)) return [value, value]
    if (Array.isArray(value) && value.length === 2 && value.every(isLength)) {
      return [value[0] as number, value[1] as number]
    }
    return fail(where, 'padding', expected, padding)
  }
  if (isLength(padding)) return [axis(padding), axis(padding)]
  if (Array.isArray(padding) && padding.length === 2) return [axis(padding[0]), axis(padding[1])]
  return fail(where, 'padding', expected, padding)
}

class ZeroPadding2DLayer extends Layer {
  readonly padding: readonly [BeforeAfter, BeforeAfter]

  constructor(options: ZeroPadding2DOptions = {}) {
    checkLayerOptions('ZeroPadding2D', options, ['padding'])
    super(options)
    this.padding = sides(this.label, options.padding ?? 1)
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    requireRank('pad', x, 4)
    return pad(x, [[0, 0], ...this.padding, [0, 0]])
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), padding: this.padding }
  }
}

/**
 * Zeros around images: (batch, height, width, channels), height and width grow.
 * Source: https://keras.io/api/layers/reshaping_layers/zero_padding2d/
 *
 * @example
 * const y = ZeroPadding2D({ padding: [[0, 1], [0, 1]] })(x)   // one row below, one column right
 */
export const ZeroPadding2D = layerClass('ZeroPadding2D', ZeroPadding2DLayer)
export type ZeroPadding2D = ZeroPadding2DLayer
