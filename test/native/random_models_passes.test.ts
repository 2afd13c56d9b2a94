/** The 200 random models with and without the passes, and with each pass alone. */
import { Adam, modelFromJSON, type NDArray } from '../../lib/index'
import { OPTIMISATIONS, type Optimisations } from '../../lib/plan/passes'
import type { Plan } from '../../lib/plan/plan'
import { printPlan } from '../../lib/plan/print'
import { planOf } from '../../lib/program'
import { readReference, type ReferenceCase } from '../reference/read'
import {
  allowance,
  inputsOf,
  lossesAndGradients,
  runStep,
  startWeights,
  targetsOf,
} from './random_models'
import type { ModelCase } from './random_models'

const { cases } = readReference('random_models')

type Numbers = readonly ArrayLike<number>[]

/** How two groups of arrays differ must be within what Keras's numbers are allowed. */
function expectEqual(
  reference: ReferenceCase,
  group: string,
  received: Numbers,
  expected: Numbers,
): void {
  const flat = (arrays: Numbers): number[] => arrays.flatMap((array) => Array.from(array))
  const [on, off] = [flat(received), flat(expected)]
  const distance = Math.hypot(...on.map((value, i) => value - (off[i] as number)))
  const allowed = allowance(reference, group, Math.hypot(...off))
  expect({ group, count: on.length }).toEqual({ group, count: off.length })
  if (!(distance <= allowed)) {
    throw new Error(`${group} differ by ${distance}, allowed is ${allowed}`)
  }
}

const dataOf = (arrays: readonly NDArray[]): Numbers => arrays.map(({ data }) => data)

test.each(cases)('$name: the same numbers', async (reference) => {
  const { model: json, losses, positive } = reference.config as unknown as ModelCase
  const model = modelFromJSON(JSON.stringify(json))
  const start = startWeights(model, positive)
  const [inputs, targets] = [inputsOf(model), targetsOf(model, losses)]

  async function step(passes: boolean): Promise<{ outputs: Numbers; updated: Numbers }> {
    await model.setWeights(start)
    model.compile({ loss: [...losses], optimizer: new Adam(0.01, 0.9, 0.999, 1e-3), passes })
    const outputs = [await model.predict(inputs)].flat() as NDArray[]
    await model.trainOnBatch(inputs, targets)
    return { outputs: dataOf(outputs), updated: dataOf(await model.getWeights()) }
  }
  const [on, off] = [await step(true), await step(false)]
  expectEqual(reference, 'outputs', on.outputs, off.outputs)
  expectEqual(reference, 'updated', on.updated, off.updated)

  const arrays = [...inputs, ...targets]
  const graph = lossesAndGradients(model, losses, arrays)
  const plan = (passes: Optimisations): Plan => planOf(graph.inputs, graph.phases, passes)
  const run = async (given: Plan): ReturnType<typeof runStep> => {
    // Spectral normalisation replaces kernels.
    await model.setWeights(start)
    return runStep(given, arrays, losses)
  }
  const plain = await run(plan(false))
  const [, ...plans] = unequal([[], true, ...OPTIMISATIONS.map((pass) => [pass])].map(plan))
  for (const optimised of plans) {
    const step = await run(optimised)
    expectEqual(reference, 'losses', [step.losses], [plain.losses])
    expectEqual(reference, 'gradients', dataOf(step.gradients), dataOf(plain.gradients))
  }
})

/** Those that differ: most passes leave most models alone. */
function unequal(plans: readonly Plan[]): Plan[] {
  return [...new Map(plans.map((plan) => [printPlan(plan), plan])).values()]
}
