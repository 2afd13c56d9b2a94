"""Runs one Keras metric over several batches, in float32 and in float64."""

import keras
import numpy as np

from layer_run import camel_case
from recording import numbered


def results_of(metric, batches):
    """The result after each batch."""
    results = []
    for y_true, y_pred, sample_weight in batches:
        rest = () if sample_weight is None else (sample_weight,)
        metric.update_state(y_true, y_pred, *rest)
        results.append(float(metric.result()))
    return np.array(results)


def record_batches(recording, name, config, make, batches):
    """Adds a case from a function that makes the metric for an element type."""

    def typed(dtype):
        cast = lambda x: x if x is None or x.dtype == np.int32 else x.astype(dtype)
        return [tuple(cast(item) for item in batch) for batch in batches]

    single = results_of(make("float32"), typed("float32"))
    # TensorFlow's in_top_k takes no float64.
    wide = "float32" if "TopK" in name else "float64"
    keras.config.set_floatx(wide)
    double = results_of(make(wide), typed(wide))
    keras.config.set_floatx("float32")
    columns = list(zip(*typed("float32")))
    weights = [] if columns[2][0] is None else columns[2]
    recording.add(
        name,
        config,
        {
            **numbered("yTrue", columns[0]),
            **numbered("yPred", columns[1]),
            **numbered("sampleWeight", weights),
            "results": single.astype(np.float32),
        },
        {"drift": float(np.max(np.abs(single - double)))},
    )


def record_metric(recording, name, class_name, options, batches):
    """Adds a case of a metric class."""

    def make(dtype):
        return getattr(keras.metrics, class_name)(**options, dtype=dtype)

    config = {
        "metric": class_name,
        "options": {camel_case(key): value for key, value in options.items()},
    }
    record_batches(recording, f"{class_name} {name}", config, make, batches)


def batches_of(random, make, weight_shape=None, count=3, start=6):
    """Batches of 6, 5, 4 items; weights of `weight_shape`, 'n' being the number of items."""
    batches = []
    for size in range(start, start - count, -1):
        y_true, y_pred = make(size)
        weight = None
        if weight_shape is not None:
            shape = [size if length == "n" else length for length in weight_shape]
            weight = random.uniform(0, 2, shape)
        batches.append((y_true, y_pred, weight))
    return batches


def record_with_weights(recording, random, name, class_name, options, make, shapes):
    """Without weights, then with weights of each shape."""
    for shape in [None, *shapes]:
        suffix = "" if shape is None else f", weights {shape}"
        batches = batches_of(random, make, shape)
        record_metric(recording, f"{name}{suffix}", class_name, options, batches)


def one_hot(random, shape):
    """Rows with a single 1."""
    return np.eye(shape[-1])[random.integers(0, shape[-1], shape[:-1])]
