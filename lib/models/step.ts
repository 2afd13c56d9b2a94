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
import { assignment, type GraphInput, type GraphUpdate } from '../plan/plan'
import { planOf } from '../program'
import type { Compiled } from './compile'
import { numbered, type FeedSpec } from './feed'
import { objective, type Objective } from './objective'
import { substituted, type Replay } from './replay'
import type { Reported } from './reported'

export interface Step {
  readonly plan: Plan
  readonly reported: readonly Reported[]
  /** All that it reads or changes. */
  readonly weights: readonly Weight[]
}

interface Described extends Objective {
  /** In the order of the program's inputs. */
  readonly data: readonly GraphInput[]
  /** Changes of state that layers asked for, such as moving averages. */
  readonly assigned: readonly GraphUpdate[]
  /** Changes that come before all else. */
  readonly replaced: readonly GraphUpdate[]
}

/** Forward, loss, gradients, updates. Its last input is the learning rate. */
export function trainingStep(
  compiled: Compiled,
  trained: readonly Weight[],
  slots: OptimizerSlots,
  spec: FeedSpec,
): Step {
  const { data, assigned, replaced, total, reported } = described(compiled, spec, true)
  const learningRate = placeholder('learningRate', { shape: [], dtype: 'float32' })
  const updates = [...assigned]
  if (trained.length > 0) {
    const leaves = trained.map((weight) => weight.leaf)
    requireGradient(compiled, trained, total)
    const { optimizer } = compiled
    const derivatives = gradients(optimizer.scaleLoss(total, slots), leaves)
    updates.push(...optimizer.update(derivatives, learningRate, slots))
  }
  const rate = { tensor: learningRate, name: 'learningRate', requireFinite: false }
  return finished('train', [...data, rate], reported, updates, replaced)
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

/** Loss and metrics in inference; changes nothing. */
export function evaluationStep(compiled: Compiled, spec: FeedSpec): Step {
  const { data, reported } = described(compiled, spec, false)
  return finished('test', data, reported, [])
}

function finished(
  name: string,
  inputs: readonly GraphInput[],
  reported: readonly Reported[],
  updates: readonly GraphUpdate[],
  replaced: readonly GraphUpdate[] = [],
): Step {
  const phase = { name, outputs: reported.flatMap(({ values }) => values), updates }
  const before = { name: 'replace', outputs: [], updates: replaced }
  const phases = replaced.length > 0 ? [before, phase] : [phase]
  return { plan: planOf(inputs, phases), reported, weights: weightsIn(phases) }
}

function described(compiled: Compiled, spec: FeedSpec, training: boolean): Described {
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
  const inputs = model.inputs.map((tensor, i) => placeholder(numbered('input', i), tensor))
  const targets = placeholders('target', spec.targets)
  const weights = placeholders('sampleWeight', spec.weights)
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
  const data = [...inputs, ...targets, ...weights].flatMap((tensor): GraphInput[] =>
    tensor ? [{ tensor, name: inputName(tensor), requireFinite: true }] : [],
  )
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
  return { ...result, data, assigned: updates, replaced: changes(context.replaced) }
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
  for (const { operation, outputs } of topologicalOrder(needed)) {
    if (operation.kind !== 'input' || known.includes(outputs[0])) continue
    throw new ArgumentError(
      label,
      `a loss, a metric or a layer depends on the input "${operation.name}", which is not among the model's inputs`,
    )
  }
}

function placeholders(
  kind: string,
  specs: readonly (TensorSpec | undefined)[],
): (SymbolicTensor | undefined)[] {
  return specs.map((spec, i) => spec && placeholder(numbered(kind, i), spec))
}

function inputName(tensor: SymbolicTensor): string {
  return tensor.node.operation.kind === 'input' ? tensor.node.operation.name : ''
}
