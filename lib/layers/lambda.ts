import { shapeText } from '../array'
import { fail, isList } from '../check'
import { ArgumentError, ShapeError } from '../errors'
import type { CallContext } from '../graph/node'
import type { SymbolicTensor, Tensors } from '../graph/tensor'
import { checkLayerOptions, Layer, type LayerOptions } from './layer'
import { layerClass } from './registry'

/** Lengths of axes; null where one is known only when a program runs. */
export type Lengths = readonly (number | null)[]

/** What a Lambda's function gets beside the tensors: the layer's `arguments`, and the mode. */
export interface LambdaArguments extends Readonly<Record<string, unknown>> {
  /** true in training. */
  readonly training: boolean
}

/** Composes ops; receives one tensor or the list that the layer is called on. */
export type LambdaFunction<Inputs extends Tensors, Outputs extends Tensors> = (
  inputs: Inputs,
  options: LambdaArguments,
) => Outputs

/** Options of {@link Lambda}. */
export interface LambdaOptions extends LayerOptions {
  /**
   * Not needed, since ops know their shapes. If given, the shape of one item (without the batch), or
   * a function from the shape of the input to that of the output, batch included; checked at calls.
   */
  readonly outputShape?: Lengths | ((inputShape: Lengths) => Lengths) | null
  /** Handed to the function as its second argument. */
  readonly arguments?: Readonly<Record<string, unknown>>
  /** Only null: there are no masks in gantorch. */
  readonly mask?: null
}

export class LambdaLayer<
  Inputs extends Tensors = SymbolicTensor,
  Outputs extends Tensors = SymbolicTensor,
> extends Layer<Inputs, Outputs> {
  readonly function: LambdaFunction<Inputs, Outputs>
  private readonly outputShape: LambdaOptions['outputShape']
  private readonly given: Readonly<Record<string, unknown>>

  constructor(compute: LambdaFunction<Inputs, Outputs>, options: LambdaOptions = {}) {
    checkLayerOptions('Lambda', options, ['outputShape', 'arguments', 'mask'])
    super(options)
    if (typeof compute !== 'function') fail(this.label, 'function', 'a function over ops', compute)
    const { outputShape = null, arguments: given = {}, mask = null } = options
    if (mask !== null) {
      throw new ArgumentError(this.label, 'does not take mask: gantorch has no masks')
    }
    if (outputShape !== null && typeof outputShape !== 'function' && !isList(outputShape)) {
      fail(this.label, 'outputShape', 'a list of lengths or a function', outputShape)
    }
    if (typeof given !== 'object' || given === null || isList(given)) {
      fail(this.label, 'arguments', 'an object', given)
    }
    this.function = compute
    this.outputShape = outputShape
    this.given = given
  }

  override call(inputs: Inputs, context: CallContext): Outputs {
    const outputs = this.function(inputs, { ...this.given, training: context.training })
    const [first] = isList(inputs) ? inputs : [inputs]
    if (this.outputShape && !isList(outputs)) this.checkShape(first as SymbolicTensor, outputs)
    return outputs
  }

  private checkShape(input: SymbolicTensor, output: SymbolicTensor): void {
    const { outputShape } = this
    const expected =
      typeof outputShape === 'function'
        ? outputShape(input.shape)
        : [input.shape[0] ?? null, ...(outputShape ?? [])]
    const agrees = output.shape.every((length, i) => {
      const other = expected[i] ?? null
      return length === null || other === null || length === other
    })
    if (agrees && expected.length === output.rank) return
    throw new ShapeError(
      this.label,
      `function gives shape ${shapeText(output.shape)}, outputShape says ${shapeText(expected)}`,
    )
  }

  override getConfig(): Record<string, unknown> {
    return {
      ...super.getConfig(),
      function: this.function,
      outputShape: this.outputShape ?? null,
      arguments: this.given,
    }
  }
}

interface LambdaClass {
  new <Inputs extends Tensors = SymbolicTensor, Outputs extends Tensors = SymbolicTensor>(
    compute: LambdaFunction<Inputs, Outputs>,
    options?: LambdaOptions,
  ): LambdaLayer<Inputs, Outputs>
  <Inputs extends Tensors = SymbolicTensor, Outputs extends Tensors = SymbolicTensor>(
    compute: LambdaFunction<Inputs, Outputs>,
    options?: LambdaOptions,
  ): LambdaLayer<Inputs, Outputs>
  readonly prototype: LambdaLayer<never, Tensors>
}

/**
 * A function over `ops` as a layer without weights. It is called anew for every graph that the layer
 * appears in, and its second argument holds `arguments` and `training`.
 * Source: https://keras.io/api/layers/core_layers/lambda/
 *
 * @class
 * @example
 * const y = Lambda((x: SymbolicTensor) => ops.square(x))(x)
 * const z = Lambda(([a, b]: [SymbolicTensor, SymbolicTensor]) => ops.sub(a, b))([p, q])
 */
export const Lambda = layerClass('Lambda', LambdaLayer, ['function']) as LambdaClass
export type Lambda = LambdaLayer
