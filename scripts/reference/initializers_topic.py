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
# Kernels of 1 and 3 dimensions, and more outputs than inputs.
MORE_SHAPES = {
    "dense to more": (24, 120),
    "conv1d 5": (5, 12, 20),
    "conv3d 2x3x4": (2, 3, 4, 6, 10),
}
TRUNCATED = 0.87962566103423978


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


def truncated(mean, stddev):
    """Expected statistics of normal numbers within two `stddev`."""
    return {
        "low": mean - 2 * stddev,
        "high": mean + 2 * stddev,
        "mean": mean,
        "standardDeviation": stddev * TRUNCATED,
    }


def scaled(scale, mode, distribution):
    """Expected statistics of VarianceScaling, as a function of the shape."""

    def expected(shape):
        fan_in, fan_out = fans(shape)
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]
        deviation = math.sqrt(scale / fan)
        if distribution == "uniform":
            return uniform(-deviation * math.sqrt(3), deviation * math.sqrt(3))
        if distribution == "truncated_normal":
            return truncated(0.0, deviation / TRUNCATED)
        return {"mean": 0, "standardDeviation": deviation}

    return expected


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
    ("TruncatedNormal", {}, lambda _: truncated(0, 0.05)),
    ("TruncatedNormal", {"mean": 1.0, "stddev": 0.5}, lambda _: truncated(1.0, 0.5)),
    ("Zeros", {}, lambda _: constant(0)),
    ("Ones", {}, lambda _: constant(1)),
    ("Constant", {"value": 0.25}, lambda _: constant(0.25)),
]
SCALED_CASES = [
    ("GlorotUniform", {}, scaled(1, "fan_avg", "uniform")),
    ("GlorotNormal", {}, scaled(1, "fan_avg", "truncated_normal")),
    ("HeUniform", {}, scaled(2, "fan_in", "uniform")),
    ("HeNormal", {}, scaled(2, "fan_in", "truncated_normal")),
    ("LecunUniform", {}, scaled(1, "fan_in", "uniform")),
    ("LecunNormal", {}, scaled(1, "fan_in", "truncated_normal")),
    ("VarianceScaling", {}, scaled(1, "fan_in", "truncated_normal")),
    (
        "VarianceScaling",
        {"scale": 0.5, "mode": "fan_out", "distribution": "uniform"},
        scaled(0.5, "fan_out", "uniform"),
    ),
    (
        "VarianceScaling",
        {"scale": 3.0, "mode": "fan_avg", "distribution": "untruncated_normal"},
        scaled(3, "fan_avg", "untruncated_normal"),
    ),
]
FAN_AXES = {"input_axes": [0, 1], "output_axes": [2]}


def observe(name, options, shape):
    """Statistics of many draws."""
    seeded = name not in ("Zeros", "Ones", "Constant")
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


def record_case(recording, name, options, shape_name, shape, expected):
    """One initialiser on one shape."""
    settings = " ".join(str(value) for value in options.values())
    recording.add(
        " ".join(part for part in (name, settings, shape_name) if part),
        {
            "initializer": name,
            "options": {camel_case(key): value for key, value in options.items()},
            "shape": shape,
        },
        numbers={"expected": expected, "observed": observe(name, options, shape)},
    )


def record_exact(recording):
    """Identity, and what holds for Orthogonal whatever its random numbers: w^T w or w w^T."""
    for gain, shape in [(1.0, (3, 3)), (0.5, (2, 4)), (2.0, (4, 3))]:
        values = np.asarray(keras.initializers.Identity(gain)(shape))
        recording.add(
            f"Identity {gain} {shape}",
            {"initializer": "Identity", "options": {"gain": gain}, "shape": shape, "exact": True},
            {"values": values},
        )
    for gain, shape in [(1.0, (6, 4)), (2.0, (3, 7)), (1.5, (3, 3, 2, 4)), (1.0, (5, 5))]:
        values = np.asarray(keras.initializers.Orthogonal(gain, seed=3)(shape), np.float64)
        flat = values.reshape(-1, shape[-1])
        gram = flat.T @ flat if flat.shape[0] >= flat.shape[1] else flat @ flat.T
        recording.add(
            f"Orthogonal {gain} {shape}",
            {"initializer": "Orthogonal", "options": {"gain": gain}, "shape": shape, "exact": True},
            {"gram": gram},
            {"drift": {"gram": float(np.abs(gram - gain**2 * np.eye(len(gram))).max())}},
        )


def record():
    """Writes initializers.json."""
    recording = Recording("initializers", NOTE)
    for name, options, expected in CASES:
        for shape_name, shape in SHAPES.items():
            record_case(recording, name, options, shape_name, shape, expected(shape))
    for name, options, expected in SCALED_CASES:
        for shape_name, shape in MORE_SHAPES.items():
            record_case(recording, name, options, shape_name, shape, expected(shape))
    # (4, 6, 30) with the first two axes as inputs, which a kernel of that shape never has.
    by_axes = scaled(1, "fan_avg", "uniform")((24, 30))
    record_case(recording, "GlorotUniform", FAN_AXES, "axes", (4, 6, 30), by_axes)
    record_exact(recording)
    record_layer_defaults(recording)
    recording.write()
