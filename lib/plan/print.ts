/** A Plan as text, for people and for tests that compare. */
import type { Attribute, Attributes, Plan, PlanNode, ValueId } from '../../binding'
import { shapeText } from '../array'

/**
 * One line for each node:
 * `%7 = conv(%5, %3, %4) strides=[2, 2] padding=same : float32(None, 64, 80, 32)  # Conv2D "conv2d"`
 */
export function printPlan(plan: Plan): string {
  const type = (value: ValueId): string => {
    const info = plan.values[value]
    return info ? `${info.dtype}${shapeText(info.shape)}` : 'undeclared'
  }
  const lines = plan.inputs.map(({ value, name }) => `%${value} = input "${name}" : ${type(value)}`)
  for (const phase of plan.phases) {
    lines.push(`phase "${phase.name}"`)
    for (const { weight, value } of phase.weights) {
      lines.push(`  %${value} = weight ${weight} : ${type(value)}`)
    }
    lines.push(...phase.nodes.map((node) => `  ${nodeText(node, type)}`))
    for (const update of phase.updates) {
      const slots = update.slots.length ? ` slots=[${update.slots.join(', ')}]` : ''
      lines.push(
        `  update weights=[${update.weights.join(', ')}]${slots} by ${update.op}(${values(update.inputs)})${attributesText(update.attributes)}`,
      )
    }
  }
  return [...lines, `return ${values(plan.outputs)}`].join('\n')
}

function values(ids: readonly ValueId[]): string {
  return ids.map((id) => `%${id}`).join(', ')
}

function nodeText(node: PlanNode, type: (value: ValueId) => string): string {
  const types = node.outputs.map(type).join(', ')
  const notes = [node.scope, node.differentiable ? 'differentiable' : ''].filter(Boolean).join(', ')
  const release = node.release.length ? `  release ${values(node.release)}` : ''
  const call = `${values(node.outputs)} = ${node.op}(${values(node.inputs)})`
  return `${call}${attributesText(node.attributes)} : ${types}${notes && `  # ${notes}`}${release}`
}

function attributesText(attributes: Attributes): string {
  const text = (value: Attribute): string =>
    typeof value === 'object' ? `[${value.join(', ')}]` : String(value)
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}=${text(value)}`)
    .join('')
}
