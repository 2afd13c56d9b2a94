"""Ops of keras.ops: values and gradients, on several shapes and options."""

import keras
import numpy as np
import tensorflow as tf

from layer_run import camel_case
import ops_movement_cases  # adds its cases
from ops_cases import CASES
from recording import Recording, numbered

NOTE = (
    "Ops of keras.ops. `config.call` are the arguments, '$0' the first of the arrays `x.N`; "
    "`config.options` are arguments by name. `y.N` are the results with their types in "
    "`config.outputs`, `dx.N` the gradients of sum(y * r) by the inputs of float32, in their order. "
    "Flags are recorded as uint8. numbers.drift: largest difference from the same in float64."
)


def filled(value, inputs):
    """Arguments with the names of inputs replaced by them."""
    if isinstance(value, str) and value.startswith("$"):
        return inputs[int(value[1:])]
    if isinstance(value, list):
        items = [filled(item, inputs) for item in value]
        # Some ops take several axes as a tuple only.
        return tuple(items) if all(isinstance(item, int) for item in items) else items
    return value


def run_once(case, arrays, wide):
    """Results, and gradients of the sum of all results times r."""
    is_float = [array.dtype == np.float32 for array in arrays]
    inputs = [
        tf.constant(array, tf.float64 if wide and (f or not any(is_float)) else None)
        for array, f in zip(arrays, is_float)
    ]
    sources = [x for x, f in zip(inputs, is_float) if f]
    with tf.GradientTape() as tape:
        tape.watch(sources)
        function = getattr(keras.ops, case["op"])
        options = {name: filled(value, inputs) for name, value in case["options"].items()}
        results = function(*filled(case["call"], inputs), **options)
        results = list(results) if isinstance(results, (list, tuple)) else [results]
        random = np.random.default_rng(7)
        factors, total = [], 0
        for y in results:
            if y.dtype.is_floating:
                factors.append(random.normal(0, 1, y.shape).astype(np.float32))
                total += tf.reduce_sum(y * tf.cast(factors[-1], y.dtype))
    gradients = []
    if factors and sources:
        zero = tf.UnconnectedGradients.ZERO
        gradients = tape.gradient(total, sources, unconnected_gradients=zero)
    return results, factors, [tf.convert_to_tensor(gradient) for gradient in gradients]


def narrow(array):
    """As the file format holds it."""
    array = np.asarray(array)
    types = {"bool": np.uint8, "int64": np.int32, "uint32": np.int32, "float64": np.float32}
    return array.astype(types.get(str(array.dtype), array.dtype))


def output_type(y):
    """Ours: 64 bits don't exist."""
    return {"int64": "int32", "uint32": "int32"}.get(y.dtype.name, y.dtype.name)


def wide_run(case, arrays):
    """The same in float64; where integers alone are allowed, as they are."""
    only_integers = not any(array.dtype == np.float32 for array in arrays)
    return run_once(case, arrays, wide=not only_integers or case["widen"])


def record_case(recording, name, case):
    """Adds one case."""
    arrays = case["arrays"]
    results, factors, gradients = run_once(case, arrays, wide=False)
    wide_results, _, wide_gradients = wide_run(case, arrays)
    single = {**numbered("y", results), **numbered("dx", gradients)}
    double = {**numbered("y", wide_results), **numbered("dx", wide_gradients)}
    drift = {
        key: float(np.max(np.abs(np.float64(value) - np.float64(double[key])), initial=0))
        for key, value in single.items()
    }
    recording.add(
        name,
        {
            "op": camel_case(case["op"]),
            "call": case["call"],
            "options": {camel_case(key): value for key, value in case["options"].items()},
            "inputs": [str(array.dtype) for array in arrays],
            "outputs": [output_type(y) for y in results],
            "allKnown": case["all_known"],
        },
        {
            **numbered("x", [narrow(array) for array in arrays]),
            **numbered("r", factors),
            **{key: narrow(value) for key, value in single.items()},
        },
        {"drift": drift},
    )


def record():
    """Writes ops.json."""
    recording = Recording("ops", NOTE)
    for name, case in CASES:
        record_case(recording, name, case)
    recording.write()
