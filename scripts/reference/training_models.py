"""The small models of training_topic.py, and data for them."""

import keras
import numpy as np

LAYERS = keras.layers


def two_outputs(dtype):
    """A trunk with regularised kernels and two heads: a number in (0, 1), and three classes."""
    x = keras.Input((4,), name="x", dtype=dtype)
    trunk = LAYERS.Dense(
        5, activation="tanh", kernel_regularizer=keras.regularizers.L2(0.02), name="trunk", dtype=dtype
    )(x)
    valid = LAYERS.Dense(1, activation="sigmoid", name="valid", dtype=dtype)(trunk)
    label = LAYERS.Dense(
        3, activation="softmax", kernel_regularizer="l1", name="label", dtype=dtype
    )(trunk)
    return keras.Model(x, [valid, label])


def one_output(dtype):
    """A stack with a penalty on what a layer gives, a constraint and a frozen layer's penalty."""
    x = keras.Input((4,), name="x", dtype=dtype)
    first = LAYERS.Dense(
        6,
        activation="relu",
        activity_regularizer=keras.regularizers.L2(0.03),
        name="first",
        dtype=dtype,
    )(x)
    frozen = LAYERS.Dense(
        5, kernel_regularizer=keras.regularizers.L2(0.5), name="frozen", trainable=False, dtype=dtype
    )(first)
    return keras.Model(x, LAYERS.Dense(3, activation="softmax", name="out", dtype=dtype)(frozen))


def two_inputs(dtype):
    """Two inputs, of which one goes straight to the end; one unit with batch normalisation."""
    a = keras.Input((3,), name="a", dtype=dtype)
    b = keras.Input((2,), name="b", dtype=dtype)
    hidden = LAYERS.Dense(4, name="hidden", use_bias=False, dtype=dtype)(a)
    normal = LAYERS.BatchNormalization(name="normal", dtype=dtype)(hidden)
    deep = LAYERS.Dense(1, name="deep", dtype=dtype)(normal)
    wide = LAYERS.Dense(1, name="wide", dtype=dtype)(b)
    return keras.Model([a, b], [deep, wide])


MODELS = {"two outputs": two_outputs, "one output": one_output, "two inputs": two_inputs}


def make_data(name, items, seed=3):
    """Inputs and targets of a model, as lists."""
    random = np.random.default_rng(seed)
    draw = lambda *shape: random.normal(0, 1, shape).astype(np.float32)
    hot = np.eye(3, dtype=np.float32)[random.integers(0, 3, items)]
    if name == "two outputs":
        return [draw(items, 4)], [(random.random((items, 1)) > 0.5).astype(np.float32), hot]
    if name == "one output":
        return [draw(items, 4)], [hot]
    return [draw(items, 3), draw(items, 2)], [draw(items, 1), draw(items, 1)]
