"""Runs one Keras layer forward and backward, in float32 and in float64."""

import keras
import numpy as np
import tensorflow as tf

from recording import numbered


def camel_case(name):
    """kernel_size -> kernelSize"""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def start_weights(layer, random):
    """Values for every weight of a built layer: small normals; scales and variances positive."""
    values = []
    for weight in layer.weights:
        value = random.normal(0, 0.5, weight.shape)
        if weight.name in ("gamma", "moving_variance"):
            value = np.abs(value) + 0.5
        values.append(value.astype(np.float32))
    return values


def run_once(make_layer, dtype, weights, x, r, training):
    """Output, gradients of sum(y * r) and the weights afterwards."""
    layer = make_layer(dtype)
    layer.build(x.shape)
    layer.set_weights(weights)
    source = tf.constant(x, dtype)
    with tf.GradientTape() as tape:
        tape.watch(source)
        y = layer(source, training=training)
        total = tf.reduce_sum(y * tf.constant(r, dtype))
    sources = [source, *[weight.value for weight in layer.trainable_weights]]
    gradients = tape.gradient(total, sources)
    return {
        "y": y.numpy(),
        "dx": gradients[0].numpy(),
        **numbered("dweights", [gradient.numpy() for gradient in gradients[1:]]),
        **numbered("updated", [weight.numpy() for weight in layer.weights]),
    }


def record_layer(recording, name, layer_class, options, x, training=False):
    """Adds a case: x, weights, r, y, dx, dweights.N, and updated.N where weights changed."""
    random = np.random.default_rng(len(recording.cases) + 1)

    def make_layer(dtype):
        return getattr(keras.layers, layer_class)(**options, dtype=dtype)

    if not isinstance(x, np.ndarray):
        x = random.normal(0, 1, x).astype(np.float32)
    shape_layer = make_layer("float32")
    shape_layer.build(x.shape)
    weights = start_weights(shape_layer, random)
    r = random.normal(0, 1, tuple(shape_layer(x).shape)).astype(np.float32)
    single = run_once(make_layer, "float32", weights, x, r, training)
    double = run_once(make_layer, "float64", weights, x, r, training)
    drift = {
        key: float(np.max(np.abs(value.astype(np.float64) - double[key]), initial=0))
        for key, value in single.items()
    }
    unchanged = all(np.array_equal(single[f"updated.{i}"], w) for i, w in enumerate(weights))
    kept = {k: v for k, v in single.items() if not (unchanged and k.startswith("updated"))}
    recording.add(
        name,
        {
            "layer": layer_class,
            "options": {camel_case(key): value for key, value in options.items()},
            "training": training,
        },
        {"x": x, **numbered("weights", weights), "r": r, **kept},
        {"drift": {key: drift[key] for key in kept}},
    )
