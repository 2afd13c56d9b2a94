"""Runs one Keras loss, function and class, with its gradient, in float32 and in float64."""

import keras
import numpy as np
import tensorflow as tf

from layer_run import camel_case


def snake_case(class_name):
    """The name of a loss class's function."""
    loss = getattr(keras.losses, class_name)()
    return loss.fn.__name__


def run_once(class_name, options, dtype, y_true, y_pred, sample_weight):
    """The class's value with its gradient, and the values before weights and reduction."""
    wide = np.dtype(dtype)
    targets = y_true if y_true.dtype == np.int32 else y_true.astype(wide)
    weight = None if sample_weight is None else sample_weight.astype(wide)
    prediction = tf.constant(y_pred, dtype)
    loss = getattr(keras.losses, class_name)(**options, dtype=dtype)
    with tf.GradientTape() as tape:
        tape.watch(prediction)
        value = loss(targets, prediction, sample_weight=weight)
    own = {key: item for key, item in options.items() if key not in ("reduction", "name")}
    function = getattr(keras.losses, snake_case(class_name))
    left, right = keras.src.losses.loss.squeeze_or_expand_to_same_rank(targets, prediction)
    return {
        "value": value.numpy(),
        "gradient": tape.gradient(value, prediction).numpy(),
        "perSample": function(left, right, **own).numpy(),
    }


def record_loss(
    recording, name, class_name, options, y_true, y_pred, sample_weight=None, edge=False
):
    """Adds a case. At an edge, where float64 clips elsewhere, no drift is measured."""
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred, np.float32)
    if y_true.dtype != np.int32:
        y_true = y_true.astype(np.float32)
    arrays = {"yTrue": y_true, "yPred": y_pred}
    if sample_weight is not None:
        sample_weight = np.asarray(sample_weight, np.float32)
        arrays["sampleWeight"] = sample_weight
    single = run_once(class_name, options, "float32", y_true, y_pred, sample_weight)
    double = run_once(class_name, options, "float64", y_true, y_pred, sample_weight)
    drift = {
        key: 0.0 if edge else float(np.max(np.abs(value.astype(np.float64) - double[key])))
        for key, value in single.items()
    }
    recording.add(
        f"{class_name} {name}",
        {
            "loss": class_name,
            "function": snake_case(class_name),
            "options": {camel_case(key): value for key, value in options.items()},
        },
        {**arrays, **single},
        {"drift": drift},
    )
