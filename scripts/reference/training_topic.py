"""compile, train_on_batch, test_on_batch, fit and evaluate of small models, with all their options."""

import keras
import numpy as np

from layer_run import camel_case, camel_options
from recording import Recording, numbered
from training_callbacks import record_callbacks
from training_models import MODELS, make_data

NOTE = (
    "Small models in Keras. config.model names the model (test/native/training_models.ts builds the "
    "same), config.compile holds the arguments of compile and config.call those of the method. "
    "`weights.N` are the first weights, `after.N` those in the end; numbers.results has what each "
    "step reported, by name. numbers.drift: distance from the same run in float64."
)
STEPS = 3
# Numbers that float32 holds exactly: Keras casts them to it, also in float64. The epsilon is large,
# so that a gradient that is nothing but rounding makes no step.
ADAM = {"learning_rate": 2.0**-7, "beta_1": 0.5, "beta_2": 0.75, "epsilon": 2.0**-10}


def single(values):
    """One of one, a list of several."""
    return values[0] if len(values) == 1 else values


def numbers_of(logs):
    """Results as plain numbers."""
    return {key: float(value) for key, value in logs.items()}


def make(model_name, options, weights, dtype):
    """A compiled model with given weights."""
    keras.config.set_floatx(dtype)
    model = MODELS[model_name](dtype)
    if weights is not None:
        model.set_weights(weights)
    options = dict(options)
    optimizer = keras.optimizers.Adam(**ADAM)
    # Eager: in a graph Keras weighs the losses of several outputs by no batch size but None.
    model.compile(optimizer=optimizer, run_eagerly=True, **options)
    return model


def cast(values, dtype):
    """Arrays in another precision; integers stay."""
    if values is None:
        return None
    if isinstance(values, (list, tuple)):
        return type(values)(cast(value, dtype) for value in values)
    if isinstance(values, dict):
        return {key: cast(value, dtype) for key, value in values.items()}
    return values.astype(dtype) if isinstance(values, np.ndarray) else values


def record_case(recording, name, model_name, options, run, items=6, arrays=None, call=None):
    """Runs in float32 and float64; `run(model, x, y)` gives a list of logs."""
    keras.utils.set_random_seed(len(recording.cases) + 1)
    weights = [w + 0.1 for w in MODELS[model_name]("float32").get_weights()]
    x, y = make_data(model_name, items)
    runs = {}
    for dtype in ("float32", "float64"):
        model = make(model_name, options, weights, dtype)
        logs = run(model, single(cast(x, dtype)), single(cast(y, dtype)), dtype)
        runs[dtype] = ([numbers_of(entry) for entry in logs], model.get_weights())
    keras.config.set_floatx("float32")
    (logs, after), (exact_logs, exact_after) = runs["float32"], runs["float64"]
    drift = {
        "results": [
            {key: abs(entry[key] - exact[key]) for key in entry}
            for entry, exact in zip(logs, exact_logs)
        ],
        "after": [float(np.max(np.abs(a - b))) for a, b in zip(after, exact_after)],
    }
    recording.add(
        name,
        {"model": model_name, "compile": camel_options(options), "call": call or {}},
        {
            **numbered("x", x),
            **numbered("y", y),
            **numbered("weights", weights),
            **numbered("after", after),
            **(arrays or {}),
        },
        {"results": logs, "drift": drift},
    )


def steps(method="train_on_batch", **given):
    """STEPS calls of a method, with the same data each time."""

    def run(model, x, y, dtype):
        options = {key: cast(value, dtype) for key, value in given.items()}
        return [
            getattr(model, method)(x, y, return_dict=True, **options) for _ in range(STEPS)
        ]

    return run


TWO = {"loss": ["binary_crossentropy", "categorical_crossentropy"]}
BY_NAME = {"loss": {"valid": "binary_crossentropy", "label": "categorical_crossentropy"}}


