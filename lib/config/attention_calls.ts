/** What Keras takes as arguments of each call of a layer of attention, and gantorch as its options. */
import { describe } from '../check'
import { ArgumentError } from '../errors'
import { camelKey } from './keys'
import type { LayerRecord } from './records'

/** Arguments of a call by Keras's names. */
export type CallSwitches = Readonly<Record<string, boolean>>

const SWITCHES = ['use_causal_mask', 'return_attention_scores']

/** Tensors that are arguments of their own, in gantorch's order; the others take a list. */
const TENSORS: Readonly<Record<string, readonly string[]>> = {
  Attention: [],
  AdditiveAttention: [],
  MultiHeadAttention: ['query', 'value', 'key', 'attention_mask'],
}

/** Keras's switches that a call of this class may have. */
export function switchesOf(className: string): readonly string[] {
  return className in TENSORS ? SWITCHES : []
}

export function tensorArguments(className: string): readonly string[] {
  return TENSORS[className] ?? []
}

/** The options that stand for arguments of calls, out of a layer's config. */
export function callSwitches({ className, config }: LayerRecord): CallSwitches {
  const isOn = (name: string): boolean => config[camelKey(name)] === true
  return Object.fromEntries(switchesOf(className).map((name) => [name, isOn(name)]))
}

/** Makes the arguments of one call options of the layer; all its calls must agree. */
export function setCallSwitches(
  where: string,
  name: string,
  { config }: LayerRecord,
  switches: CallSwitches,
): void {
  const options = config as Record<string, unknown>
  for (const [key, value] of Object.entries(switches)) {
    const option = camelKey(key)
    const before = options[option] ?? value
    if (before !== value) {
      throw new ArgumentError(
        where,
        `the layer "${name}" is called with ${key}: ${describe(before)} and with ${describe(value)}; gantorch has it as an option of the layer, the same for all calls`,
      )
    }
    options[option] = value
  }
}

/** That a layer stands where its JSON has no calls, such as inside another layer, without switches. */
export function requireNoSwitches(where: string, record: LayerRecord): void {
  const found = Object.entries(callSwitches(record)).find(([, isOn]) => isOn)
  if (found === undefined) return
  throw new ArgumentError(where, `has ${found[0]}, for which the JSON of a layer has no place`)
}
