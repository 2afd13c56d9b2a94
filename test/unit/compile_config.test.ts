/** Optimizers in the JSON of compiled models; what Keras makes of them is in test/native/config.test.ts. */
import {
  Adam,
  Dense,
  LossScaleOptimizer,
  modelFromJSON,
  schedules,
  Sequential,
  SGD,
  type Optimizer,
} from '../../lib/index'

function textWith(optimizer: Optimizer): string {
  const model = Sequential([Dense(1, { inputDim: 2, name: 'dense' })], { name: 'compiled' })
  model.compile({ loss: 'mse', optimizer })
  return model.toJSON()
}

/** The same JSON with another option of its optimizer. */
function changed(key: string, value: unknown): string {
  const json = JSON.parse(textWith(new Adam(0.5))) as {
    compile_config: { optimizer: { config: Record<string, unknown> } }
  }
  json.compile_config.optimizer.config[key] = value
  return JSON.stringify(json)
}

test.each([null, 0])('gradient_accumulation_steps: %j says nothing', (value) => {
  const { optimizer } = modelFromJSON(changed('gradient_accumulation_steps', value))
  expect(optimizer.getConfig()).toEqual(new Adam(0.5).getConfig())
})

test('what gantorch lacks is refused', () => {
  const text = changed('gradient_accumulation_steps', 4)
  expect(() => modelFromJSON(text)).toThrow(
    '[modelFromJSON compile_config] Adam has gradient_accumulation_steps: 4, which gantorch lacks; read the model with compile: false',
  )
  expect(modelFromJSON(text, { compile: false }).compileOptions).toBeUndefined()
  expect(() => modelFromJSON(changed('eta', 4))).toThrow("[Adam] unknown option 'eta'")
})

test('whole numbers that Keras takes as floats are written as such', () => {
  expect(textWith(new SGD(1, 0))).toMatch(/"learning_rate":1\.0,.*"momentum":0\.0,/)
})

test('the rate is written as it is now', () => {
  const optimizer = new Adam(0.5)
  const model = Sequential([Dense(1, { inputDim: 2 })])
  model.compile({ loss: 'mse', optimizer })
  optimizer.learningRate = 0.25
  expect(model.toJSON()).toContain('"learning_rate":0.25')
})

test('decay is written as the schedule that it is', () => {
  const given = { momentum: 0.5, decay: 0.25 }
  for (const optimizer of [
    new SGD({ learningRate: 0.5, ...given }),
    new LossScaleOptimizer(new SGD({ learningRate: 0.5, ...given })),
  ]) {
    const again = modelFromJSON(textWith(optimizer)).optimizer
    const rates = [optimizer, again].map((each) => {
      const slots = each.createSlots([])
      const own = each instanceof LossScaleOptimizer ? each.innerOptimizer : each
      return [1, 2, 3].map(() => own.nextRate(slots))
    })
    expect(rates[1]).toEqual(rates[0])
    expect(rates[0]).toEqual([0.5, 0.4, 0.5 / 1.5])
  }
})

test.each([
  ['a function', new SGD({ learningRate: (step: number) => 0.5 ** step })],
  ['decay beside a schedule', new SGD(new schedules.ExponentialDecay(0.5, 2, 0.5))],
])('%s has no place in JSON', (what, optimizer) => {
  const isBoth = what.startsWith('decay')
  const given = isBoth ? new SGD({ ...optimizer.getConfig(), decay: 0.5 }) : optimizer
  expect(textWith(given)).not.toContain('compile_config')
  if (isBoth) expect(textWith(optimizer)).toContain('ExponentialDecay')
})

test('the scale that mixed_float16 adds is not written, as in Keras', () => {
  const model = Sequential([Dense(1, { inputDim: 2 })], { dtype: 'mixed_float16' })
  model.compile({ loss: 'mse', optimizer: 'adam' })
  expect(model.optimizer).toBeInstanceOf(LossScaleOptimizer)
  const text = model.toJSON()
  expect(text).not.toContain('LossScaleOptimizer')
  expect(modelFromJSON(text).optimizer).toBeInstanceOf(LossScaleOptimizer)
})
