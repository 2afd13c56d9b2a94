"""Losses: every class and function with each option, odd shapes and weights, and the edges."""

import keras
import numpy as np
import tensorflow as tf

from loss_run import record_loss
from recording import Recording

PROBABILITIES = [0, 1e-8, 1e-7, 2e-7, 0.3, 0.5, 0.7, 1 - 1e-7, 1]
LABELS = [0, 1, 0.9]
NOTE = (
    "Losses of Keras on plain values. `perSample` is the function's result, `value` the class's "
    "with weights and reduction, `gradient` d(sum(value))/d(yPred); numbers.drift: difference "
    "from float64, 0 where a value is clipped. Keras on TensorFlow replaces a sigmoid followed by "
    "binary_crossentropy by the form on logits; on plain values, as here, it clips to "
    "[1e-7, 1 - 1e-7] as its other backends do."
)

SHAPES = [(5,), (6, 4), (3, 1), (3, 2, 4), (2, 3, 2, 3)]
REGRESSION = [
    "MeanSquaredError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredLogarithmicError",
    "LogCosh",
    "Huber",
    "CosineSimilarity",
    "Poisson",
]
HINGES = ["Hinge", "SquaredHinge", "CategoricalHinge"]
BINARY = ["BinaryCrossentropy", "BinaryFocalCrossentropy"]
CATEGORICAL = ["CategoricalCrossentropy", "CategoricalFocalCrossentropy", "KLDivergence"]


def probabilities(random, shape, axis=-1):
    """Rows that add up to 1, no element near 0 or 1."""
    values = random.uniform(0.1, 1, shape)
    return values / values.sum(axis, keepdims=True)


def one_hot(random, shape):
    """Rows with a single 1."""
    return np.eye(shape[-1])[random.integers(0, shape[-1], shape[:-1])]


def record_regression(recording, random):
    """Losses of numbers: every rank, ranks that differ by one, and their options."""
    for loss in REGRESSION:
        for shape in SHAPES:
            y_true, y_pred = random.normal(0, 2, shape), random.normal(0, 2, shape)
            if loss in ("Poisson", "MeanSquaredLogarithmicError"):
                y_true, y_pred = np.abs(y_true), np.abs(y_pred) + 0.1
            if loss == "MeanAbsolutePercentageError":
                y_true = np.sign(y_true) * (np.abs(y_true) + 0.5)
            record_loss(recording, f"{list(shape)}", loss, {}, y_true, y_pred)
        if loss == "Poisson":
            continue
        column = random.uniform(0.5, 3, (4, 1))
        other = random.uniform(0.5, 3, 4)
        record_loss(recording, "targets [4], outputs [4, 1]", loss, {}, other, column)
        record_loss(recording, "targets [4, 1], outputs [4]", loss, {}, column, other)
    y_true, y_pred = random.normal(0, 2, (3, 4, 2)), random.normal(0, 2, (3, 4, 2))
    for delta in (0.5, 3.0):
        record_loss(recording, f"delta {delta}", "Huber", {"delta": delta}, y_true, y_pred)
    for axis in (1, -2, 0):
        record_loss(recording, f"axis {axis}", "CosineSimilarity", {"axis": axis}, y_true, y_pred)
    record_loss(recording, "equal", "LogCosh", {}, [[1, -2]], [[1, -2]])
    record_loss(recording, "on delta", "Huber", {}, [[0, 0, 0.0]], [[1, -1, 0]])
    far = [[30, -30, 100, -100, 1e4]]
    record_loss(recording, "far off", "LogCosh", {}, np.zeros((1, 5)), far)
    zeros = [[0, 1e-8, -2, 4.0]]
    name = "MeanAbsolutePercentageError"
    record_loss(recording, "target 0", name, {}, zeros, [[1, 0, 1, 3.0]], edge=True)
    negative = [[-1, 0, 0.5, -3.0]]
    record_loss(recording, "negative", "MeanSquaredLogarithmicError", {}, zeros, negative)


