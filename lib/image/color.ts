/** Colour order and background colours, shared by everything that reads or writes pictures. */
import { ArgumentError } from '../errors'
import { fail, oneOf } from '../check'
import { loadSharp } from './sharp'

/** Which colour comes first in memory. OpenCV programs keep blue first, nearly everything else red. */
export type ColorOrder = 'rgb' | 'bgr'

/** A CSS colour ('white', '#20ff80', 'rgb(0 0 0)') or [red, green, blue], each 0 to 255. Always in RGB. */
export type Background = string | readonly [number, number, number]

/** Red, green and blue, each 0 to 255. */
export type Rgb = readonly [number, number, number]

export function colorOrder(where: string, value: unknown): ColorOrder {
  return oneOf(where, 'colorOrder', value, ['rgb', 'bgr'])
}

/** Reads a background colour; a see-through colour counts as opaque. */
export async function background(where: string, value: unknown): Promise<Rgb> {
  if (Array.isArray(value) && value.length === 3 && value.every(isByte)) {
    const [red, green, blue] = value as [number, number, number]
    return [red, green, blue]
  }
  if (typeof value !== 'string') {
    return fail(where, 'background', 'a CSS colour or [red, green, blue] of 0 to 255', value)
  }
  const sharp = await loadSharp(where)
  try {
    const pixel = sharp({ create: { width: 1, height: 1, channels: 3, background: value } })
    const [red = 0, green = 0, blue = 0] = await pixel.raw().toBuffer()
    return [red, green, blue]
  } catch (error) {
    throw new ArgumentError(
      where,
      `background must be a CSS colour or [red, green, blue], received ${JSON.stringify(value)}`,
      { cause: error },
    )
  }
}

function isByte(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255
}
