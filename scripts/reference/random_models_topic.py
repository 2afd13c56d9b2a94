"""200 random models: what they give, their losses and gradients, and one step of Adam."""

import json

import keras
import numpy as np
import tensorflow as tf

from formula import bytes_of, uniform
from random_model import random_model
from recording import Recording

COUNT = 200
BATCH = 3
NOTE = (
    "Random functional models as Keras's own JSON. Weights, inputs and targets are made by "
    "formula.py: weight i is uniform(1000 + i, shape, 0.5), those in config.positive 0.5 + its "
    "absolute value; input i uniform(2000 + i, shape, 1), integers bytes(2000 + i) % 7; target i "
    "uniform(3000 + i, shape, 1), for binary crossentropy bytes(3000 + i) % 2, for categorical "
    "one-hot at bytes(3000 + i, [batch]) % units. Every array is recorded as its dot products with "
    "uniform(4000 + k, size, 1), k = 0, 1, 2, and its Euclidean norm, in float64. `outputs` are "
    "those of inference, `gradients` of the sum of all losses in training, `updated` all weights "
    "after one step of Adam(0.01, epsilon=1e-3). numbers.drift: largest difference of a group's "
    "dot products from float64, as a share of the "
    "Euclidean norm of the whole group."
)
PROJECTIONS = 3


def projected(array):
    """Three dot products and the norm."""
    values = np.asarray(array, np.float64).ravel()
    dots = [
        float(values @ uniform(4000 + k, values.shape, 1).astype(np.float64))
        for k in range(PROJECTIONS)
    ]
    return [*dots, float(np.linalg.norm(values))]


def start_weights(model):
    """Values for all weights, and which of them must be positive."""
    positive = [i for i, w in enumerate(model.weights) if w.name in ("gamma", "moving_variance")]
    values = [uniform(1000 + i, w.shape, 0.5) for i, w in enumerate(model.weights)]
    return [np.abs(v) + np.float32(0.5) if i in positive else v for i, v in enumerate(values)], positive


def inputs_of(model):
    """One array for each input."""

    def made(i, tensor):
        shape = (BATCH, *tensor.shape[1:])
        if tensor.dtype == "int32":
            return (bytes_of(2000 + i, shape) % 7).astype(np.int32)
        return uniform(2000 + i, shape, 1)

    return [made(i, tensor) for i, tensor in enumerate(model.inputs)]


def targets_of(model, losses):
    """One array for each output, fit for its loss."""

    def made(i, loss, units):
        if loss == "binary_crossentropy":
            return (bytes_of(3000 + i, (BATCH, units)) % 2).astype(np.float32)
        if loss == "categorical_crossentropy":
            return np.eye(units, dtype=np.float32)[bytes_of(3000 + i, (BATCH,)) % units]
        return uniform(3000 + i, (BATCH, units), 1)

    return [made(i, loss, model.outputs[i].shape[-1]) for i, loss in enumerate(losses)]


def run(seed, floatx):
    """Everything that is recorded of one model, computed in this precision."""
    keras.utils.clear_session()
    keras.config.set_floatx(floatx)
    keras.config.set_dtype_policy(floatx)
    model, losses = random_model(seed)
    weights, positive = start_weights(model)
    model.set_weights(weights)
    text = model.to_json()
    cast = lambda a: tf.constant(a, floatx if a.dtype == np.float32 else None)
    inputs = [cast(array) for array in inputs_of(model)]
    targets = [cast(array) for array in targets_of(model, losses)]
    inference = model(inputs, training=False)
    with tf.GradientTape() as tape:
        # The identity hides activations from losses, which would go back to the logits.
        outputs = [tf.identity(y) for y in tf.nest.flatten(model(inputs, training=True))]
        parts = [
            tf.reduce_mean(keras.losses.get(loss)(target, output))
            for loss, target, output in zip(losses, targets, outputs)
        ]
        total = tf.add_n([*parts, *[tf.reduce_sum(extra) for extra in model.losses]])
    trained = model.trainable_variables
    gradients = [
        tf.zeros_like(v.value) if g is None else tf.convert_to_tensor(g)
        for v, g in zip(trained, tape.gradient(total, [v.value for v in trained]))
    ]
    optimizer = keras.optimizers.Adam(0.01, epsilon=1e-3)
    optimizer.apply(gradients, trained)
    groups = {
        "outputs": [projected(y) for y in tf.nest.flatten(inference)],
        "losses": [projected([float(value)]) for value in [total, *parts]],
        "gradients": [projected(g) for g in gradients],
        "updated": [projected(w) for w in model.get_weights()],
    }
    return {"model": json.loads(text), "losses": losses, "positive": positive}, groups


def drift_of(single, double):
    """The largest difference of dot products in a group, as a share of the group's norm."""
    norm = np.linalg.norm([exact[-1] for exact in double])
    differences = [
        abs(ours[k] - exact[k]) for ours, exact in zip(single, double) for k in range(PROJECTIONS)
    ]
    # No gradients at all, or none that isn't zero: nothing to be a share of.
    return float(max(differences, default=0.0) / norm) if norm > 0 else 0.0


def record():
    """Writes random_models.json.gz."""
    recording = Recording("random_models", NOTE, compressed=True)
    for seed in range(COUNT):
        config, single = run(seed, "float32")
        _, double = run(seed, "float64")
        drift = {group: drift_of(single[group], double[group]) for group in single}
        recording.add(f"model {seed}", config, numbers={**single, "drift": drift})
    recording.write()
