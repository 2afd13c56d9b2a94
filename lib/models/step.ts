/** Plans of a compiled model: one training step, and one batch of evaluation. */
import type { Plan } from '../../binding'
import type { CallContext } from '../graph/node'
import { ArgumentError } from '../errors'
import { withScope } from '../graph/scope'
import { topologicalOrder } from '../graph/walk'
import { placeholder, type SymbolicTensor, type TensorSpec } from '../graph/tensor'
import type { Weight } from '../graph/weight'
import { gradients } from '../ops/gradients'
import { toArrayPrecision } from '../ops/dtypes'
import { isFloat } from '../ops/emit'
import type { OptimizerSlots } from '../optimizers'
import { weightsIn } from '../plan/lower'
import { assignment, type GraphInput, type GraphPhase, type GraphUpdate } from '../plan/plan'
import { planOf } from '../program'
import type { Compiled } from './compile'
import { numbered, type FeedSpec } from './feed'
import { objective, type Objective } from './objective'
import { substituted, type Replay } from './replay'
import type { Reported } from './reported'

/** What one call of a compiled model computes and changes. */
export interface StepPart {
  readonly phases: readonly GraphPhase[]
  readonly reported: readonly Reported[]
}

/** The same as a program of its own. */
export interface Step {
  readonly inputs: readonly GraphInput[]
  readonly phases: readonly GraphPhase[]
  readonly plan: Plan
  readonly reported: readonly Reported[]
  /** All that it reads or changes. */
  readonly weights: readonly Weight[]
}

/** Tensors of one batch, as a `Feed` has arrays. */
export interface FeedTensors {
  readonly inputs: readonly SymbolicTensor[]
  readonly targets: readonly (SymbolicTensor | undefined)[]
  readonly weights: readonly (SymbolicTensor | undefined)[]
}

interface Described extends Objective {
  /** Changes of state that layers asked for, such as moving averages. */
  readonly assigned: readonly GraphUpdate[]
  /** Changes that come before all else. */
  readonly replaced: readonly GraphUpdate[]
}

/** Forward, loss, gradients, updates, as a program whose last input is the learning rate. */
export function trainingStep(
  compiled: Compiled,
  trained: readonly Weight[],
  slots: OptimizerSlots,
  spec: FeedSpec,
): Step {
  const feed = placeholdersOf(compiled, spec)
  const learningRate = placeholder('learningRate', { shape: [], dtype: 'float32' })
  const part = trainingPart(compiled, trained, slots, feed, learningRate)
  const rate = { tensor: learningRate, name: 'learningRate', requireFinite: false }
  return finished(compiled, [...inputsOf(feed), rate], part)
}

/** Loss and metrics in inference, as a program; changes nothing. */
export function evaluationStep(compiled: Compiled, spec: FeedSpec): Step {
  const feed = placeholdersOf(compiled, spec)
  return finished(compiled, inputsOf(feed), evaluationPart(compiled, feed))
}

/** One training step on tensors. */
export function trainingPart(
  compiled: Compiled,
  trained: readonly Weight[],
  slots: OptimizerSlots,
  feed: FeedTensors,
  learningRate: SymbolicTensor,
): StepPart {
  const { assigned, replaced, total, reported } = described(compiled, feed, true)
  const updates = [...assigned]
  if (trained.length > 0) {
    const leaves = trained.map((weight) => weight.leaf)
    requireGradient(compiled, trained, total)
    const { optimizer } = compiled
    const derivatives = gradients(optimizer.scaleLoss(total, slots), leaves)
    updates.push(...optimizer.update(derivatives, learningRate, slots))
  }
  const phase = { name: 'train', outputs: outputsOf(reported), updates }
  const before = { name: 'replace', outputs: [], updates: replaced, continues: true }
  return { phases: replaced.length > 0 ? [before, phase] : [phase], reported }
}

export function evaluationPart(compiled: Compiled, feed: FeedTensors): StepPart {
  const { reported } = described(compiled, feed, false)
  return { phases: [{ name: 'test', outputs: outputsOf(reported), updates: [] }], reported }
}

function outputsOf(reported: readonly Reported[]): SymbolicTensor[] {
  return reported.flatMap(({ values }) => values)
}

