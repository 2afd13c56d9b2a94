"""Runs one Keras layer forward and backward, in float32 and in float64."""

import keras
import numpy as np
import tensorflow as tf

from recording import numbered


# TensorFlow's float64 kernels for the CPU lack some formats; its compiler has them.
UNSUPPORTED = (tf.errors.UnimplementedError, tf.errors.InvalidArgumentError)


def camel_case(name):
    """kernel_size -> kernelSize"""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def camel_options(value):
    """Options with all keys in camelCase, also inside dictionaries; functions by name."""
    if isinstance(value, dict):
        return {camel_case(key): camel_options(item) for key, item in value.items()}
    return value.__name__ if callable(value) else value


def named(prefix, arrays):
    """{'x': ...} for one array, {'x.0': ..., 'x.1': ...} for the several of a list."""
    return numbered(prefix, arrays) if isinstance(arrays, list) else {prefix: arrays}


def start_weights(layer, random):
    """Values for every weight of a built layer: small normals; scales and variances positive."""
    values = []
    for weight in layer.weights:
        value = random.normal(0, 0.5, weight.shape)
        if weight.name in ("gamma", "moving_variance"):
            value = np.abs(value) + 0.5
        values.append(value.astype(np.float32))
    return values


def built(layer, x):
    """The layer, with its weights made."""
    if not layer.built:
        try:
            layer(tf.nest.map_structure(tf.constant, x))
        except UNSUPPORTED:
            # The weights are there; it was the computation that failed.
            assert layer.weights
    return layer


def run_once(make_layer, policy, weights, x, r, training):
    """Output, gradients of sum(y * r) and the weights afterwards."""
    layer = built(make_layer(policy), x)
    dtype = "float64" if policy == "float64" else "float32"
    layer.set_weights(weights)
    floating = lambda array: np.issubdtype(array.dtype, np.floating)
    source = tf.nest.map_structure(lambda a: tf.constant(a, dtype if floating(a) else None), x)
    takes_training = "training" in layer._call_signature.parameters
    inputs, trained = tf.nest.flatten(source), [w.value for w in layer.trainable_weights]

    def outputs_and_gradients():
        with tf.GradientTape() as tape:
            tape.watch([tensor for tensor in inputs if tensor.dtype.is_floating])
            y = layer(source, **({"training": training} if takes_training else {}))
            # Half precision is written as float32; integers stay what they are.
            y = tf.cast(y, dtype) if y.dtype.is_floating else y
            total = tf.reduce_sum(tf.cast(y, dtype) * tf.constant(r, dtype))
        by = [*inputs, *trained]
        return y, [
            tf.zeros_like(s) if g is None else tf.convert_to_tensor(g)
            for s, g in zip(by, tape.gradient(total, by))
        ]

    try:
        y, gradients = outputs_and_gradients()
    except UNSUPPORTED:
        y, gradients = tf.function(outputs_and_gradients, jit_compile=True)()
    dx = [g.numpy() for g, tensor in zip(gradients, inputs) if tensor.dtype.is_floating]
    return {
        "y": y.numpy(),
        **(named("dx", dx if isinstance(x, list) else dx[0]) if dx else {}),
        **numbered("dweights", [gradient.numpy() for gradient in gradients[len(inputs) :]]),
        **numbered("updated", [weight.numpy() for weight in layer.weights]),
    }


def class_of(layer_class):
    """A layer class from its name in keras.layers, or one that Keras hasn't got itself."""
    return getattr(keras.layers, layer_class) if isinstance(layer_class, str) else layer_class


def made_layer(layer_class, options, dtype):
    """A layer; the one that a wrapper wraps is made from its class_name and config."""
    inner = options.get("layer")
    if inner is not None:
        options = {**options, "layer": made_layer(inner["class_name"], inner["config"], dtype)}
    return class_of(layer_class)(**{**options, "dtype": dtype})


def record_weights(recording, name, layer_class, options, shape):
    """Adds a case of a layer's weights: start.N as the layer begins; for other values weights.N
    the sum of all penalties, and constrained.N. Initialisers must not be random."""
    random = np.random.default_rng(len(recording.cases) + 1)
    layer = built(class_of(layer_class)(**options), np.zeros(shape, np.float32))
    start = [weight.numpy() for weight in layer.weights]
    weights = start_weights(layer, random)
    layer.set_weights(weights)
    penalty = float(sum(float(loss) for loss in layer.losses))
    constrained = [
        (weight.constraint(weight.value) if weight.constraint else weight).numpy()
        for weight in layer.weights
    ]
    recording.add(
        name,
        {"layer": class_of(layer_class).__name__, "options": camel_options(options)},
        {
            **numbered("start", start),
            **numbered("weights", weights),
            **numbered("constrained", constrained),
        },
        {"penalty": penalty, "inputShape": list(shape[1:])},
    )


def record_layer(recording, name, layer_class, options, x, training=False, exact="float64"):
    """Adds a case: x, weights, r, y, dx, dweights.N, and updated.N where weights changed.

    x is an array, or the shape of one to draw, or a list of those for a layer with several inputs
    (then there are x.0, x.1, ... and dx.0, dx.1, ...). Integers have no dx. layer_class is a name in
    keras.layers or a class. exact: what `drift` is measured against, a precision (with "float32"
    there is none) or a function of x and r that gives exact arrays by name.
    """
    random = np.random.default_rng(len(recording.cases) + 1)

    def make_layer(dtype):
        return made_layer(layer_class, options, dtype)

    def drawn(item):
        is_array = isinstance(item, np.ndarray)
        return item if is_array else random.normal(0, 1, item).astype(np.float32)

    x = [drawn(item) for item in x] if isinstance(x, list) else drawn(x)
    shape_layer = built(make_layer("float32"), x)
    weights = start_weights(shape_layer, random)
    r = random.normal(0, 1, tuple(shape_layer(x).shape)).astype(np.float32)
    policy = options.get("dtype", "float32")
    single = run_once(make_layer, policy, weights, x, r, training)
    double = (
        exact(x, r) if callable(exact) else run_once(make_layer, exact, weights, x, r, training)
    )
    drift = {
        key: float(np.max(np.abs(value.astype(np.float64) - double[key]), initial=0))
        for key, value in single.items()
    }
    unchanged = all(np.array_equal(single[f"updated.{i}"], w) for i, w in enumerate(weights))
    kept = {k: v for k, v in single.items() if not (unchanged and k.startswith("updated"))}
    recording.add(
        name,
        {
            "layer": class_of(layer_class).__name__,
            "options": camel_options(options),
            "training": training,
        },
        {**named("x", x), **numbered("weights", weights), "r": r, **kept},
        {"drift": {key: drift[key] for key in kept}},
    )
