/** What layers on images share: the number of spatial axes, and where channels stand. */
import { shapeText } from '../array'
import { firstSpatialAxis, resolveDataFormat, type DataFormat } from '../data_format'
import { ShapeError } from '../errors'
import type { SymbolicTensor } from '../graph/tensor'
import { checkLayerOptions, type LayerOptions } from './layer'
import { UnaryLayer } from './unary_layer'

/** Options of layers that know rows, columns and channels. */
export interface ImageLayerOptions extends LayerOptions {
  /** Default: `setImageDataFormat`'s, at first 'channels_last'. */
  readonly dataFormat?: DataFormat | null
}

/** Refuses inputs that are no batch of images with that many spatial axes. */
export function requireImages(
  where: string,
  x: SymbolicTensor,
  axes: number,
  dataFormat: DataFormat,
): void {
  if (x.rank === axes + 2) return
  const spatial = axes === 1 ? 'steps' : 'height, width'
  const [kind, expected] = [
    axes === 1 ? 'sequences' : 'images',
    dataFormat === 'channels_last' ? `${spatial}, channels` : `channels, ${spatial}`,
  ]
  throw new ShapeError(
    where,
    `expects ${kind} of shape (batch, ${expected}), received ${shapeText(x.shape)}`,
  )
}

export abstract class ImageLayer extends UnaryLayer {
  readonly dataFormat: DataFormat

  /** `own` names the options that the subclass adds. */
  constructor(
    className: string,
    /** 1 for sequences, 2 for pictures. */
    protected readonly axes: number,
    options: ImageLayerOptions,
    own: readonly string[],
    /** The format of a layer that lets nobody choose. */
    private readonly fixedFormat?: DataFormat,
  ) {
    checkLayerOptions(className, options, fixedFormat ? own : [...own, 'dataFormat'])
    super(options)
    this.dataFormat = fixedFormat ?? resolveDataFormat(this.label, options.dataFormat)
  }

  override build(x: SymbolicTensor): void {
    requireImages(this.label, x, this.axes, this.dataFormat)
  }

  /** The places of the spatial axes. */
  protected get spatialAxes(): readonly number[] {
    const first = firstSpatialAxis(this.dataFormat)
    return Array.from({ length: this.axes }, (_, axis) => first + axis)
  }

  override getConfig(): Record<string, unknown> {
    const config = super.getConfig()
    return this.fixedFormat ? config : { ...config, dataFormat: this.dataFormat }
  }
}
