/** What padding and cropping share: how many elements at each side of each spatial axis. */
import { fail, isNonNegativeInteger } from '../check'
import { inFormat, type DataFormat } from '../data_format'
import { optionFirst } from '../option_readers'
import { ImageLayer, type ImageLayerOptions } from './image_layer'

/** Elements before and after. */
export type BeforeAfter = readonly [number, number]

/** Elements at both sides, or before and after. */
export type Sides1D = number | BeforeAfter

/** One number for all sides, [vertical, horizontal], or [[top, bottom], [left, right]]. */
export type Sides2D = number | BeforeAfter | readonly [Sides1D, Sides1D]

function sides(where: string, name: string, value: unknown, axes: number): readonly BeforeAfter[] {
  const expected =
    axes === 1
      ? 'a non-negative integer or a pair of them'
      : 'a non-negative integer, a pair of them, or a pair of pairs'
  const axis = (item: unknown): BeforeAfter => {
    if (isNonNegativeInteger(item)) return [item, item]
    if (Array.isArray(item) && item.length === 2 && item.every(isNonNegativeInteger)) {
      return [item[0] as number, item[1] as number]
    }
    return fail(where, name, expected, value)
  }
  if (axes === 1) return [axis(value)]
  if (isNonNegativeInteger(value)) return [axis(value), axis(value)]
  if (Array.isArray(value) && value.length === 2) return value.map(axis)
  return fail(where, name, expected, value)
}

interface BorderOptions extends ImageLayerOptions {
  readonly padding?: unknown
  readonly cropping?: unknown
}

export abstract class BorderLayer extends ImageLayer {
  protected readonly sides: readonly BeforeAfter[]

  constructor(
    className: string,
    axes: number,
    /** The option that holds the sides. */
    private readonly option: 'padding' | 'cropping',
    defaultSides: number,
    /** The sides may stand before the other options. */
    args: readonly unknown[],
    fixedFormat?: DataFormat,
  ) {
    const options = optionFirst<BorderOptions>(className, option, args)
    super(className, axes, options, [option], fixedFormat)
    this.sides = sides(this.label, option, options[option] ?? defaultSides, axes)
  }

  /** The sides of all axes of the input. */
  protected get allSides(): readonly BeforeAfter[] {
    return inFormat<BeforeAfter>(this.dataFormat, [0, 0], this.sides, [0, 0])
  }

  override getConfig(): Record<string, unknown> {
    const value = this.axes === 1 ? this.sides[0] : this.sides
    return { ...super.getConfig(), [this.option]: value }
  }
}
