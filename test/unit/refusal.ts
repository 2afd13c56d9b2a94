/** What refuses an argument throws one of our errors, with these words. */
import { ArgumentError, ShapeError } from '../../lib/index'

export function expectRefusal(act: () => unknown, message: string): void {
  let error: unknown
  try {
    act()
  } catch (thrown) {
    error = thrown
  }
  expect(error instanceof ArgumentError || error instanceof ShapeError).toBe(true)
  expect((error as Error).message).toContain(message)
}
