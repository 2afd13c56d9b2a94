/** Layer classes of one's own, known by name. */
import { Dense, Input, Layer, ops, registerLayer, type SymbolicTensor } from '../../lib/index'
import type { LayerOptions } from '../../lib/index'
import { layerFromConfig, layerNames, registeredName } from '../../lib/layers/registry'

class ScaleLayer extends Layer {
  readonly factor: number

  constructor(factor: number, options: LayerOptions = {}) {
    super(options)
    this.factor = factor
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    return ops.mul(x, this.factor)
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), factor: this.factor }
  }
}

const Scale = registerLayer(ScaleLayer, {
  package: 'Mine',
  name: 'Scale',
  positional: ['factor'],
})

/** Any value where TypeScript would not let it through. */
const wrong = (value: unknown): never => value as never

test('a registered layer works without new and is made again from its config', () => {
  const scale = Scale(3, { name: 'three' })
  expect(scale(Input({ shape: [2] })).shape).toEqual([null, 2])
  expect(scale.label).toBe('Scale "three"')
  expect(registeredName(scale)).toBe('Mine>Scale')
  for (const name of ['Mine>Scale', 'Scale']) {
    const copy = layerFromConfig(name, scale.getConfig())
    expect(copy).toBeInstanceOf(ScaleLayer)
    expect(copy.getConfig()).toEqual(scale.getConfig())
  }
})

test('a class of the same name replaces the earlier one, and built-in layers keep theirs', () => {
  class Again extends ScaleLayer {}
  registerLayer(Again, { name: 'Again', positional: ['factor'] })
  class Later extends ScaleLayer {}
  registerLayer(Later, { name: 'Again', positional: ['factor'] })
  expect(layerFromConfig('Again', { factor: 1 })).toBeInstanceOf(Later)
  class Mine extends ScaleLayer {}
  registerLayer(Mine, { name: 'Dense' })
  expect(layerFromConfig('Dense', { units: 1 })).toBeInstanceOf(Dense)
  expect(layerFromConfig('Custom>Dense', {})).toBeInstanceOf(Mine)
  expect(layerNames().filter((name) => name.includes('>'))).toEqual([])
})

test('a class that is not registered has no registered name', () => {
  class Unknown extends ScaleLayer {}
  expect(registeredName(new Unknown(1))).toBeUndefined()
  expect(registeredName(Dense(1))).toBe('Dense')
})

const cases: [what: string, act: () => unknown, message: string][] = [
  [
    'no class',
    () => registerLayer(wrong('Scale')),
    '[registerLayer] layer class must be a class that extends Layer, received "Scale"',
  ],
  [
    'another class',
    () => registerLayer(wrong(Map)),
    '[registerLayer] layer class must be a class that extends Layer, received function Map',
  ],
  [
    'package',
    () => registerLayer(ScaleLayer, { package: 'a>b' }),
    `[registerLayer] package must be a non-empty string without '>', received "a>b"`,
  ],
  [
    'name',
    () => registerLayer(ScaleLayer, { name: '' }),
    `[registerLayer] name must be a non-empty string without '>', received ""`,
  ],
  [
    'positional',
    () => registerLayer(ScaleLayer, { positional: wrong('factor') }),
    '[registerLayer] positional must be a list of option names, received "factor"',
  ],
  [
    'unknown option',
    () => registerLayer(ScaleLayer, wrong({ packge: 'a' })),
    "[registerLayer] unknown option 'packge'; known are package, name, positional",
  ],
  [
    'a name that nobody registered',
    () => layerFromConfig('Nothing', {}),
    '[layerFromConfig] there is no layer class Nothing; known are Dense, ',
  ],
]

test.each(cases)('%s is refused', (_what, act, message) => {
  expect(act).toThrow(message)
})
