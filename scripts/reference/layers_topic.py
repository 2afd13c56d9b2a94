"""Every layer that gantorch shares with Keras: values, gradients, and the odd cases."""

import itertools

import keras
import numpy as np

from layer_run import record_layer
from recording import Recording

ACTIVATIONS = [
    *("linear", "relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "mish"),
    *("tanh", "sigmoid", "hard_sigmoid", "softplus", "softsign", "softmax", "exponential"),
]
NOTE = (
    "Layers of Keras. `dx` and `dweights.N` are gradients of sum(y * r); `weights.N` are in the "
    "order of layer.get_weights(), `dweights.N` in that of the trainable ones; `updated.N` are all "
    "weights after the call, present where the call changed some. numbers.drift: largest "
    "difference from the same computation in float64."
)


def record_dense(recording):
    """Dense on 2-D to 4-D inputs, without bias, with every activation."""
    for shape in [(3, 4), (1, 4), (2, 3, 4), (2, 2, 3, 4)]:
        record_layer(recording, f"dense {len(shape)}-D {shape[0]}", "Dense", {"units": 5}, shape)
    options = {"units": 5, "use_bias": False}
    record_layer(recording, "dense no bias", "Dense", options, (3, 4))
    record_layer(recording, "dense one unit", "Dense", {"units": 1}, (4, 7))
    for name in ACTIVATIONS:
        options = {"units": 5, "activation": name}
        record_layer(recording, f"dense {name}", "Dense", options, (3, 4))


def record_convolutions(recording):
    """Conv2D: kernels, strides and paddings over even and odd sizes, then the odd cases."""
    grid = itertools.product((1, 3, 4, 5), (1, 2, 3), ("same", "valid"), ((6, 8), (7, 5)))
    for kernel, strides, padding, (height, width) in grid:
        options = {"filters": 3, "kernel_size": kernel, "strides": strides, "padding": padding}
        name = f"conv2d k{kernel} s{strides} {padding} {height}x{width}"
        record_layer(recording, name, "Conv2D", options, (2, height, width, 2))
    odd_cases = {
        "no bias": {"kernel_size": 3, "use_bias": False},
        "relu": {"kernel_size": 3, "activation": "relu", "padding": "same"},
        "tanh": {"kernel_size": 3, "activation": "tanh", "padding": "same"},
        "kernel 2x3 strides 2x1": {"kernel_size": (2, 3), "strides": (2, 1), "padding": "same"},
        "kernel 5x1 strides 1x3": {"kernel_size": (5, 1), "strides": (1, 3), "padding": "same"},
        "kernel 1x4 valid": {"kernel_size": (1, 4), "strides": (2, 2), "padding": "valid"},
        "dilation same": {"kernel_size": 3, "dilation_rate": 2, "padding": "same"},
        "dilation valid": {"kernel_size": 3, "dilation_rate": (1, 2), "padding": "valid"},
    }
    for name, options in odd_cases.items():
        options = {"filters": 3, **options}
        record_layer(recording, f"conv2d {name}", "Conv2D", options, (2, 7, 6, 2))
    options = {"filters": 3, "kernel_size": 4, "strides": 2, "padding": "same"}
    record_layer(recording, "conv2d kernel larger than input", "Conv2D", options, (1, 1, 2, 2))
    options = {"filters": 24, "kernel_size": 3, "strides": 2, "padding": "same"}
    record_layer(recording, "conv2d many channels", "Conv2D", options, (2, 8, 10, 16))


def record_batch_normalization(recording):
    """BatchNormalization in training and inference, and where the variance is zero."""
    layer = "BatchNormalization"
    for training, shape in itertools.product((True, False), ((6, 3), (3, 4, 5, 3), (2, 4, 3))):
        name = f"batch_normalization {'training' if training else 'inference'} {len(shape)}-D"
        record_layer(recording, name, layer, {"momentum": 0.8}, shape, training)
    odd_cases = {
        "defaults": ({}, (3, 2, 2, 4)),
        "epsilon": ({"epsilon": 0.1}, (3, 2, 2, 4)),
        "no center": ({"center": False}, (3, 2, 2, 4)),
        "no scale": ({"scale": False}, (3, 2, 2, 4)),
        "neither": ({"center": False, "scale": False}, (3, 2, 2, 4)),
        "axis 1": ({"axis": 1, "momentum": 0.8}, (3, 4, 2, 2)),
        "batch 1 of 1x1": ({"momentum": 0.8}, (1, 1, 1, 4)),
        "batch 1, 2-D": ({"momentum": 0.8}, (1, 4)),
        "constant": ({"momentum": 0.8}, np.full((4, 3), 2.5, np.float32)),
    }
    for name, (options, x) in odd_cases.items():
        record_layer(recording, f"batch_normalization {name}", layer, options, x, True)


def record_activations(recording):
    """Activation and LeakyReLU, from saturation to zero."""
    random = np.random.default_rng(0)
    x = random.normal(0, 2, (4, 6)).astype(np.float32)
    x[3] = [0, -0.5, 20, -20, 100, -100]
    for name in ACTIVATIONS:
        # exp(100) overflows float32; nothing is to be learned from it.
        values = np.minimum(x, 5) if name == "exponential" else x
        options = {"activation": name}
        record_layer(recording, f"activation {name}", "Activation", options, values)
    shape = (2, 2, 3, 4)
    record_layer(
        recording, "activation softmax 4-D", "Activation", {"activation": "softmax"}, shape
    )
    record_layer(recording, "leaky_re_lu default", "LeakyReLU", {}, x)
    record_layer(recording, "leaky_re_lu 0.2", "LeakyReLU", {"negative_slope": 0.2}, x)
    record_layer(recording, "leaky_re_lu 0", "LeakyReLU", {"negative_slope": 0.0}, x)


def record_shapes(recording):
    """Layers that only move elements."""
    for size in [(2, 2), (3, 1), 2, (1, 2)]:
        name = f"up_sampling2d {size}".replace(" (", " ").replace(", ", "x").strip(")")
        record_layer(recording, name, "UpSampling2D", {"size": size}, (2, 3, 2, 3))
    record_layer(recording, "up_sampling2d default", "UpSampling2D", {}, (1, 1, 3, 2))
    paddings = {"int": 2, "pair": (1, 2), "nested": ((0, 1), (0, 1)), "all four": ((1, 2), (3, 0))}
    for name, padding in paddings.items():
        options = {"padding": padding}
        record_layer(recording, f"zero_padding2d {name}", "ZeroPadding2D", options, (2, 3, 2, 3))
    record_layer(recording, "zero_padding2d default", "ZeroPadding2D", {}, (2, 3, 2, 3))
    for target in [(2, 3, 4), (-1, 4), (24,), (-1,), (3, -1, 2)]:
        options = {"target_shape": target}
        record_layer(recording, f"reshape {list(target)}", "Reshape", options, (2, 4, 6))
    for shape in [(2, 3), (2, 3, 4, 2), (3,)]:
        record_layer(recording, f"flatten {len(shape)}-D", "Flatten", {}, shape)


def record_dropout(recording):
    """Dropout's statistics: masks are random, so only shares and scales can be compared."""
    for rate in (0.0, 0.25, 0.5, 0.9):
        layer = keras.layers.Dropout(rate, seed=1)
        x = np.ones((500, 400), np.float32)
        y = np.asarray(layer(x, training=True))
        kept = y[y != 0]
        recording.add(
            f"dropout {rate}",
            {"layer": "Dropout", "options": {"rate": rate}, "training": True},
            numbers={
                "size": x.size,
                "keptShare": float(np.mean(y != 0)),
                "keptValues": sorted({float(value) for value in kept}),
                "mean": float(np.mean(y, dtype=np.float64)),
                "standardDeviation": float(np.std(y, dtype=np.float64)),
            },
        )
    record_layer(recording, "dropout inference", "Dropout", {"rate": 0.5}, (3, 4))


def record():
    """Writes layers.json."""
    recording = Recording("layers", NOTE)
    record_dense(recording)
    record_convolutions(recording)
    record_batch_normalization(recording)
    record_activations(recording)
    record_shapes(recording)
    record_dropout(recording)
    recording.write()