function finished(
  { options }: Compiled,
  inputs: readonly GraphInput[],
  { phases, reported }: StepPart,
): Step {
  const plan = planOf(inputs, phases, options.passes ?? true)
  return { inputs, phases, plan, reported, weights: weightsIn(phases) }
}

/** As Keras does, refuses a loss that training could not change; some weights may lie off its way. */
function requireGradient(
  { model }: Compiled,
  trained: readonly Weight[],
  total: SymbolicTensor,
): void {
  const noGradient = {
    has: ({ node: { operation }, dtype }: SymbolicTensor) =>
      !isFloat(dtype) || (operation.kind === 'op' && operation.name === 'stopGradient'),
  }
  const isReached = topologicalOrder([total], noGradient).some(
    ({ operation }) => operation.kind === 'weight' && trained.includes(operation.weight),
  )
  if (isReached) return
  throw new ArgumentError(
    `${model.label} compile`,
    'no weight has a gradient: the loss does not depend on what the model trains',
  )
}

function described(compiled: Compiled, feed: FeedTensors, training: boolean): Described {
  const { model, frozen, frozenBatchNorm } = compiled
  const assigned = new Map<Weight, SymbolicTensor>()
  const added: SymbolicTensor[] = []
  const context: CallContext = {
    training,
    frozen,
    frozenBatchNorm,
    // Calls of one shared layer change its weights one after the other, as in Keras.
    assign(weight, value) {
      const earlier = assigned.get(weight)
      assigned.set(weight, earlier ? substituted(value, weight.leaf, earlier) : value)
    },
    addLoss: (value) => added.push(value),
    replaced: new Map(),
  }
  const { inputs, targets, weights } = feed
  const replay = model.replayed(inputs, context)
  // Losses and metrics are computed in float32, as in Keras.
  const outputs = replay.outputs.map(toArrayPrecision)
  // In the same context, so that a loss or a metric may call layers.
  const raw = withScope(
    '',
    () => objective(compiled, outputs, { targets, weights }, added),
    context,
  )
  const result = resolved(raw, replay)
  const changes = (values: ReadonlyMap<Weight, SymbolicTensor>): GraphUpdate[] =>
    [...values].map(([weight, value]) =>
      assignment(weight, replay.resolve([value])[0] as SymbolicTensor),
    )
  const updates = changes(assigned)
  requireKnownInputs(
    model.label,
    [...inputs, ...targets, ...weights],
    [
      ...[result.total, ...result.reported.flatMap(({ values }) => values)],
      ...updates.flatMap((update) => update.inputs),
    ],
  )
  return { ...result, assigned: updates, replaced: changes(context.replaced) }
}

/** Losses and metrics may have captured tensors of the model. */
function resolved({ total, reported }: Objective, replay: Replay): Objective {
  return {
    total: replay.resolve([total])[0] as SymbolicTensor,
    reported: reported.map((each) => ({ ...each, values: replay.resolve(each.values) })),
  }
}

function requireKnownInputs(
  label: string,
  known: readonly (SymbolicTensor | undefined)[],
  needed: readonly SymbolicTensor[],
): void {
  const given = new Set(known.filter((tensor) => tensor !== undefined))
  for (const { operation } of topologicalOrder(needed, given)) {
    if (operation.kind !== 'input') continue
    throw new ArgumentError(
      label,
      `a loss, a metric or a layer depends on the input "${operation.name}", which is not among the model's inputs`,
    )
  }
}

function placeholdersOf({ model }: Compiled, spec: FeedSpec): FeedTensors {
  return {
    inputs: model.inputs.map((tensor, i) => placeholder(numbered('input', i), tensor)),
    targets: placeholders('target', spec.targets),
    weights: placeholders('sampleWeight', spec.weights),
  }
}

function placeholders(
  kind: string,
  specs: readonly (TensorSpec | undefined)[],
): (SymbolicTensor | undefined)[] {
  return specs.map((spec, i) => spec && placeholder(numbered(kind, i), spec))
}

function inputsOf({ inputs, targets, weights }: FeedTensors): GraphInput[] {
  return [...inputs, ...targets, ...weights].flatMap((tensor): GraphInput[] =>
    tensor ? [{ tensor, name: inputName(tensor), requireFinite: true }] : [],
  )
}

function inputName(tensor: SymbolicTensor): string {
  return tensor.node.operation.kind === 'input' ? tensor.node.operation.name : ''
}
