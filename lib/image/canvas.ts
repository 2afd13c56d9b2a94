/** Draws pictures of one size onto a canvas, cell by cell. */
import type { NDArray } from '../array'
import { ArgumentError, OutOfMemoryError } from '../errors'
import type { ColorOrder, Rgb } from './color'
import { ImageSet } from './image_set'
import { pictureShape, toBytes, type PictureShape, type PixelRange } from './pixels'
import type { Canvas } from './write'

/** What can be drawn: an array, or an ImageSet, which knows its own colour order. */
export type Pictures = NDArray | ImageSet

/** Pictures as bytes, in the order given. */
export interface Drawing extends PictureShape {
  readonly bytes: Uint8Array
  readonly colorOrder: ColorOrder
}

export interface Layout {
  readonly rows: number
  readonly columns: number
  /** Output pixels between and around pictures. */
  readonly padding: number
  /** Every picture pixel becomes a square of so many output pixels. */
  readonly scale: number
}

/** An ImageSet's own order; else the option; else `fallback`. An option against an ImageSet is an error. */
export function orderOf(
  where: string,
  pictures: Pictures,
  option: ColorOrder | undefined,
  fallback: ColorOrder,
): ColorOrder {
  if (!(pictures instanceof ImageSet)) return option ?? fallback
  const own = pictures.colorOrder
  if (option !== undefined && option !== own && pictures.images.shape[3] === 3) {
    throw new ArgumentError(
      where,
      `colorOrder '${option}' contradicts the image set's own '${own}'; leave the option out`,
    )
  }
  return own
}

/**
 * Bytes of what fits into `cells`. An array must fit; of a larger ImageSet pictures spread evenly
 * over it are taken.
 */
export function toDrawing(
  where: string,
  name: string,
  pictures: Pictures,
  cells: number,
  range: PixelRange,
  colorOrder: ColorOrder,
): Drawing {
  const images = pictures instanceof ImageSet ? spread(pictures, cells) : pictures
  const shape = pictureShape(where, name, images)
  if (shape.count > cells) {
    throw new ArgumentError(
      where,
      `${name} holds ${shape.count} pictures and there are ${cells} places; choose some with slice or gather`,
    )
  }
  return { ...shape, bytes: toBytes(where, name, images, range), colorOrder }
}

function spread({ images, length }: ImageSet, cells: number): NDArray {
  if (length <= cells) return images
  return images.gather(Array.from({ length: cells }, (_, i) => Math.floor((i * length) / cells)))
}

/** Height and width of a grid in output pixels, its outer padding included. */
export function gridSize(
  { height, width }: PictureShape,
  { rows, columns, padding, scale }: Layout,
): { readonly height: number; readonly width: number } {
  return {
    height: rows * height * scale + (rows + 1) * padding,
    width: columns * width * scale + (columns + 1) * padding,
  }
}

export function newCanvas(where: string, height: number, width: number, color: Rgb): Canvas {
  try {
    const data = new Uint8Array(height * width * 3)
    for (let i = 0; i < data.length; i++) data[i] = color[i % 3] as number
    return { data, height, width }
  } catch (error) {
    const text = `a picture of ${height} x ${width} pixels does not fit into memory`
    throw new OutOfMemoryError(where, text, { cause: error })
  }
}

/** Draws row by row from the canvas column `left` on. Cells without a picture keep the background. */
export function drawGrid(canvas: Canvas, drawing: Drawing, layout: Layout, left: number): void {
  const { columns, padding, scale } = layout
  for (let index = 0; index < drawing.count; index++) {
    const row = Math.floor(index / columns)
    const column = index % columns
    drawPicture(canvas, drawing, index, scale, {
      top: padding + row * (drawing.height * scale + padding),
      left: left + padding + column * (drawing.width * scale + padding),
    })
  }
}

function drawPicture(
  canvas: Canvas,
  { bytes, height, width, channels, colorOrder }: Drawing,
  index: number,
  scale: number,
  at: { readonly top: number; readonly left: number },
): void {
  const start = index * height * width * channels
  const red = channels === 3 && colorOrder === 'bgr' ? 2 : 0
  const green = channels === 3 ? 1 : 0
  const blue = channels === 3 ? 2 - red : 0
  for (let y = 0; y < height * scale; y++) {
    const sourceRow = start + Math.floor(y / scale) * width * channels
    let to = ((at.top + y) * canvas.width + at.left) * 3
    for (let x = 0; x < width * scale; x++) {
      const from = sourceRow + Math.floor(x / scale) * channels
      canvas.data[to++] = bytes[from + red] as number
      canvas.data[to++] = bytes[from + green] as number
      canvas.data[to++] = bytes[from + blue] as number
    }
  }
}
