/** How much memory a plan needs: a walk over its nodes that counts what is alive at each. */
import { availableParallelism } from 'node:os'
import type { DType, Plan, PlanNode, PlanPhase, Shape, ValueId } from '../../binding'
import { isFloat } from '../ops/emit'
import { piecesOf } from './passes/dense_update'
import { gradientEnds } from './passes/differentiable'
import { isView, keptBy, paddedCopy, passesGradient } from './recorded'

const BYTES: Readonly<Record<DType, number>> = {
  float32: 4,
  int32: 4,
  uint8: 1,
  bool: 1,
  bfloat16: 2,
  float16: 2,
}

/** Bytes of one array; `batch` stands for the lengths that are not known before a run. */
export function bytesOf(shape: Shape, dtype: DType, batch = 1): number {
  return shape.reduce<number>((product, length) => product * (length ?? batch), BYTES[dtype])
}

/**
 * The most bytes alive at once in a run: inputs, activations, what autograd keeps of them, and
 * gradients. Weights are not counted, nor what ops need for themselves while they run.
 */
export function peakOf(plan: Plan, batch: number): number {
  return new Walk(plan, batch).peak()
}

/**
 * The largest batch that `room` bytes hold, with a fifth to spare for what ops need for themselves;
 * clearly smaller than the one that was tried. 0 where not even one item fits.
 */
export function largestBatch(plan: Plan, tried: number, room: number): number {
  let [fits, fails] = [0, Math.floor(tried * 0.9) + 1]
  while (fails - fits > 1) {
    const middle = Math.floor((fits + fails) / 2)
    if (peakOf(plan, middle) * 1.2 <= room) fits = middle
    else fails = middle
  }
  return fits
}

/** Memory that several values may share. */
class Block {
  holders = 0
  constructor(readonly bytes: number) {}
}

class Ledger {
  peak = 0
  private live = 0

  hold(block: Block): Block {
    if (block.holders++ === 0) this.live += block.bytes
    this.peak = Math.max(this.peak, this.live)
    return block
  }

  drop(block: Block | undefined): void {
    if (block && --block.holders === 0) this.live -= block.bytes
  }

  /** Memory that is needed for a moment. */
  touch(bytes: number): void {
    const block = this.hold(new Block(bytes))
    this.drop(block)
  }
}

/** A value of the plan, or a gradient that a later `gradients` node differentiates. */
type Key = number | symbol

/** A node that autograd recorded. */
interface Recorded {
  readonly inputs: readonly Key[]
  readonly outputs: readonly Key[]
  readonly kept: readonly Block[]
  readonly passes: boolean
  /** Bytes that its way back needs for a moment. */
  readonly moment: number
}

class Walk {
  private readonly ledger = new Ledger()
  private readonly blocks = new Map<ValueId, Block>()
  private readonly sizes = new Map<Key, number>()
  private tape: Recorded[] = []
  private recorded = new Set<Key>()

  constructor(
    private readonly plan: Plan,
    private readonly batch: number,
  ) {
    plan.values.forEach(({ shape, dtype }, id) => this.sizes.set(id, bytesOf(shape, dtype, batch)))
  }

  peak(): number {
    for (const { value } of this.plan.inputs) this.define(value)
    for (const phase of this.plan.phases) this.phase(phase)
    return this.ledger.peak
  }

  private size(key: Key): number {
    return this.sizes.get(key) ?? 0
  }

  private define(value: ValueId, block = new Block(this.size(value))): void {
    this.blocks.set(value, this.ledger.hold(block))
  }

  private phase({ nodes, updates }: PlanPhase): void {
    const derivatives = nodes.filter(({ op }) => op === 'gradients')
    this.recorded = new Set(derivatives.flatMap((node) => gradientEnds(node).xs))
    for (const node of nodes) {
      if (node.op === 'gradients') this.gradients(node, node !== derivatives.at(-1))
      else this.compute(node)
      for (const value of node.release) {
        this.ledger.drop(this.blocks.get(value))
        this.blocks.delete(value)
      }
    }
    this.tape.forEach((record) => this.forget(record))
    this.tape = []
    for (const update of updates)
      this.ledger.touch(availableParallelism() * piecesOf(this.plan, update))
  }