def record_steps(recording):
    """What single steps report and change."""
    case = lambda *args, **rest: record_case(recording, *args, **rest)
    case("two outputs, plain", "two outputs", TWO, steps())
    case(
        "two outputs, loss weights and metrics",
        "two outputs",
        {**TWO, "loss_weights": [0.5, 2.0], "metrics": [["accuracy", "mae"], ["accuracy"]]},
        steps(),
    )
    case(
        "two outputs, by name",
        "two outputs",
        {
            **BY_NAME,
            "loss_weights": {"valid": 1.0, "label": 0.25},
            "metrics": {"label": ["accuracy"]},
            "weighted_metrics": {"label": ["accuracy"], "valid": ["mse"]},
        },
        steps(),
    )
    case("two outputs, one loss", "two outputs", {"loss": "mse"}, steps())
    weights = np.array([1, 0, 2, 0.5, 3, 0.25], np.float32)
    case(
        "one output, sample weights",
        "one output",
        {
            "loss": "categorical_crossentropy",
            "metrics": ["accuracy"],
            "weighted_metrics": ["accuracy", "mse"],
        },
        steps(sample_weight=weights),
        arrays={"sampleWeight": weights},
    )
    both = [weights, weights[::-1].copy()]
    case(
        "two outputs, sample weights each",
        "two outputs",
        {**TWO, "weighted_metrics": [["accuracy"], ["accuracy"]]},
        steps(sample_weight=both),
        arrays=numbered("sampleWeights", both),
    )
    case(
        "two outputs, one array of sample weights",
        "two outputs",
        TWO,
        steps(sample_weight=weights),
        arrays={"sampleWeight": weights},
    )
    classes = {0: 0.5, 2: 3.0}
    case(
        "one output, class weights",
        "one output",
        {"loss": "categorical_crossentropy", "weighted_metrics": ["accuracy"]},
        steps(class_weight=classes),
        call={"classWeight": {str(key): value for key, value in classes.items()}},
    )
    case("one output, frozen layer", "one output", {"loss": "mse"}, steps())
    case(
        "one output, test_on_batch",
        "one output",
        {"loss": "categorical_crossentropy", "metrics": ["accuracy"]},
        steps("test_on_batch", sample_weight=weights),
        arrays={"sampleWeight": weights},
    )
    case("two inputs, plain", "two inputs", {"loss": ["mse", "mae"]}, steps())
    case("two inputs, test_on_batch", "two inputs", {"loss": "mse"}, steps("test_on_batch"))


def fit(**options):
    """Logs of each epoch."""

    def run(model, x, y, dtype):
        given = {key: cast(value, dtype) for key, value in options.items()}
        history = model.fit(x, y, verbose=0, shuffle=False, **given).history
        epochs = max(len(values) for values in history.values())
        # Validation may be rarer than epochs.
        return [
            {key: values[epoch] for key, values in history.items() if epoch < len(values)}
            for epoch in range(epochs)
        ]

    return run


def evaluate(**options):
    """The numbers over all batches."""

    def run(model, x, y, dtype):
        given = {key: cast(value, dtype) for key, value in options.items()}
        return [model.evaluate(x, y, verbose=0, return_dict=True, **given)]

    return run


def record_fits(recording):
    """fit and evaluate, in order."""
    case = lambda *args, **rest: record_case(recording, *args, **rest)
    loss = {"loss": "categorical_crossentropy", "metrics": ["accuracy"]}
    weights = np.linspace(0, 2, 11).astype(np.float32)
    calls = {
        "fit, uneven batches": {"batch_size": 4, "epochs": 3},
        "fit, validation split": {"batch_size": 4, "epochs": 3, "validation_split": 0.3},
        "fit, initial epoch": {"batch_size": 5, "epochs": 4, "initial_epoch": 2},
        "fit, class weights": {"batch_size": 3, "epochs": 2, "class_weight": {0: 2.0, 1: 0.5}},
        "fit, validation every second epoch": {
            "batch_size": 4,
            "epochs": 4,
            "validation_split": 0.25,
            "validation_freq": 2,
        },
        "fit, validation in batches of its own size": {
            "batch_size": 4,
            "epochs": 2,
            "validation_split": 0.5,
            "validation_batch_size": 2,
        },
    }
    for name, call in calls.items():
        case(name, "one output", loss, fit(**call), items=11, call=stored(call))
    case(
        "fit, sample weights and validation split",
        "one output",
        {**loss, "weighted_metrics": ["accuracy"]},
        fit(batch_size=4, epochs=2, sample_weight=weights, validation_split=0.3),
        items=11,
        arrays={"sampleWeight": weights},
        call={"batchSize": 4, "epochs": 2, "validationSplit": 0.3},
    )
    call = {"batch_size": 4, "epochs": 2}
    case("fit, two outputs", "two outputs", TWO, fit(**call), items=11, call=stored(call))
    case("fit, two inputs", "two inputs", {"loss": "mse"}, fit(**call), items=11, call=stored(call))
    metrics = {**loss, "weighted_metrics": ["accuracy"]}
    call = {"batch_size": 4}
    case("evaluate", "one output", metrics, evaluate(**call), items=11, call=stored(call))
    case(
        "evaluate, sample weights",
        "one output",
        metrics,
        evaluate(sample_weight=weights, **call),
        items=11,
        arrays={"sampleWeight": weights},
        call=stored(call),
    )
    call = {"batch_size": 3, "steps": 2}
    case("evaluate, steps", "one output", metrics, evaluate(**call), items=11, call=stored(call))
    options = {**TWO, "metrics": [["accuracy"], ["accuracy", "mae"]], "loss_weights": [2.0, 0.5]}
    call = {"batch_size": 4}
    case(
        "evaluate, two outputs",
        "two outputs",
        options,
        evaluate(**call),
        items=11,
        call=stored(call),
    )


def stored(call):
    """Arguments of a method as JSON holds them."""
    return {
        camel_case(key): {str(k): v for k, v in value.items()} if isinstance(value, dict) else value
        for key, value in call.items()
    }


def record():
    """Writes training.json."""
    recording = Recording("training", NOTE)
    record_steps(recording)
    record_fits(recording)
    record_callbacks(recording)
    recording.write()
