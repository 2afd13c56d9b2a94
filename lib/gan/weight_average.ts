/** A moving average of a model's weights: samples drawn with it are calmer than the last step's. */
import { numberInRange } from '../check'
import { StateError } from '../errors'
import { Weight } from '../graph/weight'
import type { AnyModel } from '../models/base_model'
import { add, copy, mul } from '../ops/math'
import { fill } from '../ops/create'
import { assignment, type GraphUpdate } from '../plan/plan'
import { materialize, planOf, Program, readWeights, writeWeights } from '../program'
import type { NDArray } from '../array'

/**
 * Keeps `average = decay * average + (1 - decay) * weights` of all weights of a model, moving
 * statistics included. Source: Yazici et al., The Unusual Effectiveness of Averaging in GAN
 * Training (2018).
 *
 * @example
 * const average = new WeightAverage(generator, 0.995)
 * await average.update()                                          // after each step
 * const samples = await average.use(() => generator.predict(noise))
 */
export class WeightAverage {
  private readonly weights: readonly Weight[]
  private readonly averages: readonly Weight[]
  private readonly decay: number
  private readonly programs: { update: Program; swap: Program }
  private started = false
  private isSwapped = false

  /** @param decay share of the average that is kept at every update; default 0.999 */
  constructor(model: AnyModel, decay = 0.999) {
    this.decay = numberInRange('WeightAverage', 'decay', decay, 0, 1)
    this.weights = model.weights
    if (!model.built) {
      throw new StateError(
        'WeightAverage',
        `${model.label} is not built yet: call it, or give inputShape`,
      )
    }
    this.averages = this.weights.map(
      ({ name, shape, order }) =>
        new Weight({
          name: `${name}/average`,
          shape,
          order,
          initialize: () => fill(shape, 0),
          trainable: false,
        }),
    )
    this.programs = { update: this.program(this.moves()), swap: this.program(this.swaps()) }
  }

  /** Moves the average towards the weights as they are now. The first call copies them. */
  async update(): Promise<void> {
    this.requireOwnWeights('update')
    await (this.started ? this.programs.update.run([]) : this.start())
  }

  private async start(): Promise<void> {
    await this.setAverages(await readWeights(this.weights))
  }

  private requireOwnWeights(what: string): void {
    if (!this.isSwapped) return
    throw new StateError(
      'WeightAverage',
      `${what} was called while the model holds the averages: await the call of use before`,
    )
  }

  /**
   * Runs `draw` while the model holds the averaged weights. Don't train the model meanwhile.
   * Its own weights are back when the promise settles, also when `draw` fails. Until then further
   * calls of `use` or `update` are refused with a StateError.
   */
  async use<T>(draw: () => Promise<T>): Promise<T> {
    this.requireOwnWeights('use')
    this.isSwapped = true
    try {
      if (!this.started) await this.start()
      await this.programs.swap.run([])
      try {
        return await draw()
      } finally {
        await this.programs.swap.run([])
      }
    } finally {
      this.isSwapped = false
    }
  }

  /** The averages now, in the order of `model.weights`. */
  async getAverages(): Promise<NDArray[]> {
    this.requireOwnWeights('getAverages')
    if (!this.started) await this.start()
    return readWeights(this.averages)
  }

  /** Gives the averages new values, in the order of `getAverages`. */
  async setAverages(values: readonly NDArray[]): Promise<void> {
    await writeWeights('WeightAverage', this.averages, values)
    this.started = true
  }

  private program(updates: GraphUpdate[]): Program {
    void materialize([...this.weights, ...this.averages])
    return new Program('WeightAverage', planOf([], [{ name: 'average', outputs: [], updates }]))
  }

  private moves(): GraphUpdate[] {
    return this.averages.map((average, i) => {
      const now = (this.weights[i] as Weight).tensor
      return assignment(average, add(mul(average.tensor, this.decay), mul(now, 1 - this.decay)))
    })
  }

  private swaps(): GraphUpdate[] {
    return this.averages.flatMap((average, i) => {
      const weight = this.weights[i] as Weight
      // Values of weights share their memory, so the one that changes first is copied.
      return [assignment(average, copy(weight.tensor)), assignment(weight, copy(average.tensor))]
    })
  }
}
