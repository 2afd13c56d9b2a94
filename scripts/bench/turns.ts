/** Times programs of this process in turn. */
import type { NDArray } from '../../lib/index'
import type { Program } from '../../lib/program'

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] as number
}

/** Median milliseconds of each program. */
export async function timesOf(
  programs: readonly Program[],
  inputs: readonly NDArray[],
  rounds: number,
): Promise<number[]> {
  const times = programs.map((): number[] => [])
  for (let round = 0; round < rounds + 5; round++) {
    for (const [i, program] of programs.entries()) {
      const start = performance.now()
      await program.run([...inputs])
      // The first rounds find memory.
      if (round >= 5) times[i]?.push(performance.now() - start)
    }
  }
  return times.map(median)
}
