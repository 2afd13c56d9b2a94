"""Adam's arithmetic: weights after each of five steps on given gradients."""

import keras
import numpy as np

from layer_run import camel_case
from recording import Recording, numbered

STEPS = 5
NOTE = (
    "Optimizers of Keras. `start` is a weight, `gradients.N` the gradient of step N, `weights.N` "
    "the weight after it. numbers.drift: largest difference from the same steps in float64."
)
CASES = {
    "adam article": {"learning_rate": 1e-4, "beta_1": 0.5},
    "adam defaults": {},
    "adam large epsilon": {"learning_rate": 0.01, "epsilon": 0.1},
    "adam amsgrad": {"learning_rate": 0.01, "amsgrad": True},
    "adam beta_2": {"learning_rate": 0.01, "beta_1": 0.0, "beta_2": 0.9},
    "adam clipnorm": {"learning_rate": 0.01, "clipnorm": 0.5},
    "adam clipvalue": {"learning_rate": 0.01, "clipvalue": 0.3},
}


def run(options, start, gradients, dtype):
    """The weight after every step."""
    keras.config.set_floatx(dtype)
    optimizer = keras.optimizers.Adam(**options)
    weight = keras.Variable(start, dtype=dtype)
    weights = []
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(gradient, dtype)], [weight])
        weights.append(np.asarray(weight.value))
    keras.config.set_floatx("float32")
    return weights


def record():
    """Writes optimizers.json."""
    recording = Recording("optimizers", NOTE)
    random = np.random.default_rng(5)
    start = random.normal(0, 1, (3, 4)).astype(np.float32)
    gradients = random.normal(0, 1, (STEPS, 3, 4)).astype(np.float32)
    # Below, at and above epsilon, where its place in the formula shows; and none at all.
    gradients[:, 0] *= np.array([1e-9, 1e-7, 1e-5, 0], np.float32)
    gradients[2, 1] = 0
    gradients[3, 2] *= 1e4
    for name, options in CASES.items():
        single = run(options, start, gradients, "float32")
        double = run(options, start, gradients, "float64")
        drift = max(np.max(np.abs(a - b)) for a, b in zip(single, double))
        recording.add(
            name,
            {
                "optimizer": "Adam",
                "options": {camel_case(key): value for key, value in options.items()},
            },
            {
                "start": start,
                **numbered("gradients", gradients),
                **numbered("weights", single),
            },
            {"drift": {"weights": float(drift)}},
        )
    recording.write()
