"""Activation layers, and Activation with every name that Keras knows."""

import keras
import numpy as np

from layer_run import record_layer, record_weights
from recording import Recording

NOTE = (
    "Activation layers, recorded as in layers.json; weights at first, penalties and constraints as "
    "in layers_normalization.json."
)
NAMES = [
    *("celu", "glu", "hard_shrink", "hard_silu", "hard_swish", "hard_tanh", "log_sigmoid"),
    *("log_softmax", "soft_shrink", "sparse_plus", "sparse_sigmoid", "squareplus"),
    *("swish", "tanh_shrink"),
]


class Activation(keras.layers.Layer):
    """sparsemax of the paper. Keras 3.15's own adds up running sums where the values belong."""

    def __init__(self, activation, **kwargs):
        super().__init__(**kwargs)
        assert activation == "sparsemax"

    def call(self, inputs):
        ops = keras.ops
        descending = -ops.sort(-inputs)
        counts = ops.arange(1, inputs.shape[-1] + 1, dtype=inputs.dtype)
        is_inside = descending - (ops.cumsum(descending, axis=-1) - 1) / counts > 0
        count = ops.sum(ops.cast(is_inside, inputs.dtype), axis=-1, keepdims=True)
        total = ops.sum(ops.where(is_inside, descending, 0), axis=-1, keepdims=True)
        return ops.relu(inputs - (total - 1) / count)


def inputs():
    """From saturation to nearly zero. At zero itself Keras's gradient of celu is 2."""
    x = np.random.default_rng(0).normal(0, 2, (5, 6)).astype(np.float32)
    x[3] = [1e-3, -0.5, 20, -20, 100, -100]
    x[4] = [0.25, -0.25, 0.75, -0.75, 3.5, -3.5]
    return x


def record_relu(recording, x):
    """ReLU with each option alone and with all of them, on either side of each bound."""
    cases = {
        "default": {},
        "max value": {"max_value": 2.0},
        "max value 6": {"max_value": 6.0},
        "negative slope": {"negative_slope": 0.25},
        "threshold": {"threshold": 0.5},
        "max value, negative slope": {"max_value": 1.0, "negative_slope": 0.5},
        "threshold, negative slope": {"threshold": 1.0, "negative_slope": 0.5},
        "all": {"max_value": 3.0, "threshold": 1.0, "negative_slope": 0.1},
    }
    for name, options in cases.items():
        record_layer(recording, f"re_lu {name}", "ReLU", options, x)


def record_prelu(recording):
    """PReLU: a slope for each element, for each channel, for each row."""
    shape = (2, 3, 4, 5)
    record_layer(recording, "p_re_lu default", "PReLU", {}, shape)
    record_layer(recording, "p_re_lu 2-D", "PReLU", {}, (4, 6))
    for axes in [[1, 2], [1], [1, 2, 3], 2]:
        options = {"shared_axes": axes}
        record_layer(recording, f"p_re_lu shared {axes}", "PReLU", options, shape)
    options = {
        "alpha_initializer": {"class_name": "Constant", "config": {"value": 0.25}},
        "alpha_regularizer": "l1",
        "alpha_constraint": "non_neg",
        "shared_axes": [1],
    }
    record_weights(recording, "p_re_lu weights", "PReLU", options, (2, 3, 4))
    record_weights(recording, "p_re_lu default weights", "PReLU", {}, (2, 3))


def record():
    """Writes layers_activation.json."""
    recording = Recording("layers_activation", NOTE)
    x = inputs()
    for name in NAMES:
        record_layer(recording, f"activation {name}", "Activation", {"activation": name}, x)
    options = {"activation": "sparsemax"}
    record_layer(recording, "activation sparsemax", Activation, options, x * 0.25)
    record_layer(recording, "activation sparsemax 3-D", Activation, options, (2, 3, 7))
    record_relu(recording, x)
    record_prelu(recording)
    for alpha in [1.0, 0.5, 2.0]:
        record_layer(recording, f"elu {alpha}", "ELU", {"alpha": alpha}, x)
    record_layer(recording, "elu default", "ELU", {}, x)
    record_layer(recording, "softmax default", "Softmax", {}, x)
    for axis in [-1, 1, 2, [2], [1, 2], [-1, 1]]:
        options = {"axis": axis}
        record_layer(recording, f"softmax axis {axis}", "Softmax", options, (2, 3, 4, 2))
    record_layer(recording, "leaky_re_lu all", "LeakyReLU", {"negative_slope": 1.5}, x)
    recording.write()
