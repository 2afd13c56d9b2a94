/** Einsum equations of attention with several heads. Source: keras.src.layers.attention */

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

/** `abc,cde->abde`: the last `bound` axes of `rank` become `made` others. */
export function projectionEquation(rank: number, bound: number, made: number): string {
  const kept = LETTERS.slice(0, rank - bound)
  const summed = LETTERS.slice(rank - bound, rank)
  const result = LETTERS.slice(rank, rank + made)
  return `${kept}${summed},${summed}${result}->${kept}${result}`
}

export interface AttentionEquations {
  /** Key and query to scores: (batch, other axes, heads, query's axes, key's axes). */
  readonly scores: string
  /** Scores and value to (batch, axes of the query, heads, length of a head). */
  readonly combine: string
}

/** Equations for projected tensors of `rank` axes: batch, ..., heads, length of a head. */
export function attentionEquations(rank: number, axes: readonly number[]): AttentionEquations {
  const query = LETTERS.slice(0, rank)
  const places = Array.from(query).map((_, axis) => axis)
  const key = places
    .map((axis) => {
      const order = axes.indexOf(axis)
      return order === -1 ? query.charAt(axis) : LETTERS.charAt(rank + order)
    })
    .join('')
  const others = places.filter((axis) => axis !== rank - 1 && !axes.includes(axis))
  const lettersOf = (letters: string, list: readonly number[]): string =>
    list.map((axis) => letters.charAt(axis)).join('')
  const scores = lettersOf(query, others) + lettersOf(query, axes) + lettersOf(key, axes)
  return { scores: `${key},${query}->${scores}`, combine: `${scores},${key}->${query}` }
}
