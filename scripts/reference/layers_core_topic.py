"""Embedding, Lambda, Identity, and the layers that only move elements."""

import numpy as np
from keras import ops

from layer_run import record_layer
from recording import Recording

NOTE = (
    "Embedding, Lambda, Identity, Permute, RepeatVector and odd cases of Reshape. The function of "
    "a Lambda is recorded by name; test/native/lambda_functions.ts has the same functions. "
    "numbers.drift: largest difference from the same computation in float64."
)


def squared(x):
    """One tensor to one of the same shape."""
    return ops.square(x)


def scaled(x, factor):
    """With an argument."""
    return x * factor


def channel_mean(x):
    """To another shape."""
    return ops.mean(x, axis=-1, keepdims=True)


def difference(tensors):
    """A list of tensors."""
    return tensors[0] - tensors[1]


def doubled_in_training(x, training=None):
    """Asks for the mode."""
    return x * 2.0 if training else x * 1.0


def record_embedding(recording):
    """Integers and floats of several ranks, repeated and negative indices."""
    inputs = {
        "2-D": np.array([[1, 4, 2], [0, 3, 3]], np.int32),
        "repeated": np.array([[2], [2], [2], [2]], np.int32),
        "1-D": np.array([4, 0, 1], np.int32),
        "3-D": np.array([[[1], [1]], [[0], [4]]], np.int32),
        "negative": np.array([[-1, 0], [-5, 4]], np.int32),
        "small integers": np.array([[1, 4]], np.uint8),
    }
    for name, x in inputs.items():
        options = {"input_dim": 5, "output_dim": 3}
        record_layer(recording, f"embedding {name}", "Embedding", options, x)
    options = {"input_dim": 5, "output_dim": 3}
    x = np.array([[1.0, 2.9], [3.2, -0.4]], np.float32)
    record_layer(recording, "embedding floats", "Embedding", options, x)
    options = {"input_dim": 1, "output_dim": 1}
    record_layer(recording, "embedding of one", "Embedding", options, np.zeros((2, 1), np.int32))


def record_lambda(recording):
    """A table of functions."""
    cases = {
        "squared": ({"function": squared}, (2, 3)),
        "argument": ({"function": scaled, "arguments": {"factor": -1.5}}, (2, 3)),
        "other shape": ({"function": channel_mean, "output_shape": (2, 1)}, (2, 2, 3)),
        "list": ({"function": difference}, [(2, 3), (2, 3)]),
        "inference": ({"function": doubled_in_training}, (2, 3)),
    }
    for name, (options, x) in cases.items():
        record_layer(recording, f"lambda {name}", "Lambda", options, x)
    options = {"function": doubled_in_training}
    record_layer(recording, "lambda training", "Lambda", options, (2, 3), training=True)


def record_shapes(recording):
    """Permute, RepeatVector, Identity, Reshape's odd cases."""
    for dims, shape in [((1,), (2, 3)), ((2, 1), (2, 3, 4)), ((3, 1, 2), (2, 3, 4, 2))]:
        record_layer(recording, f"permute {list(dims)}", "Permute", {"dims": dims}, shape)
    for n in (1, 3):
        record_layer(recording, f"repeat_vector {n}", "RepeatVector", {"n": n}, (2, 4))
    record_layer(recording, "identity", "Identity", {}, (2, 3))
    for target, shape in [((1,), (3,)), ((-1,), (3,)), ((2, -1), (3, 2)), ((1, 6, 1, -1), (2, 6))]:
        name = f"reshape {list(target)} of {len(shape)}-D"
        record_layer(recording, name, "Reshape", {"target_shape": target}, shape)


def record():
    """Writes layers_core.json."""
    recording = Recording("layers_core", NOTE)
    record_embedding(recording)
    record_lambda(recording)
    record_shapes(recording)
    recording.write()
