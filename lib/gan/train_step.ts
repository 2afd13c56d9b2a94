/** Whole GAN steps as one program: a native call runs all that its Keras calls would do. */
import type { Plan } from '../../binding'
import { NDArray } from '../array'
import { fail, knownOptions, positiveInteger } from '../check'
import { ArgumentError } from '../errors'
import { isRecord } from '../graph/structure'
import type { SymbolicTensor } from '../graph/tensor'
import { topologicalOrder } from '../graph/walk'
import type { Weight } from '../graph/weight'
import { convert, fit } from '../models/data'
import { isOpened } from '../native'
import { planText, type PlanOptions } from '../plan/explain'
import { rootsOf, weightsIn } from '../plan/lower'
import type { GraphInput, GraphPhase } from '../plan/plan'
import { materialize, planOf, Program } from '../program'
import { Lookahead } from './lookahead'
import { StepBuilder, type StepDescription } from './step_builder'
import { resolved, tensorsIn, type Nothing, type Resolved, type StepOutput } from './step_result'

const WHERE = 'trainStep'

/** Options of {@link trainStep}. */
export interface TrainStepOptions {
  /** Whether the program is optimised; default true. Without it: the same up to rounding, slower. */
  readonly passes?: boolean
}

/** Options of {@link TrainStep}.run. */
export interface StepRunOptions<Result = unknown> {
  /** How many times; default 1. */
  readonly steps?: number
  /** What `s.input` stands for, by name, read when `run` is called: the same at each of the steps. */
  readonly inputs?: Readonly<Record<string, ArrayInput>>
  /**
   * Stops between two steps; the call then rejects with the signal's reason. Steps that were started
   * ahead, 50 milliseconds' worth and at most 64, are still done, but not told of.
   */
  readonly signal?: AbortSignal
  /**
   * Told of each step as its numbers arrive, while later steps are under way; a promise that it gives
   * is waited for before more of them are started. What it changes, a learning rate or weights, holds
   * from one of the steps on that were started ahead; `run` it in pieces where the place matters.
   */
  readonly onStep?: (result: Result, step: number) => void | Promise<void>
}

type ArrayInput = Parameters<typeof convert>[2]

/**
 * Any sequence of `predict`, `trainOnBatch`, sampling and random calls on several models as one step.
 * `describe` is called once, at once; what it returns, if anything, says what each run gives. What the models were
 * compiled with holds for good.
 *
 * A run gives the numbers that the plain calls give with the same random state, `random`'s included, bit
 * for bit in float32 and up to rounding in half precision. `s.predict` takes all items at once: a plain
 * `predict` of more than 32 does so with `{ batchSize }`. What goes from call to call is not looked through
 * for NaN.
 *
 * @throws ArgumentError, ShapeError, DTypeError, StateError as the models' own methods
 * @example
 * const step = trainStep((s) => {
 *   const noise = s.randomNormal([32, 100])
 *   const fakes = s.predict(generator, noise)
 *   const dReal = s.trainOnBatch(discriminator, s.sample(pictures, 32), s.ones([32, 1]))
 *   const dFake = s.trainOnBatch(discriminator, fakes, s.zeros([32, 1]))
 *   const gLoss = s.trainOnBatch(combined, noise, s.ones([32, 1]))
 *   return { dReal, dFake, gLoss }
 * })
 * const { gLoss } = await step.run({ steps: 50 })
 */
export function trainStep<Output extends StepOutput | Nothing>(
  describeStep: (s: StepBuilder) => Output,
  options: TrainStepOptions = {},
): TrainStep<Resolved<Output>> {
  knownOptions(WHERE, options, ['passes'])
  const { passes = true } = options
  if (typeof passes !== 'boolean') fail(WHERE, 'passes', 'true or false', passes)
  if (typeof describeStep !== 'function') fail(WHERE, 'describe', 'a function', describeStep)
  const builder = new StepBuilder(WHERE)
  const output = describeStep(builder)
  if (typeof (output as { then?: unknown } | undefined)?.then === 'function') {
    throw new ArgumentError(WHERE, 'takes a function that is not async: its calls only describe')
  }
  return new TrainStep(builder.finish(), output, passes)
}

/** A described step, ready to run. */
export class TrainStep<Result = unknown> {
  private readonly inputs: readonly GraphInput[]
  private readonly phases: readonly GraphPhase[]
  private readonly tensors: readonly SymbolicTensor[]
  private readonly weights: readonly Weight[]
  private program: Program | undefined

