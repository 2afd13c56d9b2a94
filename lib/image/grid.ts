/** Sample sheets: a grid of pictures, and real pictures beside generated ones. */
import { NDArray, shapeText } from '../array'
import { fail, knownOptions, nonNegativeInteger, oneOf, positiveInteger } from '../check'
import { ShapeError } from '../errors'
import { background, colorOrder, type Background, type ColorOrder, type Rgb } from './color'
import { drawGrid, gridSize, newCanvas, orderOf, toDrawing } from './canvas'
import type { Drawing, Layout, Pictures } from './canvas'
import { ImageSet } from './image_set'
import type { PixelRange } from './pixels'
import { pictureFormat, writePicture } from './write'

/** Options of {@link saveGrid}. */
export interface SaveGridOptions {
  /** Order of the channels of an array. Default 'rgb'; an ImageSet knows its own. */
  colorOrder?: ColorOrder
  /** How float32 is read; beyond it is clipped. Default '[-1,1]'. uint8 is always 0 to 255. */
  range?: PixelRange
  /** Output pixels between and around the pictures. Default 2. */
  padding?: number
  /** Colour between the pictures and of empty places. Default 'white'. */
  background?: Background
  /** Enlarges each pixel to a square of so many. Default 1. */
  scale?: number
}

/** Options of {@link saveRealFake}. */
export interface SaveRealFakeOptions extends SaveGridOptions {
  /** Rows of pictures. Default 5. */
  rows?: number
  /** Columns on each side. Default 5. */
  columns?: number
  /** Output pixels between the two sides, beside their padding. Default: a third of a picture's width. */
  gap?: number
}

interface Style {
  readonly order: ColorOrder | undefined
  readonly range: PixelRange
  readonly color: Rgb
  readonly padding: number
  readonly scale: number
}

const GRID_OPTIONS = ['colorOrder', 'range', 'padding', 'background', 'scale']

/**
 * Writes pictures as one sheet, row by row. Fewer pictures than places leave the last places empty;
 * more are an error for an array, while a larger ImageSet shows pictures spread evenly over it.
 * The file is complete or not there: it is written beside the target and renamed. Missing folders
 * are made. webp and png are lossless.
 *
 * @param images [n, height, width, channels], channels 1 or 3: float32 in [-1, 1] (clipped) or uint8; or an ImageSet
 * @param rows places from top to bottom
 * @param columns places from left to right
 * @param path ends in .png, .jpg, .jpeg or .webp
 * @param options see {@link SaveGridOptions}
 * @throws NotFiniteError naming picture and pixel when a value is NaN or infinite; ShapeError,
 *   DTypeError, ArgumentError; FileError when it can't be written. An old file stays as it was
 * @example
 * await saveGrid(await generator.predict(noise), 5, 5, 'images/img_50.png')
 */
export async function saveGrid(
  images: Pictures,
  rows: number,
  columns: number,
  path: string,
  options: SaveGridOptions = {},
): Promise<void> {
  knownOptions('saveGrid', options, GRID_OPTIONS)
  await saveSheet('saveGrid', images, rows, columns, path, options)
}

/** saveGrid under the name of its caller, with options whose names are known to be right. */
export async function saveSheet(
  where: string,
  images: Pictures,
  rows: number,
  columns: number,
  path: string,
  options: SaveGridOptions,
): Promise<void> {
  pictureFormat(where, path)
  const style = await check(where, options)
  const layout: Layout = {
    rows: positiveInteger(where, 'rows', rows),
    columns: positiveInteger(where, 'columns', columns),
    padding: style.padding,
    scale: style.scale,
  }
  const order = orderOf(where, pictures(where, 'images', images), style.order, 'rgb')
  const drawing = toDrawing(where, 'images', images, rows * columns, style.range, order)
  const { height, width } = gridSize(drawing, layout)
  const canvas = newCanvas(where, height, width, style.color)
  drawGrid(canvas, drawing, layout, 0)
  await writePicture(where, path, canvas)
}

/**
 * Writes real pictures (left) beside generated ones (right) as one sheet, a gap between them.
 * Rules for numbers of pictures, values and files are those of {@link saveGrid}.
 * An array takes the colour order of the ImageSet on the other side, if there is one: the
 * generator has learned from it.
 *
 * @param real [n, height, width, channels] or an ImageSet, of which evenly spread pictures are shown
 * @param fake [m, height, width, channels], the same picture shape
 * @param path ends in .png, .jpg, .jpeg or .webp
 * @param options see {@link SaveRealFakeOptions}
 * @throws as saveGrid; ShapeError when the two sides differ in picture shape
 * @example
 * await saveRealFake(pictures, await generator.predict(noise), 'images/real_fake.png')
 */
export async function saveRealFake(
  real: Pictures,
  fake: Pictures,
  path: string,
  options: SaveRealFakeOptions = {},
): Promise<void> {
  const where = 'saveRealFake'
  knownOptions(where, options, [...GRID_OPTIONS, 'rows', 'columns', 'gap'])
  pictureFormat(where, path)
  const style = await check(where, options)
  const layout: Layout = {
    rows: positiveInteger(where, 'rows', options.rows ?? 5),
    columns: positiveInteger(where, 'columns', options.columns ?? 5),
    padding: style.padding,
    scale: style.scale,
  }
  const left = side(where, 'real', real, fake, layout, style)
  const right = side(where, 'fake', fake, real, layout, style)
  requireSameShape(where, left, right)
  const gap = options.gap ?? Math.round((left.width * style.scale) / 3)
  nonNegativeInteger(where, 'gap', gap)
  const { height, width } = gridSize(left, layout)
  const canvas = newCanvas(where, height, width * 2 + gap, style.color)
  drawGrid(canvas, left, layout, 0)
  drawGrid(canvas, right, layout, width + gap)
  await writePicture(where, path, canvas)
}

function side(
  where: string,
  name: string,
  images: Pictures,
  other: Pictures,
  layout: Layout,
  style: Style,
): Drawing {
  const fallback = other instanceof ImageSet ? other.colorOrder : 'rgb'
  const order = orderOf(where, pictures(where, name, images), style.order, fallback)
  return toDrawing(where, name, images, layout.rows * layout.columns, style.range, order)
}

function requireSameShape(where: string, real: Drawing, fake: Drawing): void {
  const [a, b] = [real, fake].map((d) => shapeText([d.height, d.width, d.channels]))
  if (a !== b) {
    throw new ShapeError(where, `real and fake must have one picture shape, received ${a} and ${b}`)
  }
}

function pictures(where: string, name: string, value: unknown): Pictures {
  return value instanceof NDArray || value instanceof ImageSet
    ? value
    : fail(where, name, 'an NDArray or an ImageSet', value)
}

async function check(where: string, options: SaveGridOptions): Promise<Style> {
  const { padding = 2, scale = 1, range = '[-1,1]' } = options
  return {
    order: options.colorOrder === undefined ? undefined : colorOrder(where, options.colorOrder),
    range: oneOf(where, 'range', range, ['[-1,1]', '[0,1]']),
    color: await background(where, options.background ?? 'white'),
    padding: nonNegativeInteger(where, 'padding', padding),
    scale: positiveInteger(where, 'scale', scale),
  }
}
