/** Processes and workers that end in the middle of a step: neither a crash nor a hang. */
import { resultOf, runProgram } from './child'

describe('the main thread', () => {
  test('ends with a step that nobody awaits: the step is finished first', async () => {
    const { code, signal, stdout } = await runProgram('ends', ['end'])
    expect({ code, signal, stdout }).toEqual({ code: 0, signal: null, stdout: 'settled\n' })
  })

  test.each([
    ['exit', 0],
    ['exitInFirstStep', 7],
    ['exitAtOnce', 0],
    ['exitListener', 0],
  ])('process.exit(): %s', async (way, expected) => {
    const { code, signal, stderr } = await runProgram('ends', [way])
    expect({ code, signal, stderr }).toEqual({ code: expected, signal: null, stderr: '' })
  })

  test('an uncaught exception in the middle of a step', async () => {
    const { code, signal, stderr } = await runProgram('ends', ['throw'])
    expect({ code, signal }).toEqual({ code: 1, signal: null })
    expect(stderr).toMatch(/uncaught on purpose/)
  })

  test('a rejection that nobody handles, with a step under way', async () => {
    const { code, signal, stderr } = await runProgram('ends', ['reject'])
    expect({ code, signal }).toEqual({ code: 1, signal: null })
    expect(stderr).toMatch(/ShapeError: .*equally many items, received 32 and 1/)
  })
})

interface Scene {
  readonly mine: readonly number[]
  readonly theirs: readonly { message?: unknown; error?: string; code: number }[]
  readonly codes: readonly number[]
}

async function scene(name: string): Promise<Scene> {
  return resultOf(await runProgram('workers', [name])) as Scene
}

describe('workers', () => {
  test.each([
    ['atOnce', 4],
    ['sequence', 20],
  ])('%s: all give the same numbers as the main thread', async (name, count) => {
    const { mine, theirs } = await scene(name)
    expect(mine).toHaveLength(10)
    expect(theirs).toEqual(Array.from({ length: count }, () => ({ message: mine, code: 0 })))
  })

  test('terminated in the middle of a step, and the main thread goes on', async () => {
    const { mine, codes } = await scene('terminate')
    expect(codes).toEqual(new Array(8).fill(1))
    expect(mine.every(Number.isFinite)).toBe(true)
  })

  test('terminated while the main thread trains: it does not notice', async () => {
    const { mine, codes } = await scene('terminateWhileMainTrains')
    expect(codes).toEqual([1, 1])
    expect(mine).toEqual((await scene('ends')).mine)
  })

  test('that exit, throw, or just end in the middle of a step', async () => {
    const { theirs, mine } = await scene('ends')
    expect(theirs).toEqual([
      { message: 'started', code: 5 },
      { message: 'started', error: 'uncaught on purpose', code: 1 },
      { message: 'started', code: 0 },
    ])
    expect(mine.every(Number.isFinite)).toBe(true)
  })

  test('process.exit() of the main thread while two workers and it train', async () => {
    expect(await scene('mainExits')).toBe(true)
  })
})