  /** @internal Use `trainStep`. */
  constructor(
    private readonly description: StepDescription,
    private readonly output: StepOutput | Nothing,
    private readonly isOptimised: boolean,
  ) {
    const { phases, feeds, inputs, draws } = description
    this.tensors = output === undefined ? [] : tensorsIn(WHERE, output)
    if (this.tensors.length + phases.length === 0) {
      throw new ArgumentError(WHERE, 'the step does nothing')
    }
    this.phases = [...phases, { name: 'results', outputs: this.tensors, updates: [] }]
    const fed = { tensor: draws.state, name: 'generator', requireFinite: false }
    const named = [...inputs].map(([name, tensor]) => ({ tensor, name, requireFinite: true }))
    this.inputs = [fed, ...feeds, ...named].map(({ tensor, name, requireFinite }) => {
      return { tensor, name, requireFinite }
    })
    requireOwnTensors(this.phases, new Set(this.inputs.map(({ tensor }) => tensor)))
    this.weights = weightsIn(this.phases)
  }

  /** The program that native code runs, as text; see `Model.plan`. */
  plan(options: PlanOptions = {}): string {
    const { inputs, phases } = this
    return planText(`${WHERE} plan`, { inputs, phases }, options, this.isOptimised)
  }

  /**
   * Runs the step once or many times and resolves to the numbers of the last one. Several steps follow
   * each other natively: JavaScript starts them ahead and hears of each when it is done.
   *
   * @throws NotFiniteError for NaN in `inputs`, ShapeError, OutOfMemoryError; the calls of the step
   * before the one that failed have changed their weights, the others none
   * @example
   * await step.run({ steps: 1000, signal, onStep: ({ gLoss }, i) => console.log(i, gLoss.loss) })
   */
  async run(options: StepRunOptions<Result> = {}): Promise<Result> {
    const where = `${WHERE} run`
    knownOptions(where, options, ['steps', 'inputs', 'signal', 'onStep'])
    const { signal, onStep: hear } = options
    const steps = positiveInteger(where, 'steps', options.steps ?? 1)
    if (signal !== undefined && !(signal instanceof AbortSignal)) {
      fail(where, 'signal', 'an AbortSignal', signal)
    }
    if (hear !== undefined && typeof hear !== 'function') fail(where, 'onStep', 'a function', hear)
    const given = this.givenInputs(where, options.inputs ?? {})
    // Native code makes the first values while the plan is made here; where it is still being opened,
    // the plan is made meanwhile.
    const early = isOpened() ? undefined : this.planned()
    const ready = materialize(this.weights)
    const lookahead = new Lookahead<readonly NDArray[], Result>(async (arrays, i) => {
      signal?.throwIfAborted()
      const result = this.resolved(arrays)
      await hear?.(result, i)
      return result
    })
    try {
      this.program ??= new Program(WHERE, early ?? this.planned())
      for (let i = 0; i < steps; i++) {
        signal?.throwIfAborted()
        const fed = await Promise.all(this.description.feeds.map(async ({ next }) => next()))
        const arrays = [this.description.draws.next(), ...fed, ...given]
        await lookahead.add(this.program.run(arrays))
      }
      await ready
      return (await lookahead.finish()) as Result
    } catch (error) {
      await Promise.allSettled([ready, lookahead.settled()])
      await this.recount()
      throw error
    }
  }

  private planned(): Plan {
    return planOf(this.inputs, this.phases, this.isOptimised)
  }

  private async recount(): Promise<void> {
    const trainers = new Set(this.description.trainers)
    await Promise.allSettled([...trainers].map((trainer) => trainer.recountSteps()))
  }

  private resolved(arrays: readonly NDArray[]): Result {
    const values = new Map(this.tensors.map((tensor, i) => [tensor, arrays[i] as NDArray]))
    return (this.output && resolved(this.output, values)) as Result
  }

  private givenInputs(where: string, inputs: unknown): NDArray[] {
    const known = this.description.inputs
    if (!isRecord(inputs)) return fail(where, 'inputs', 'a record by name', inputs)
    const unknown = Object.keys(inputs).find((name) => !known.has(name))
    if (unknown !== undefined) {
      const names = [...known.keys()].join(', ') || 'none'
      throw new ArgumentError(where, `there is no input "${unknown}"; names are ${names}`)
    }
    return [...known].map(([name, tensor]) => {
      if (!Object.hasOwn(inputs, name)) {
        throw new ArgumentError(where, `the input "${name}" is missing`)
      }
      const { data, shape } = fit(
        where,
        name,
        tensor,
        convert(where, name, inputs[name] as ArrayInput),
      )
      return new NDArray(data.slice(), shape)
    })
  }
}

/** Refuses tensors that no run of this step could compute. */
function requireOwnTensors(
  phases: readonly GraphPhase[],
  inputs: ReadonlySet<SymbolicTensor>,
): void {
  for (const { operation } of topologicalOrder(phases.flatMap(rootsOf), inputs)) {
    if (operation.kind === 'layer') {
      throw new ArgumentError(
        WHERE,
        'a layer or model was called in the step: use s.predict or s.trainOnBatch',
      )
    }
    if (operation.kind !== 'input') continue
    throw new ArgumentError(
      WHERE,
      `the step uses the input "${operation.name}" of a model or of another step: tensors come from the calls of s`,
    )
  }
}
