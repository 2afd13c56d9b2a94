"""A model whose inputs and outputs have names: order of layers, JSON, predictions, training."""

import json

import keras
import numpy as np

from recording import Recording, numbered

NOTE = (
    "A keras.Model of dicts: the order of its layers and weights, its JSON, what it predicts (y.NAME), "
    "three steps of train_on_batch with SGD(0.1) and what they report, test_on_batch after them. "
    "numbers.drift: largest differences from the same in float64."
)
INPUTS = {"label": 2, "image": 3, "unused": 2}
OUTPUTS = {"validity": 1, "klass": 2}
STEPS = 3
ITEMS = 5


def build(dtype):
    """Inputs and outputs that don't stand in the order of their names, and an unused input."""
    dense = lambda units, name: keras.layers.Dense(units, activation="tanh", name=name, dtype=dtype)
    inputs = {name: keras.Input((size,), name=name, dtype=dtype) for name, size in INPUTS.items()}
    hidden = keras.layers.Add(name="sum", dtype=dtype)(
        [dense(4, "from_label")(inputs["label"]), dense(4, "from_image")(inputs["image"])]
    )
    outputs = {name: dense(size, f"to_{name}")(hidden) for name, size in OUTPUTS.items()}
    model = keras.Model(inputs, outputs, name="named")
    model.compile(
        optimizer=keras.optimizers.SGD(0.1),
        loss={"klass": "mae", "validity": "mse"},
        loss_weights={"validity": 2.0, "klass": 0.5},
        metrics={"klass": ["mse"]},
    )
    return model


def run(dtype, weights, x, y):
    """All numbers of one run."""
    keras.config.set_floatx(dtype)
    model = build(dtype)
    model.set_weights(weights)
    predicted = {name: np.asarray(value) for name, value in model(x, training=False).items()}
    results = []
    for _ in range(STEPS):
        model.reset_metrics()
        results.append(model.train_on_batch(x, y, return_dict=True))
    model.reset_metrics()
    results.append(model.test_on_batch(x, y, return_dict=True))
    keras.config.set_floatx("float32")
    numbers = [{key: float(value) for key, value in result.items()} for result in results]
    return model, predicted, numbers, model.get_weights()


def largest(a, b):
    """The largest difference, as JSON takes it."""
    return float(np.max(np.abs(np.float64(a) - np.float64(b))))


def record():
    """Writes named_models.json."""
    recording = Recording("named_models", NOTE)
    random = np.random.default_rng(8)
    draw = lambda sizes: {
        name: random.normal(0, 1, (ITEMS, size)).astype(np.float32) for name, size in sizes.items()
    }
    x, y = draw(INPUTS), draw(OUTPUTS)
    weights = [
        random.normal(0, 0.5, weight.shape).astype(np.float32) for weight in build("float32").weights
    ]
    model, predicted, results, after = run("float32", weights, x, y)
    _, exact, exact_results, exact_after = run("float64", weights, x, y)
    arrays = {**numbered("weights", weights), **numbered("after", after)}
    for kind, values in (("x", x), ("t", y), ("y", predicted)):
        arrays.update({f"{kind}.{name}": value for name, value in values.items()})
    config = {
        "inputs": list(INPUTS),
        "outputs": list(OUTPUTS),
        "layers": [layer.name for layer in model.layers],
        "weights": [weight.path for weight in model.weights],
        "json": json.loads(build("float32").to_json())["config"],
    }
    drift = {
        "y": {name: largest(predicted[name], exact[name]) for name in predicted},
        "results": [
            {key: abs(result[key] - exact_result[key]) for key in result}
            for result, exact_result in zip(results, exact_results)
        ],
        "after": [largest(a, b) for a, b in zip(after, exact_after)],
    }
    recording.add("named", config, arrays, {"results": results, "drift": drift})
    recording.write()
