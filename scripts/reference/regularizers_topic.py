"""Regularisers with their gradients, and constraints, on weights of several shapes."""

import keras
import numpy as np
import tensorflow as tf

from layer_run import camel_case
from recording import Recording

NOTE = (
    "Regularisers of Keras: the penalty on `weight` and its gradient. Constraints: what they make "
    "of `weight`. numbers.drift: largest difference from the same in float64."
)
REGULARIZERS = {
    "L1": [{}, {"l1": 0.3}],
    "L2": [{}, {"l2": 0.3}],
    "L1L2": [{}, {"l1": 0.2}, {"l2": 0.1}, {"l1": 0.2, "l2": 0.1}],
    "OrthogonalRegularizer": [{}, {"factor": 0.5, "mode": "columns"}, {"mode": "rows"}],
}
CONSTRAINTS = {
    "MaxNorm": [{}, {"max_value": 0.5}, {"max_value": 1.5, "axis": [0, 1, 2]}, {"axis": 1}],
    "UnitNorm": [{}, {"axis": 1}, {"axis": [0, 1, 2]}],
    "MinMaxNorm": [
        {},
        {"min_value": 1.0, "max_value": 2.0},
        {"min_value": 1.0, "max_value": 2.0, "rate": 0.25, "axis": 1},
        {"min_value": 4.0, "max_value": 5.0, "axis": [0, 1, 2]},
    ],
    "NonNeg": [{}],
}
SHAPES = {"matrix": (5, 4), "kernel": (3, 2, 2, 3)}


def largest(a, b):
    """The largest difference, as JSON takes it."""
    return float(np.max(np.abs(np.float64(a) - np.float64(b))))


def penalty(make, weight, dtype):
    """A regulariser's penalty and its gradient."""
    keras.config.set_floatx(dtype)
    value = tf.constant(weight, dtype)
    with tf.GradientTape() as tape:
        tape.watch(value)
        regularizer = make()
        if hasattr(regularizer, "factor"):
            # Keras keeps it in float32, which it can't multiply by float64.
            regularizer.factor = tf.cast(regularizer.factor, dtype)
        result = regularizer(value)
    gradient = tape.gradient(result, value)
    keras.config.set_floatx("float32")
    zeros = np.zeros_like(weight)
    return np.asarray(result), zeros if gradient is None else np.asarray(gradient)


def constrained(make, weight, dtype):
    """What a constraint makes of a weight."""
    keras.config.set_floatx(dtype)
    result = np.asarray(make()(tf.constant(weight, dtype)))
    keras.config.set_floatx("float32")
    return result


def cases(table):
    """Every class with every options and the shapes it takes."""
    for name, settings in table.items():
        for index, options in enumerate(settings):
            for shape_name in SHAPES:
                is_kernel = shape_name == "kernel"
                if name.startswith("Orthogonal") and is_kernel:
                    continue
                if isinstance(options.get("axis"), list) and not is_kernel:
                    continue
                yield name, index, options, shape_name


def record():
    """Writes regularizers.json."""
    recording = Recording("regularizers", NOTE)
    random = np.random.default_rng(9)
    weights = {name: random.normal(0, 1, shape).astype(np.float32) for name, shape in SHAPES.items()}
    # A vector of zeros, whose norm is 0 whichever axis is taken first.
    weights["matrix"][:, 1] = 0
    # Rows of zeros have no direction: the orthogonal ones see a matrix without.
    plain = random.normal(0, 1, SHAPES["matrix"]).astype(np.float32)
    for name, index, options, shape_name in cases(REGULARIZERS):
        make = lambda: getattr(keras.regularizers, name)(**options)  # noqa: E731
        weight = plain if name.startswith("Orthogonal") else weights[shape_name]
        value, gradient = penalty(make, weight, "float32")
        exact, exact_gradient = penalty(make, weight, "float64")
        recording.add(
            f"{name} {index} {shape_name}",
            {"regularizer": name, "options": camel(options)},
            {"weight": weight, "penalty": value, "gradient": gradient},
            {"drift": {"penalty": largest(value, exact), "gradient": largest(gradient, exact_gradient)}},
        )
    for name, index, options, shape_name in cases(CONSTRAINTS):
        make = lambda: getattr(keras.constraints, name)(**options)  # noqa: E731
        weight = weights[shape_name]
        result = constrained(make, weight, "float32")
        recording.add(
            f"{name} {index} {shape_name}",
            {"constraint": name, "options": camel(options)},
            {"weight": weight, "result": result},
            {"drift": {"result": largest(result, constrained(make, weight, "float64"))}},
        )
    recording.write()


def camel(options):
    """Options under our names."""
    return {camel_case(key): value for key, value in options.items()}
