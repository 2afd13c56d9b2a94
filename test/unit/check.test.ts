import * as check from '../../lib/check'
import { ArgumentError } from '../../lib/errors'

class Thing {
  readonly size = 1
}

test.each<[unknown, string]>([
  ['a "b"', '"a \\"b\\""'],
  [undefined, 'undefined'],
  [null, 'null'],
  [NaN, 'NaN'],
  [10n, '10'],
  [Symbol('s'), 'Symbol(s)'],
  [[1, 'a', [true]], '[1, "a", [true]]'],
  [[1, 2, 3, 4, 5, 6, 7, 8, 9], '[1, 2, 3, 4, 5, 6, 7, 8, ...]'],
  [{}, 'an object'],
  [Object.create(null), 'an object'],
  [new Thing(), 'an object of type Thing'],
  [Thing, 'function Thing'],
  [
    (
      () => () =>
        0
    )(),
    'a function',
  ],
])('describe(%p)', (value, text) => {
  expect(check.describe(value)).toBe(text)
})

test.each<[string, () => unknown, string]>([
  [
    'positiveInteger',
    () => check.positiveInteger('W', 'n', 0),
    'n must be a positive integer, received 0',
  ],
  [
    'positiveInteger 1.5',
    () => check.positiveInteger('W', 'n', 1.5),
    'n must be a positive integer, received 1.5',
  ],
  [
    'positiveInteger "1"',
    () => check.positiveInteger('W', 'n', '1'),
    'n must be a positive integer, received "1"',
  ],
  [
    'positiveInteger 2^53',
    () => check.positiveInteger('W', 'n', 2 ** 53),
    'n must be a positive integer, received 9007199254740992',
  ],
  [
    'nonNegativeInteger',
    () => check.nonNegativeInteger('W', 'n', -1),
    'n must be a non-negative integer, received -1',
  ],
  [
    'finiteNumber',
    () => check.finiteNumber('W', 'x', Infinity),
    'x must be a finite number, received Infinity',
  ],
  [
    'numberInRange',
    () => check.numberInRange('W', 'rate', 1, 0, 1),
    'rate must be a number from 0 up to, not including, 1, received 1',
  ],
  [
    'numberInRange NaN',
    () => check.numberInRange('W', 'rate', NaN, 0, 1),
    'rate must be a number from 0 up to, not including, 1, received NaN',
  ],
  ['boolean', () => check.boolean('W', 'b', 1), 'b must be true or false, received 1'],
  [
    'oneOf',
    () => check.oneOf('W', 's', 'c', ['a', 'b']),
    "s must be one of 'a', 'b', received \"c\"",
  ],
  [
    'pair',
    () => check.pair('W', 'size', [1, 2, 3]),
    'size must be a positive integer or a pair of them, received [1, 2, 3]',
  ],
  [
    'pair 0',
    () => check.pair('W', 'size', [1, 0]),
    'size must be a positive integer or a pair of them, received [1, 0]',
  ],
  [
    'knownOptions',
    () => check.knownOptions('W', { a: 1, x: 2 }, ['a', 'b']),
    "unknown option 'x'; known are a, b",
  ],
  [
    'knownOptions null',
    () => check.knownOptions('W', null, []),
    'options must be an object, received null',
  ],
  [
    'knownOptions list',
    () => check.knownOptions('W', [], []),
    'options must be an object, received []',
  ],
  [
    'knownOptions number',
    () => check.knownOptions('W', 3, []),
    'options must be an object, received 3',
  ],
])('%s says what was expected', (_, act, message) => {
  expect(act).toThrow(ArgumentError)
  expect(act).toThrow(new Error(`[W] ${message}`))
})

test('what is right comes back', () => {
  expect(check.positiveInteger('W', 'n', 3)).toBe(3)
  expect(check.nonNegativeInteger('W', 'n', 0)).toBe(0)
  expect(check.finiteNumber('W', 'x', -0.5)).toBe(-0.5)
  expect(check.numberInRange('W', 'x', 0, 0, 1)).toBe(0)
  expect(check.boolean('W', 'b', false)).toBe(false)
  expect(check.oneOf('W', 's', 'a', ['a'])).toBe('a')
  expect(check.pair('W', 'p', 2)).toEqual([2, 2])
  expect(check.pair('W', 'p', [1, 2])).toEqual([1, 2])
  expect(() => check.knownOptions('W', { a: undefined }, ['a'])).not.toThrow()
})
