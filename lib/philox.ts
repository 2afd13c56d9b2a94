/**
 * Philox4x32-10, a counter based generator: random words from a counter and a key.
 * Source: Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3 (2011).
 *
 * It lives on products of 32 by 32 bits, which JavaScript can't keep whole. WebAssembly can, and is five
 * times as fast, so its code is put together here: one function, `fill`, into a memory of its own.
 */
import type { RandomKey } from './ops/random'

/** Words that one call may make; more would no longer stay in the processor's first cache. */
export const MOST_WORDS = 4096

const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57] as const
const KEY_STEPS = [0x9e3779b9, 0xbb67ae85] as const
const ROUNDS = 10

/** The binary format's numbers, https://webassembly.github.io/spec/core/binary */
const op = {
  loop: [0x03, 0x40],
  if: [0x04, 0x40],
  end: [0x0b],
  repeatIf: [0x0d, 0],
  store: (offset: number) => [0x36, 2, offset],
  isZero: [0x45],
  add: [0x6a],
  xor: [0x73],
  multiply64: [0x7e],
  shiftRight64: [0x88],
  low: [0xa7],
  extend: [0xad],
  get: (local: number) => [0x20, local],
  set: (local: number) => [0x21, local],
  tee: (local: number) => [0x22, local],
  i32: (value: number) => [0x41, ...signed(value | 0)],
  i64: (value: number) => [0x42, ...signed(value)],
}
const I32 = 0x7f
const I64 = 0x7e

/** LEB128 of an integer below 2^53. */
function signed(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    const bits = ((rest % 128) + 128) % 128
    if (rest >= -64 && rest < 64) return [...bytes, bits]
    bytes.push(bits | 128)
  }
}

function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...unsigned(Math.floor(value / 128))]
}

const list = (items: readonly (readonly number[])[]): number[] => [
  ...unsigned(items.length),
  ...items.flat(),
]
const sized = (bytes: readonly number[]): number[] => [...unsigned(bytes.length), ...bytes]
const section = (id: number, bytes: readonly number[]): number[] => [id, ...sized(bytes)]
const text = (name: string): number[] => sized([...Buffer.from(name)])

/** Locals of `fill`: its five parameters, where it writes, the block's words and two products. */
const local = { blocks: 0, counter: 1, key: 5, at: 7, word: 8, product: 12 }

function round(index: number): number[] {
  const word = (i: number): number => local.word + i
  const { key, product } = local
  const multiply = (i: 0 | 1): number[] => [
    ...[...op.get(word(2 * i)), ...op.extend, ...op.i64(MULTIPLIERS[i]), ...op.multiply64],
    ...op.set(product + i),
  ]
  const mix = (to: 0 | 1): number[] => [
    ...[...op.get(product + 1 - to), ...op.i64(32), ...op.shiftRight64, ...op.low],
    ...[...op.get(word(2 * to + 1)), ...op.xor],
    ...[...op.get(key + to), ...op.i32(Math.imul(index, KEY_STEPS[to])), ...op.add, ...op.xor],
    ...[
      ...op.set(word(2 * to)),
      ...op.get(product + 1 - to),
      ...op.low,
      ...op.set(word(2 * to + 1)),
    ],
  ]
  return [...multiply(0), ...multiply(1), ...mix(0), ...mix(1)]
}

/** fill(blocks, counter0 .. counter3, key0, key1): the words of this counter and of those after it. */
function fillCode(): number[] {
  const { blocks, counter, at, word } = local
  const words = [0, 1, 2, 3]
  const step = (variable: number, by: number): number[] => [
    ...op.get(variable),
    ...[...op.i32(by), ...op.add, ...op.tee(variable)],
  ]
  const code = [
    ...op.loop,
    ...words.flatMap((i) => [...op.get(counter + i), ...op.set(word + i)]),
    ...Array.from({ length: ROUNDS }, (_, index) => round(index)).flat(),
    ...words.flatMap((i) => [...op.get(at), ...op.get(word + i), ...op.store(4 * i)]),
    ...[...op.get(at), ...op.i32(16), ...op.add, ...op.set(at)],
    ...[...step(counter, 1), ...op.isZero, ...op.if],
    ...[...op.get(counter + 1), ...op.i32(1), ...op.add, ...op.set(counter + 1), ...op.end],
    ...[...step(blocks, -1), ...op.repeatIf, ...op.end],
    ...op.end,
  ]
  return sized([
    ...list([
      [5, I32],
      [2, I64],
    ]),
    ...code,
  ])
}

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const parameters = Array.from({ length: 7 }, () => [I32])
  return Uint8Array.from([
    ...[0, ...Buffer.from('asm'), 1, 0, 0, 0],
    ...section(1, list([[0x60, ...list(parameters), 0]])),
    ...section(3, list([[0]])),
    ...section(5, list([[0, 1]])),
    ...section(
      7,
      list([
        [...text('fill'), 0, 0],
        [...text('memory'), 2, 0],
      ]),
    ),
    ...section(10, list([fillCode()])),
  ])
}

interface Exports {
  readonly memory: WebAssembly.Memory
  readonly fill: (...blocksCounterAndKey: number[]) => void
}

const { memory, fill } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()))
  .exports as unknown as Exports

/** Where `generate` puts its words. */
export const words = new Uint32Array(memory.buffer)

/**
 * Makes the `count` words of a stream that follow the first `from` ones and returns where in `words`
 * they begin; they stay until the next call. The stream is the last word of all its counters.
 */
export function generate(from: number, count: number, stream: number, key: RandomKey): number {
  const [block, first] = [Math.floor(from / 4), from % 4]
  fill(Math.ceil((first + count) / 4), block, Math.floor(block / 2 ** 32), 0, stream, ...key)
  return first
}

/** Four random words for a counter and a key, as in Random123's known-answer tests. */
export function philox(
  counter: readonly [number, number, number, number],
  key: RandomKey,
): [number, number, number, number] {
  fill(1, ...counter, ...key)
  const [a, b, c, d] = words
  return [a as number, b as number, c as number, d as number]
}