  private compute(node: PlanNode): void {
    const [first] = node.inputs
    const shared = isView(node) && first !== undefined ? this.blocks.get(first) : undefined
    const [input, kernel] = node.inputs.map((id) => this.plan.values[id])
    const padded = input && kernel && paddedCopy(node, input.shape, kernel.shape)
    const copy = padded && new Block(bytesOf(padded, input.dtype, this.batch))
    if (copy) this.ledger.hold(copy)
    // A view of a weight needs no memory either.
    const isFree = isView(node) && !shared
    for (const value of node.outputs) this.define(value, isFree ? new Block(0) : shared)
    if (node.differentiable && node.inputs.some((id) => this.recorded.has(id))) {
      this.record(node, copy)
    }
    this.ledger.drop(copy)
  }

  private record(node: PlanNode, copy: Block | undefined): void {
    const outputs = node.outputs.filter((id) => isFloat(this.plan.values[id]?.dtype ?? 'int32'))
    if (outputs.length === 0) return
    const kept = keptBy(node, (i) => this.recorded.has(node.inputs[i] as ValueId))
    const blocks = [
      ...kept.inputs.map((i) =>
        copy && i === 0 ? copy : this.blocks.get(node.inputs[i] as ValueId),
      ),
      ...(kept.outputs ? node.outputs.map((id) => this.blocks.get(id)) : []),
    ].filter((block) => block !== undefined)
    for (const value of outputs) this.recorded.add(value)
    this.tape.push({
      inputs: node.inputs,
      outputs: node.outputs,
      kept: blocks.map((block) => this.ledger.hold(block)),
      passes: passesGradient(node),
      moment: copy?.bytes ?? 0,
    })
  }

  /** The way back. What was kept goes as it is used, unless it is needed again. */
  private gradients(node: PlanNode, isNeededAgain: boolean): void {
    const { ys, xs } = gradientEnds(node)
    const found = new Map<Key, Block>()
    const results = new Set<Key>(xs)
    for (const y of ys) found.set(y, this.ledger.hold(new Block(this.size(y))))
    const gradientOf = this.gradientNames(node, xs)
    const added: Recorded[] = []
    const remaining: Recorded[] = []
    for (const record of [...this.tape].reverse()) {
      const given = record.outputs.flatMap((key) => found.get(key) ?? [])
      const isKept = isNeededAgain || node.differentiable
      if (given.length > 0) {
        const made = this.goBack(record, given[0] as Block, found)
        if (node.differentiable) added.push(this.second(record, given, made, gradientOf))
        for (const key of record.outputs.filter((each) => !results.has(each))) {
          this.ledger.drop(found.get(key))
          found.delete(key)
        }
      }
      if (isKept || given.length === 0) remaining.unshift(record)
      else this.forget(record)
    }
    this.tape = [...remaining, ...added]
    node.outputs.forEach((value, i) => {
      this.define(value, found.get(xs[i] as ValueId))
      if (node.differentiable) this.recorded.add(value)
    })
    for (const block of found.values()) this.ledger.drop(block)
  }

  /** Gradients of a node's inputs, from that of its output. */
  private goBack(record: Recorded, given: Block, found: Map<Key, Block>): Block[] {
    if (record.moment > 0) this.ledger.touch(record.moment)
    return record.inputs.flatMap((key) => {
      if (!this.recorded.has(key)) return []
      const size = this.size(key)
      // Of a sum with a bias, the bias's gradient is an array of its own.
      const isShared = record.passes && size >= given.bytes
      const block = this.ledger.hold(isShared ? given : new Block(size))
      // A second gradient is added to the first.
      if (found.has(key)) this.ledger.drop(block)
      else found.set(key, block)
      return [block]
    })
  }

  /** Names for the gradients of values; those by the xs are values of the plan. */
  private gradientNames(node: PlanNode, xs: readonly ValueId[]): (key: Key) => Key {
    const names = new Map<Key, Key>(xs.map((x, i) => [x, node.outputs[i] as ValueId]))
    return (key) => {
      const name = names.get(key) ?? Symbol()
      names.set(key, name)
      this.sizes.set(name, this.size(key))
      return name
    }
  }

  /** What autograd records of the way back itself, for a gradient of a gradient. */
  private second(
    record: Recorded,
    given: readonly Block[],
    made: readonly Block[],
    gradientOf: (key: Key) => Key,
  ): Recorded {
    const outputs = record.inputs.filter((key) => this.recorded.has(key)).map(gradientOf)
    outputs.forEach((key) => this.recorded.add(key))
    return {
      inputs: [...record.outputs.map(gradientOf), ...record.inputs],
      outputs,
      kept: [...given, ...made].map((block) => this.ledger.hold(block)),
      passes: record.passes,
      moment: record.moment,
    }
  }

  private forget(record: Recorded): void {
    record.kept.forEach((block) => this.ledger.drop(block))
  }
}