def record_hinges(recording, random):
    """Labels of -1 and 1, of 0 and 1 (which Keras makes -1 and 1), and others, which stay."""
    for loss in HINGES:
        for shape in SHAPES:
            y_pred = random.normal(0, 1, shape)
            if loss == "CategoricalHinge":
                record_loss(recording, f"{list(shape)}", loss, {}, one_hot(random, shape), y_pred)
                continue
            signs = random.choice([-1, 1], shape)
            signs.flat[0] = -1
            record_loss(recording, f"-1 and 1 {list(shape)}", loss, {}, signs, y_pred)
            record_loss(recording, f"0 and 1 {list(shape)}", loss, {}, (signs + 1) // 2, y_pred)
        if loss != "CategoricalHinge":
            mixed = [[0, 1, -1, 0.5]]
            record_loss(recording, "mixed labels", loss, {}, mixed, random.normal(0, 1, (1, 4)))
            tie = [[1, -1, 1, 0.0]]
            record_loss(recording, "on the margin", loss, {}, tie, [[1, -1, 0.5, 0]])


def record_binary(recording, random):
    """Binary crossentropies: their options alone and together."""
    options = [
        {},
        {"from_logits": True},
        {"label_smoothing": 0.2},
        {"axis": 1},
        {"from_logits": True, "label_smoothing": 0.1, "axis": 0},
    ]
    focal = [{"apply_class_balancing": True}, {"gamma": 0.5}, {"gamma": 3.0}]
    focal += [{"apply_class_balancing": True, "alpha": 0.7, "gamma": 1.0}]
    for loss in BINARY:
        for chosen in options + (focal if loss == BINARY[1] else []):
            y_true = random.integers(0, 2, (3, 4, 2))
            wide = chosen.get("from_logits", False)
            y_pred = random.uniform(0.05, 0.95, y_true.shape)
            if wide:
                # A focal loss takes the logarithm of a rounded sigmoid: near 1 little is left.
                spread = 3 if loss == BINARY[0] else 1
                y_pred = random.normal(0, spread, y_true.shape)
            name = " ".join(f"{key} {value}" for key, value in chosen.items()) or "defaults"
            record_loss(recording, name, loss, chosen, y_true, y_pred)
        for shape in SHAPES:
            y_true, y_pred = random.integers(0, 2, shape), random.uniform(0.05, 0.95, shape)
            record_loss(recording, f"{list(shape)}", loss, {}, y_true, y_pred)
        column = random.uniform(0.05, 0.95, (4, 1))
        record_loss(recording, "targets [4], outputs [4, 1]", loss, {}, [0, 1, 1, 0.3], column)
    logits = [[0, -0.5, 15, -15, 30, -30, 100, -100.0]]
    for label in (0, 1, 0.9, -1):
        y_true = np.full((1, 8), label, np.float32)
        chosen = {"from_logits": True, "axis": 0}
        record_loss(recording, f"far logits, label {label}", BINARY[0], chosen, y_true, logits)
    record_edges(recording, random)


def record_edges(recording, random):
    """binary_crossentropy on every pair of odd values."""
    name = BINARY[0]
    pairs = [(y, p) for y in LABELS for p in PROBABILITIES]
    labels, odd = (np.array(column)[:, None] for column in zip(*pairs))
    record_loss(recording, "edges [n, 1]", name, {}, labels, odd, edge=True)
    mixed = random.choice(PROBABILITIES, (6, 4))
    record_loss(
        recording, "edges [n, 4]", name, {}, random.choice(LABELS, (6, 4)), mixed, edge=True
    )
    focal = {"gamma": 2.0}
    record_loss(recording, "edges", BINARY[1], focal, labels, odd, edge=True)


def record_categorical(recording, random):
    """Crossentropies of classes, dense and sparse; predictions that don't add up to 1 too."""
    options = [{}, {"from_logits": True}, {"label_smoothing": 0.2}, {"axis": 1}]
    options += [{"from_logits": True, "label_smoothing": 0.1}, {"from_logits": True, "axis": 1}]
    focal = [
        {"alpha": 0.7},
        {"alpha": [0.1, 0.5, 1.0, 2.0]},
        {"gamma": 1.0},
        {"gamma": 0.5, "from_logits": True},
    ]
    for loss in CATEGORICAL:
        chosen_options = [{}] if loss == "KLDivergence" else options
        for chosen in chosen_options + (focal if "Focal" in loss else []):
            axis = chosen.get("axis", -1)
            y_true = np.moveaxis(one_hot(random, (3, 2, 4)), -1, axis)
            y_pred = random.uniform(0.1, 0.9, y_true.shape)
            if chosen.get("from_logits"):
                y_pred = random.normal(0, 3, y_true.shape)
            name = " ".join(f"{key} {value}" for key, value in chosen.items()) or "defaults"
            record_loss(recording, name, loss, chosen, y_true, y_pred)
        for shape in [(4,), (6, 4), (3, 2, 4), (2, 3, 2, 3)]:
            y_true = probabilities(random, shape)
            record_loss(recording, f"{list(shape)}", loss, {}, y_true, probabilities(random, shape))
        odd = [[0, 1, 0], [1, 0, 0], [1e-8, 0.5, 0.5]]
        record_loss(recording, "edges", loss, {}, np.eye(3), odd, edge=True)
    far = [[0, 100, -100], [50, 49, 0]]
    record_loss(
        recording, "far logits", CATEGORICAL[0], {"from_logits": True}, np.eye(3)[[0, 1]], far
    )


def record_sparse(recording, random):
    """Class numbers as int32 and float32, with and without a last axis, and one to ignore."""
    loss = "SparseCategoricalCrossentropy"
    for shape in [(6, 4), (3, 2, 4), (2, 3, 2, 3)]:
        labels = random.integers(0, shape[-1], shape[:-1])
        y_pred = random.uniform(0.1, 0.9, shape)
        for dtype in ("int32", "float32"):
            targets = labels.astype(dtype)
            record_loss(recording, f"{dtype} {list(shape)}", loss, {}, targets, y_pred)
            name = f"{dtype} {list(shape)} with last axis"
            record_loss(recording, name, loss, {}, targets[..., None], y_pred)
        logits = random.normal(0, 3, shape)
        name = f"from_logits {list(shape)}"
        record_loss(recording, name, loss, {"from_logits": True}, labels.astype("int32"), logits)
        for ignored in (-1, 1):
            targets = labels.astype("int32")
            targets.flat[0] = ignored
            chosen = {"ignore_class": ignored}
            name = f"ignore_class {ignored} {list(shape)}"
            record_loss(recording, name, loss, chosen, targets, y_pred)
    last = {"axis": 2, "from_logits": True}
    labels = random.integers(0, 4, (3, 2)).astype("int32")
    record_loss(recording, "axis 2", loss, last, labels, random.normal(0, 3, (3, 2, 4)))
    odd = [[0, 1, 0], [1, 0, 0], [1e-8, 0.5, 0.5]]
    labels = np.array([0, 1, 2], "int32")
    record_loss(recording, "edges", loss, {}, labels, odd, edge=True)


def record_weights(recording, random):
    """Every reduction with weights of every shape that broadcasts."""
    reductions = ["sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none", None]
    sizes = {
        (6, 4): [None, (), (1,), (6,), (6, 1), (1, 1)],
        (2, 3, 2, 4): [None, (2, 3, 2), (2, 1, 1), (1, 3, 1), (2, 3, 2, 1), (2,)],
    }
    for reduction in reductions:
        for shape, weights in sizes.items():
            for weight in weights:
                y_true, y_pred = random.normal(0, 1, shape), random.normal(0, 1, shape)
                sample_weight = None if weight is None else random.uniform(0, 2, weight)
                name = f"{reduction}, values {list(shape[:-1])}, weights {weight and list(weight)}"
                if weight == ():
                    name = f"{reduction}, values {list(shape[:-1])}, one weight"
                options = {"reduction": reduction}
                record_loss(
                    recording, name, "MeanSquaredError", options, y_true, y_pred, sample_weight
                )
    zeros = np.zeros(6)
    options = {"reduction": "mean_with_sample_weight"}
    y_true, y_pred = random.normal(0, 1, (6, 4)), random.normal(0, 1, (6, 4))
    record_loss(recording, "weights 0", "MeanSquaredError", options, y_true, y_pred, zeros)
    labels = np.array([0, 2, 2, 1, 3, 2], "int32")
    for reduction in reductions[:5]:
        for weight in (None, random.uniform(0.1, 2, 6)):
            options = {"reduction": reduction, "ignore_class": 2}
            name = f"ignore_class, {reduction}, {'no ' if weight is None else ''}weights"
            loss = "SparseCategoricalCrossentropy"
            y_pred = random.uniform(0.1, 0.9, (6, 4))
            record_loss(recording, name, loss, options, labels, y_pred, weight)


def record_names(recording):
    """Every name that keras.losses.get takes, and the name of the function behind it."""
    known = keras.src.losses.ALL_OBJECTS_DICT
    skipped = ("Loss", "LossFunctionWrapper", "Circle", "CTC", "Dice", "Tversky")
    names = {}
    for name, target in sorted(known.items()):
        function = getattr(target, "__name__", name)
        if name in skipped or function in ("circle", "ctc", "dice", "tversky"):
            continue
        instance = target() if isinstance(target, type) else None
        names[name] = instance.fn.__name__ if instance else function
    recording.add("names", {"names": names})


def record():
    """Writes losses.json."""
    tf.config.set_visible_devices([], "GPU")
    recording = Recording("losses", NOTE)
    random = np.random.default_rng(3)
    record_regression(recording, random)
    record_hinges(recording, random)
    record_binary(recording, random)
    record_categorical(recording, random)
    record_sparse(recording, random)
    record_weights(recording, random)
    record_names(recording)
    recording.write()
