/** Names of options: camelCase here, snake_case in Keras. */

/** Where the rule below gives another name than Keras's. */
const IRREGULAR: Readonly<Record<string, string>> = {
  beta1: 'beta_1',
  beta2: 'beta_2',
}

/** kernelSize to kernel_size */
export function snakeKey(key: string): string {
  return IRREGULAR[key] ?? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** kernel_size to kernelSize */
export function camelKey(key: string): string {
  return key.replace(/(?<=.)_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** The kinds of objects that options hold, by how the option's camelCase name ends. */
export type ObjectKind = 'initializer' | 'regularizer' | 'constraint' | 'activation'

const KINDS = ['initializer', 'regularizer', 'constraint', 'activation'] as const

/** What kind of object an option holds, if any: `kernelInitializer` an initializer. */
export function kindOf(key: string): ObjectKind | undefined {
  return KINDS.find((kind) => key.toLowerCase().endsWith(kind))
}
