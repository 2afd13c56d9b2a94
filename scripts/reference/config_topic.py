"""JSON of layers and models as real Keras 3 and tf_keras (Keras 2) write it."""

import json

import keras
import numpy as np
import tf_keras

from config_layers import layer_cases, layer_model
from config_models import MODELS
from recording import Recording, numbered

NOTE = (
    "What to_json writes. Layers: `topic` and `case` name the recorded layer; keras3 and keras2 "
    "are its entry among the layers of a functional model with the inputs x0, x1, ...; null where "
    "Keras 2 has no such layer or option. Models: the whole JSON; `layer/weight` are weights, x.N "
    "inputs, y.N outputs; numbers.drift: largest difference from the same model in float64."
)


def without_build(value):
    """JSON without build_config, which says nothing about a model."""
    if isinstance(value, dict):
        return {key: without_build(item) for key, item in value.items() if key != "build_config"}
    return [without_build(item) for item in value] if isinstance(value, list) else value


def written(model):
    """What to_json gives, parsed."""
    return without_build(json.loads(model.to_json()))


def entry(model):
    """The layer among the layers of its model."""
    return written(model)["config"]["layers"][-1] if model is not None else None


def weight_key(weight):
    """dense/kernel: the last two parts of a weight's path."""
    return "/".join(weight.path.split("/")[-2:])


def draw(random, tensor):
    """Values for an input."""
    shape = (3, *tensor.shape[1:])
    if "int" in str(tensor.dtype):
        return random.integers(0, 3, shape).astype(np.int32)
    return random.normal(0, 1, shape).astype(np.float32)


def start(random, weight):
    """A value for a weight; scales and variances are positive."""
    value = random.normal(0, 0.5, weight.shape)
    is_positive = weight.name in ("gamma", "moving_variance")
    return (np.abs(value) + 0.5 if is_positive else value).astype(np.float32)


def outputs_of(model, weights, x):
    """Outputs for inference with these weights, as a list."""
    for weight in model.weights:
        weight.assign(weights[weight_key(weight)])
    y = model(x[0] if len(x) == 1 else x, training=False)
    return [np.asarray(item) for item in (y if isinstance(y, (list, tuple)) else [y])]


def record_model(recording, build, index):
    """One model: its JSON in both forms, weights, inputs, outputs."""
    random = np.random.default_rng(index + 1)
    keras.config.set_dtype_policy("float32")
    model = build(keras)
    weights = {weight_key(weight): start(random, weight) for weight in model.weights}
    if len(weights) != len(model.weights):
        raise ValueError(f"{model.name} has two weights of one name")
    x = [draw(random, tensor) for tensor in model.inputs]
    y = outputs_of(model, weights, x)
    keras.config.set_dtype_policy("float64")
    exact = outputs_of(build(keras), weights, x)
    keras.config.set_dtype_policy("float32")
    drift = [float(np.max(np.abs(a.astype(np.float64) - b))) for a, b in zip(y, exact)]
    recording.add(
        model.name,
        {"keras3": written(model), "keras2": written(build(tf_keras))},
        {**weights, **numbered("x", x), **numbered("y", y)},
        {"drift": drift},
    )


def record():
    """Writes config.json."""
    recording = Recording("config", NOTE, compressed=True)
    for index, build in enumerate(MODELS):
        record_model(recording, build, index)
    for topic, case in layer_cases():
        recording.add(
            f"{topic}: {case['name']}",
            {
                "topic": topic,
                "case": case["name"],
                "layer": case["config"]["layer"],
                "keras3": entry(layer_model(keras, case)),
                "keras2": entry(layer_model(tf_keras, case)),
            },
        )
    recording.write()
