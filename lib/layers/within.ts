/** Walks over the layers inside a layer. They may be shared, and may even refer back to it. */
import type { Weight } from '../graph/weight'
import type { AnyLayer } from './layer'

/** A layer and all inside it, each once, each before the ones inside it. */
export function layersWithin(root: AnyLayer): AnyLayer[] {
  const found = new Set<AnyLayer>()
  const visit = (layer: AnyLayer): void => {
    if (found.has(layer)) return
    found.add(layer)
    layer.innerLayers.forEach(visit)
  }
  visit(root)
  return [...found]
}

/** The layers of `layersWithin` that no way of trainable parents leads to. */
export function frozenWithin(root: AnyLayer): Set<AnyLayer> {
  const trained = new Set<AnyLayer>()
  const visit = (layer: AnyLayer): void => {
    if (!layer.trainable || trained.has(layer)) return
    trained.add(layer)
    layer.innerLayers.forEach(visit)
  }
  visit(root)
  return new Set(layersWithin(root).filter((layer) => !trained.has(layer)))
}

/** The weights that training changes where these layers are frozen, in the order of `weights`. */
export function trainedWithin(
  root: AnyLayer,
  frozen: ReadonlySet<AnyLayer> = frozenWithin(root),
): Weight[] {
  const trained = layersWithin(root).filter((layer) => !frozen.has(layer))
  const weights = trained.flatMap((layer) => layer.directWeights)
  return [...new Set(weights)].filter((weight) => weight.trainable)
}
