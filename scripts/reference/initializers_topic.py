"""Statistics of Keras's initialisers: random values can't be compared one by one."""

import math

import keras
import numpy as np

from layer_run import camel_case
from recording import Recording

DRAWS = 20
NOTE = (
    "Initialisers of Keras. numbers.expected comes from the formula, numbers.observed from "
    f"{DRAWS} draws with different seeds."
)
SHAPES = {
    "dense": (100, 64),
    "dense to one": (500, 1),
    "conv 3x3": (3, 3, 16, 32),
    "conv 4x4 from colour": (4, 4, 3, 64),
    "conv 1x5": (1, 5, 8, 8),
    "vector": (200,),
}


def fans(shape):
    """(fan_in, fan_out): channels times the receptive field; a vector's length for both."""
    if len(shape) == 1:
        return shape[0], shape[0]
    field = math.prod(shape[:-2])
    return field * shape[-2], field * shape[-1]


def uniform(low, high):
    """Expected statistics of a uniform distribution."""
    return {
        "low": low,
        "high": high,
        "mean": (low + high) / 2,
        "standardDeviation": (high - low) / math.sqrt(12),
    }


def glorot(shape):
    """Expected statistics of glorot_uniform: limit sqrt(6 / (fan_in + fan_out))."""
    fan_in, fan_out = fans(shape)
    limit = math.sqrt(6 / (fan_in + fan_out))
    return {"fanIn": fan_in, "fanOut": fan_out, "limit": limit, **uniform(-limit, limit)}


def constant(value):
    """Expected statistics of a constant."""
    return {"low": value, "high": value, "mean": value, "standardDeviation": 0}


CASES = [
    ("GlorotUniform", {}, glorot),
    (
        "RandomNormal",
        {"mean": 0.0, "stddev": 0.02},
        lambda _: {"mean": 0, "standardDeviation": 0.02},
    ),
    ("RandomNormal", {}, lambda _: {"mean": 0, "standardDeviation": 0.05}),
    ("RandomUniform", {}, lambda _: uniform(-0.05, 0.05)),
    ("RandomUniform", {"minval": 0.5, "maxval": 2.0}, lambda _: uniform(0.5, 2.0)),
    ("Zeros", {}, lambda _: constant(0)),
    ("Ones", {}, lambda _: constant(1)),
    ("Constant", {"value": 0.25}, lambda _: constant(0.25)),
]


def observe(name, options, shape):
    """Statistics of many draws."""
    seeded = name.startswith(("Glorot", "Random"))
    draws = []
    for seed in range(DRAWS):
        extra = {"seed": seed} if seeded else {}
        draws.append(np.asarray(getattr(keras.initializers, name)(**options, **extra)(shape)))
    values = np.stack(draws).astype(np.float64)
    return {
        "size": values.size,
        "mean": float(values.mean()),
        "standardDeviation": float(values.std()),
        "low": float(values.min()),
        "high": float(values.max()),
    }


def record_layer_defaults(recording):
    """What the layers start with when nothing is said."""
    keras.utils.set_random_seed(1)
    for name, layer, shape in [
        ("Dense", keras.layers.Dense(64), (None, 100)),
        ("Conv2D", keras.layers.Conv2D(32, 3), (None, 8, 8, 16)),
        ("BatchNormalization", keras.layers.BatchNormalization(), (None, 8)),
    ]:
        layer.build(shape)
        weights = []
        for weight in layer.weights:
            values = np.asarray(weight.value, np.float64)
            weights.append({"name": weight.name, "shape": list(weight.shape)})
            weights[-1] |= {"low": float(values.min()), "high": float(values.max())}
        recording.add(f"defaults of {name}", {"layer": name}, numbers={"weights": weights})


def record():
    """Writes initializers.json."""
    recording = Recording("initializers", NOTE)
    for name, options, expected in CASES:
        settings = " ".join(str(value) for value in options.values())
        for shape_name, shape in SHAPES.items():
            recording.add(
                " ".join(part for part in (name, settings, shape_name) if part),
                {
                    "initializer": name,
                    "options": {camel_case(key): value for key, value in options.items()},
                    "shape": shape,
                },
                numbers={"expected": expected(shape), "observed": observe(name, options, shape)},
            )
    record_layer_defaults(recording)
    recording.write()
