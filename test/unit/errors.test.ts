import * as errors from '../../lib/errors'
import { fromNative } from '../../lib/native_errors'

const { GantorchError, ...classes } = errors

test.each([
  ['ArgumentError', 'GANTORCH_ARGUMENT'],
  ['ShapeError', 'GANTORCH_SHAPE'],
  ['DTypeError', 'GANTORCH_DTYPE'],
  ['NotFiniteError', 'GANTORCH_NOT_FINITE'],
  ['StateError', 'GANTORCH_STATE'],
  ['FileError', 'GANTORCH_FILE'],
  ['LoadError', 'GANTORCH_LOAD'],
  ['PlanError', 'GANTORCH_PLAN'],
  ['NativeError', 'GANTORCH_NATIVE'],
  ['OutOfMemoryError', 'GANTORCH_OUT_OF_MEMORY'],
] as const)('%s', (name, code) => {
  const cause = new Error('below')
  const error = new classes[name]('Conv2D "c"', 'is wrong', { cause, reason: 'crash' })
  expect(error).toBeInstanceOf(GantorchError)
  expect(error).toBeInstanceOf(Error)
  expect(error).toMatchObject({ name, code, message: '[Conv2D "c"] is wrong', cause })
})

test('every class has a code of its own', () => {
  const codes = Object.values(classes).map((Class) => new Class('w', 'm', { reason: 'crash' }).code)
  expect(codes).toHaveLength(10)
  expect(new Set(codes).size).toBe(codes.length)
})

describe('fromNative', () => {
  const caller = new Error('made where the call began')

  test.each([
    ['GANTORCH_SHAPE', errors.ShapeError],
    ['GANTORCH_NOT_FINITE', errors.NotFiniteError],
    ['GANTORCH_OUT_OF_MEMORY', errors.OutOfMemoryError],
    ['GANTORCH_NATIVE', errors.NativeError],
  ])('%s becomes its class', (code, Class) => {
    const failure = Object.assign(new Error('bad'), { code, where: 'Dense "d"' })
    const error = fromNative(failure, 'trainOnBatch', caller)
    expect(error).toBeInstanceOf(Class)
    expect(error).toMatchObject({ message: '[Dense "d"] bad', code, cause: failure })
  })

  test('names the call where the failure names no layer', () => {
    const failure = Object.assign(new Error('bad'), { code: 'GANTORCH_NATIVE', where: '' })
    expect(fromNative(failure, 'predict', caller).message).toBe('[predict] bad')
  })

  test('carries the stack of the call', () => {
    const { stack } = fromNative(new Error('bad'), 'predict', caller)
    const [head, ...frames] = stack?.split('\n') ?? []
    expect(head).toBe('NativeError: [predict] bad')
    expect(frames).toEqual(caller.stack?.split('\n').slice(1))
  })

  test('takes anything that was thrown', () => {
    for (const [thrown, text] of [
      ['text', '"text"'],
      [undefined, 'undefined'],
      [{ code: 'OTHER' }, 'an object'],
      [{ code: 'toString' }, 'an object'],
    ] as const) {
      const error = fromNative(thrown, 'predict', caller)
      expect(error).toBeInstanceOf(errors.NativeError)
      expect(error.message).toBe(`[predict] ${text}`)
    }
  })

  test('leaves errors of ours alone', () => {
    const error = new errors.StateError('Model "m"', 'is not compiled')
    expect(fromNative(error, 'predict', caller)).toBe(error)
  })
})
