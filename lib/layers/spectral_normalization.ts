import { fail, positiveInteger } from '../check'
import { ArgumentError } from '../errors'
import type { CallContext } from '../graph/node'
import type { SymbolicTensor } from '../graph/tensor'
import { withStandIn, type Weight } from '../graph/weight'
import { TruncatedNormal } from '../initializers'
import { equal, where } from '../ops/compare'
import { stopGradient } from '../ops/gradients'
import { add, div, maximum, mul, rsqrt, square, sub } from '../ops/math'
import { matmul } from '../ops/matrix'
import { all, sum } from '../ops/reduce'
import { reshape, transpose } from '../ops/shape'
import type { SerializedObject } from '../serialization'
import { checkLayerOptions, Layer, type LayerOptions } from './layer'
import { layerClass, layerFromConfig } from './registry'
import { UnaryLayer } from './unary_layer'

/** Options of {@link SpectralNormalization}. */
export interface SpectralNormalizationOptions extends LayerOptions {
  /** Steps of the power iteration at each call; default 1. */
  readonly powerIterations?: number
}

/** Keras multiplies by at most 1e7, the inverse of this one's root. */
const SMALLEST_SQUARE = 1e-14

/** All elements together get the length 1. */
function normalized(x: SymbolicTensor): SymbolicTensor {
  return mul(x, rsqrt(maximum(sum(square(x)), SMALLEST_SQUARE)))
}

function isSerialized(value: unknown): value is SerializedObject {
  return typeof (Object(value) as { className?: unknown }).className === 'string'
}

function wrapped(where: string, layer: unknown): Layer {
  if (layer instanceof Layer) return layer as Layer
  if (isSerialized(layer)) return layerFromConfig(layer.className, layer.config) as unknown as Layer
  return fail(where, 'layer', 'a layer', layer)
}

class SpectralNormalizationLayer extends UnaryLayer {
  readonly layer: Layer
  readonly powerIterations: number
  private kernel!: Weight
  private vectorU!: Weight

  constructor(layer: Layer | SerializedObject, options: SpectralNormalizationOptions = {}) {
    checkLayerOptions('SpectralNormalization', options, ['powerIterations'])
    super(options)
    this.layer = wrapped(this.label, layer)
    this.powerIterations = positiveInteger(
      this.label,
      'powerIterations',
      options.powerIterations ?? 1,
    )
  }

  override build(x: SymbolicTensor): void {
    // Called so that it has its weights.
    this.layer(x)
    const names = ['kernel', 'embeddings'].map((name) => `${this.layer.name}/${name}`)
    const kernel = this.layer.directWeights.find(({ name }) => names.includes(name))
    if (!kernel) {
      throw new ArgumentError(
        this.label,
        `wraps layers with a kernel or embeddings, which ${this.layer.label} has not got`,
      )
    }
    this.kernel = kernel
    // Its own too, which gives the weights Keras's order.
    this.ownWeights.push(kernel)
    const columns = kernel.shape.at(-1) as number
    this.vectorU = this.addWeight('vector_u', [1, columns], new TruncatedNormal({ stddev: 0.02 }), {
      trainable: false,
    })
  }

  override call(x: SymbolicTensor, context: CallContext): SymbolicTensor {
    if (!context.training) return this.layer(x)
    const { leaf } = this.kernel
    const kernel = this.replaceKernel(context)
    // In the step `leaf` is what the last call made; this call's own value stands a little beside
    // it, and its gradient goes to the kernel as it is.
    const value = add(leaf, sub(kernel, stopGradient(leaf)))
    return withStandIn(this.kernel, value, () => this.layer(x))
  }

  /** Plans the new kernel and the new vector, beginning where an earlier call of the step ended. */
  private replaceKernel({ replaced }: CallContext): SymbolicTensor {
    const kernel = replaced.get(this.kernel) ?? this.kernel.leaf
    const before = replaced.get(this.vectorU) ?? this.vectorU.leaf
    const matrix = reshape(kernel, [-1, this.kernel.shape.at(-1) as number])
    let [u, v] = [before, before]
    for (let i = 0; i < this.powerIterations; i++) {
      v = normalized(matmul(u, transpose(matrix, [1, 0])))
      u = normalized(matmul(v, matrix))
    }
    const sigma = sum(mul(matmul(v, matrix), u))
    // A kernel of zeros stays one.
    const isZero = all(equal(kernel, 0))
    const result = where(isZero, kernel, div(kernel, sigma))
    replaced.set(this.kernel, result)
    replaced.set(this.vectorU, where(isZero, before, u))
    return result
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), layer: this.layer, powerIterations: this.powerIterations }
  }
}

/**
 * Wraps a layer and keeps the spectral norm of its kernel (or embeddings) at 1: at each call of a
 * training step the kernel is divided by an estimate of its largest singular value, also where it is
 * not trainable, as in Keras. The kernel itself changes, so inference uses it as it is. Gradients do
 * not flow through the estimate. Weights: kernel, vector_u (1, columns), then the layer's other ones.
 * Source: Miyato et al. (2018), https://keras.io/api/layers/normalization_layers/spectral_normalization/
 *
 * @class
 * @example
 * const y = SpectralNormalization(Conv2D(64, { kernelSize: 3 }))(x)
 */
export const SpectralNormalization = layerClass(
  'SpectralNormalization',
  SpectralNormalizationLayer,
  ['layer'],
)
export type SpectralNormalization = SpectralNormalizationLayer
