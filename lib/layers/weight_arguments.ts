/** The three options that say how one weight of a layer begins, is regularised and kept in bounds. */
import { resolveConstraint, type Constraint, type ConstraintArgument } from '../constraints'
import { resolveInitializer, type Initializer, type InitializerArgument } from '../initializers'
import { resolveRegularizer, type Regularizer, type RegularizerArgument } from '../regularizers'

/** How a weight begins, what it adds to the loss, and what holds it back. */
export interface WeightArguments {
  readonly initializer: InitializerArgument
  readonly regularizer?: RegularizerArgument | null
  readonly constraint?: ConstraintArgument | null
}

export interface ResolvedWeight {
  readonly initializer: Initializer
  readonly regularizer: Regularizer | undefined
  readonly constraint: Constraint | undefined
}

/** The names of a weight's options: gammaInitializer, gammaRegularizer, gammaConstraint. */
export function weightOptions(name: string): string[] {
  return [`${name}Initializer`, `${name}Regularizer`, `${name}Constraint`]
}

/** What the options of a layer say about one weight. */
export function weightArguments(
  name: string,
  options: object,
  initializer: InitializerArgument,
): WeightArguments {
  const given = options as Readonly<Record<string, never>>
  const [initial, regularizer, constraint] = weightOptions(name) as [string, string, string]
  return {
    initializer: given[initial] ?? initializer,
    regularizer: given[regularizer],
    constraint: given[constraint],
  }
}

/** The objects that the arguments stand for; refuses what stands for none. */
export function resolveWeight(
  where: string,
  name: string,
  { initializer, regularizer, constraint }: WeightArguments,
): ResolvedWeight {
  return {
    initializer: resolveInitializer(where, `${name}Initializer`, initializer),
    regularizer: resolveRegularizer(where, `${name}Regularizer`, regularizer),
    constraint: resolveConstraint(where, `${name}Constraint`, constraint),
  }
}

/** The arguments as the layer's config holds them. */
export function weightConfig(
  name: string,
  { initializer, regularizer, constraint }: WeightArguments,
): Record<string, unknown> {
  return {
    [`${name}Initializer`]: initializer,
    [`${name}Regularizer`]: regularizer ?? null,
    [`${name}Constraint`]: constraint ?? null,
  }
}
