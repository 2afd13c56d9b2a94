"""Layers that merge several tensors: ranks and lengths that broadcast, axes of all kinds."""

import numpy as np

from layer_run import record_layer
from recording import Recording

NOTE = (
    "Merging layers of Keras. x.0, x.1, ... are their inputs and dx.0, dx.1, ... the gradients of "
    "sum(y * r) by them. numbers.drift: largest difference from the same computation in float64."
)
SHAPES = {
    "vectors": [(3, 4), (3, 4)],
    "images": [(2, 3, 2, 3), (2, 3, 2, 3)],
    "batch 1": [(1, 4), (1, 4)],
    "length 1 right": [(2, 3, 4), (2, 3, 1)],
    "length 1 left": [(2, 1, 4), (2, 3, 1)],
    "fewer axes right": [(2, 3, 4), (2, 4)],
    "fewer axes left": [(2, 4), (2, 3, 2, 4)],
    "batch axis alone": [(3,), (3, 4)],
}


def record_elementwise(recording):
    """Add, Subtract, Multiply, Average, Maximum, Minimum."""
    for layer in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"):
        for name, shapes in SHAPES.items():
            record_layer(recording, f"{layer.lower()} {name}", layer, {}, shapes)
        if layer != "Subtract":
            shapes = [(2, 3), (2, 1), (2, 3)]
            record_layer(recording, f"{layer.lower()} of three", layer, {}, shapes)
            record_layer(recording, f"{layer.lower()} of one", layer, {}, [(2, 3)])


def record_concatenate(recording):
    """Every axis, two and three inputs."""
    cases = {
        "default": ({}, [(2, 3), (2, 4)]),
        "channels": ({"axis": -1}, [(2, 3, 2, 1), (2, 3, 2, 3)]),
        "axis 1": ({"axis": 1}, [(2, 1, 4), (2, 3, 4)]),
        "axis -2": ({"axis": -2}, [(2, 1, 4), (2, 3, 4), (2, 2, 4)]),
        "of one": ({"axis": 2}, [(2, 1, 4)]),
    }
    for name, (options, shapes) in cases.items():
        record_layer(recording, f"concatenate {name}", "Concatenate", options, shapes)


def record_dot(recording):
    """Ranks 2 to 4, one axis for both or two, with and without normalising."""
    cases = {
        "vectors": (1, [(3, 4), (3, 4)]),
        "vectors, last axis": (-1, [(3, 4), (3, 4)]),
        "matrices": ((2, 1), [(2, 3, 4), (2, 4, 5)]),
        "matrices, first axes": (1, [(2, 4, 3), (2, 4, 5)]),
        "matrices, negative": ((-1, -1), [(2, 3, 4), (2, 5, 4)]),
        "matrix and vector": ((2, 1), [(2, 3, 4), (2, 4)]),
        "vector and matrix": ((1, 1), [(2, 4), (2, 4, 3)]),
        "vector and matrix, last axis": ((1, 2), [(2, 4), (2, 3, 4)]),
        "images": ((3, 3), [(2, 3, 2, 4), (2, 2, 3, 4)]),
        "images, middle axes": ((2, 1), [(2, 3, 4, 2), (2, 4, 2, 3)]),
        "image and matrix": ((3, 2), [(2, 3, 2, 4), (2, 5, 4)]),
    }
    for name, (axes, shapes) in cases.items():
        record_layer(recording, f"dot {name}", "Dot", {"axes": axes}, shapes)
    options = {"axes": -1, "normalize": True}
    record_layer(recording, "dot normalize", "Dot", options, [(3, 4), (3, 4)])
    options = {"axes": (1, 2), "normalize": True}
    record_layer(recording, "dot normalize matrices", "Dot", options, [(2, 4, 3), (2, 5, 4)])
    short = np.array([[3e-8, 4e-8], [3, 4]], np.float32)
    options = {"axes": 1, "normalize": True}
    record_layer(recording, "dot normalize short vectors", "Dot", options, [short, (2, 2)])


def record():
    """Writes layers_merging.json."""
    recording = Recording("layers_merging", NOTE)
    record_elementwise(recording)
    record_concatenate(recording)
    record_dot(recording)
    recording.write()
