"""Layers that are random while training: statistics there, exact values in inference."""

import keras
import numpy as np

from layer_run import camel_options, record_layer
from recording import Recording

NOTE = (
    "Noise layers of Keras. In training values are random, so `numbers` hold statistics of one run "
    "on inputs that are all 1: mean, standardDeviation, keptShare (not 0), keptValues (at most two). "
    "In inference recorded as in layers.json."
)
SHAPE = (40, 25, 8, 10)
CASES = {
    "dropout": ("Dropout", {"rate": 0.25}),
    "dropout of all": ("Dropout", {"rate": 1.0}),
    "dropout by rows": ("Dropout", {"rate": 0.5, "noise_shape": (None, None, 1, 1)}),
    "dropout alike for all": ("Dropout", {"rate": 0.5, "noise_shape": (1, None, 8, None)}),
    "dropout by channels": ("SpatialDropout2D", {"rate": 0.4}),
    "dropout by channels first": (
        "SpatialDropout2D",
        {"rate": 0.4, "data_format": "channels_first"},
    ),
    "dropout by channels of sequences": ("SpatialDropout1D", {"rate": 0.3}),
    "gaussian noise": ("GaussianNoise", {"stddev": 0.5}),
    "gaussian dropout": ("GaussianDropout", {"rate": 0.2}),
    "alpha dropout": ("AlphaDropout", {"rate": 0.3}),
    "alpha dropout by columns": ("AlphaDropout", {"rate": 0.3, "noise_shape": (None, 1, None, 1)}),
}


def record_statistics(recording, name, layer_class, options):
    """What training makes of ones."""
    shape = (800, 8, 10) if layer_class == "SpatialDropout1D" else SHAPE
    layer = getattr(keras.layers, layer_class)(**options, seed=1)
    y = np.asarray(layer(np.ones(shape, np.float32), training=True)).astype(np.float64)
    values = sorted({float(value) for value in np.unique(y.astype(np.float32))})
    recording.add(
        name,
        {"layer": layer_class, "options": camel_options(options), "training": True},
        numbers={
            "shape": list(shape),
            "mean": float(y.mean()),
            "standardDeviation": float(y.std()),
            "keptShare": float(np.mean(y != 0)),
            "values": values if len(values) <= 2 else [],
        },
    )


def record():
    """Writes layers_noise.json."""
    recording = Recording("layers_noise", NOTE)
    for name, (layer_class, options) in CASES.items():
        record_statistics(recording, name, layer_class, options)
        shape = (3, 4, 2) if layer_class == "SpatialDropout1D" else (3, 4, 2, 2)
        plain = {key: value for key, value in options.items() if key != "noise_shape"}
        record_layer(recording, f"{name} inference", layer_class, {**plain, "seed": 3}, shape)
    for layer_class, option in [
        ("Dropout", "rate"),
        ("GaussianNoise", "stddev"),
        ("GaussianDropout", "rate"),
        ("AlphaDropout", "rate"),
        ("SpatialDropout2D", "rate"),
    ]:
        options = {option: 0.0}
        record_layer(recording, f"{layer_class} 0", layer_class, options, (2, 2, 2, 2), True)
    recording.write()
