/** Walks over the layers inside a layer. They may be shared, and may even refer back to it. */
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
