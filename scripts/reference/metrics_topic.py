"""Metrics over several batches, with and without weights, and what 'accuracy' resolves to."""

import keras
import numpy as np
from keras.src.trainers.compile_utils import get_metric

from metric_run import one_hot, record_batches, record_metric, record_with_weights
from recording import Recording

NOTE = (
    "Metrics of Keras after each of several update_state calls: arrays yTrue.N, yPred.N and "
    "sampleWeight.N, `results`; numbers.drift: difference from the metric in float64. "
    "Accuracy: threshold > 0.5."
)


def record_accuracies(recording, random):
    """Accuracy, binary, categorical, sparse, the k best."""
    uniform = random.uniform
    names = ["BinaryAccuracy", "CategoricalAccuracy"]
    items = [["n"], ["n", 1]]

    def binary(*rest):
        return lambda n: (
            random.integers(0, 2, (n, *rest)).astype(float),
            uniform(0, 1, (n, *rest)),
        )

    record_with_weights(recording, random, "[n, 1]", names[0], {}, binary(1), items)
    record_with_weights(recording, random, "[n]", names[0], {}, binary(), items)
    record_with_weights(
        recording, random, "[n, 3]", names[0], {}, binary(3), [["n"], ["n", 3], ["n", 1]]
    )
    record_with_weights(
        recording, random, "[n, 2, 3]", names[0], {}, binary(2, 3), [["n"], ["n", 2]]
    )
    record_with_weights(recording, random, "0.7", names[0], {"threshold": 0.7}, binary(1), [])
    apart = lambda n: (binary()(n)[0], uniform(0, 1, (n, 1)))
    record_with_weights(recording, random, "targets [n]", names[0], {}, apart, [["n"]])
    near = np.array(
        [0, 0.5, np.nextafter(np.float32(0.5), np.float32(1)), 0.49999997, 0.51, 1, -3, 7]
    )
    for label in (0, 1, 0.9, -1):
        batch = (np.full((8, 1), label, float), near[:, None], None)
        record_metric(recording, f"near 0.5, label {label}", names[0], {}, [batch])

    def categorical(*rest):
        return lambda n: (one_hot(random, (n, *rest)), uniform(0, 1, (n, *rest)))

    def sparse(*rest, last=False):
        def make(n):
            labels = random.integers(0, rest[-1], (n, *rest[:-1])).astype("int32")
            return labels[..., None] if last else labels, uniform(0, 1, (n, *rest))

        return make

    whole = lambda n: tuple(random.integers(0, 2, (2, n, 3)).astype(float))
    record_with_weights(recording, random, "[n, 3]", "Accuracy", {}, whole, [["n"]])
    record_with_weights(recording, random, "[n, 4]", names[1], {}, categorical(4), [["n"]])
    record_with_weights(
        recording, random, "[n, 2, 4]", names[1], {}, categorical(2, 4), [["n"], ["n", 2]]
    )
    best = "TopKCategoricalAccuracy"
    for k in (1, 2, 5):
        record_with_weights(recording, random, f"k {k}", best, {"k": k}, categorical(6), [["n"]])
    record_with_weights(
        recording, random, "rank 3", best, {"k": 2}, categorical(2, 4), [["n"], ["n", 2]]
    )
    tied = lambda n: (one_hot(random, (n, 6)), np.round(uniform(0, 1, (n, 6)) * 3))
    record_with_weights(recording, random, "ties", best, {"k": 2}, tied, [])
    record_with_weights(recording, random, "defaults", best, {}, categorical(8), [])
    for last in (False, True):
        name = "last axis" if last else "plain"
        flat, deep = sparse(4, last=last), sparse(2, 4, last=last)
        record_with_weights(recording, random, name, "SparseCategoricalAccuracy", {}, flat, [["n"]])
        record_with_weights(
            recording,
            random,
            f"{name}, rank 3",
            "SparseCategoricalAccuracy",
            {},
            deep,
            [["n"], ["n", 2]],
        )
        record_with_weights(recording, random, name, f"Sparse{best}", {"k": 2}, flat, [["n"]])
        record_with_weights(
            recording, random, f"{name}, rank 3", f"Sparse{best}", {"k": 2}, deep, []
        )
    floats = lambda n: (sparse(4)(n)[0].astype(float), uniform(0, 1, (n, 4)))
    record_with_weights(recording, random, "float", "SparseCategoricalAccuracy", {}, floats, [])


def record_resolution(recording, random):
    """What 'accuracy' is for the shapes of targets and predictions."""
    shapes = [
        ([1], [1]),
        ([], [1]),
        ([3], [3]),
        ([1], [3]),
        ([], [3]),
        ([2, 3], [2, 3]),
        ([2], [2, 3]),
        ([2, 1], [2, 3]),
        ([2, 1], [2, 1]),
    ]
    for target, output in shapes:
        y_true = random.integers(0, 2, (6, *target)).astype("float32")
        y_pred = random.uniform(0, 1, (6, *output)).astype("float32")
        metric = get_metric("accuracy", y_true, y_pred)

        def make(dtype):
            return type(metric)(dtype=dtype)

        config = {"metric": "accuracy", "options": {}, "resolved": type(metric).__name__}
        name = f"accuracy, targets [n, {target}], outputs [n, {output}]".replace("[]", "-")
        record_batches(recording, name, config, make, [(y_true, y_pred, None)])


def record_confusion(recording, random):
    """AUC, precision, recall: curves, sums, thresholds, classes, weights."""

    def binary(*rest):
        return lambda n: (
            random.integers(0, 2, (n, *rest)).astype(float),
            random.uniform(0, 1, (n, *rest)),
        )

    grid = [("ROC", method) for method in ("interpolation", "minoring", "majoring")]
    grid += [
        ("PR", method) for method, _ in zip(("interpolation", "minoring", "majoring"), range(3))
    ]
    for curve, method in grid:
        options = {"curve": curve, "summation_method": method, "num_thresholds": 9}
        record_with_weights(
            recording, random, f"{curve} {method}", "AUC", options, binary(1), [["n"]]
        )
    record_with_weights(
        recording, random, "PRGAIN", "AUC", {"curve": "PRGAIN", "num_thresholds": 9}, binary(1), []
    )
    for shape in [(), (1,), (3,)]:
        record_with_weights(
            recording, random, f"defaults [n, {list(shape)}]", "AUC", {}, binary(*shape), [["n"]]
        )
    record_with_weights(
        recording, random, "2 thresholds", "AUC", {"num_thresholds": 2}, binary(1), []
    )
    logits = lambda n: (random.integers(0, 2, (n, 1)).astype(float), random.normal(0, 2, (n, 1)))
    record_with_weights(recording, random, "logits", "AUC", {"from_logits": True}, logits, [["n"]])
    for thresholds in ([0.2, 0.25, 0.9], [0.25, 0.5, 0.75], [0.5]):
        options = {"thresholds": thresholds}
        record_with_weights(
            recording, random, f"thresholds {thresholds}", "AUC", options, binary(1), [["n"]]
        )
    on = lambda n: (random.integers(0, 2, (n, 1)).astype(float), random.integers(0, 9, (n, 1)) / 8)
    record_with_weights(recording, random, "on thresholds", "AUC", {"num_thresholds": 9}, on, [])
    beyond = lambda n: (random.integers(0, 2, (n, 1)).astype(float), random.normal(0.5, 1, (n, 1)))
    record_with_weights(recording, random, "outside 0..1", "AUC", {"num_thresholds": 9}, beyond, [])
    ones = lambda n: (np.ones((n, 1)), random.uniform(0, 1, (n, 1)))
    record_with_weights(recording, random, "one class", "AUC", {}, ones, [])
    for name in ("Precision", "Recall"):
        for shape in [(), (1,), (3,)]:
            weights = [["n"], ["n", 3]] if shape == (3,) else [["n"]]
            record_with_weights(
                recording, random, f"[n, {list(shape)}]", name, {}, binary(*shape), weights
            )
        record_with_weights(recording, random, "0.8", name, {"thresholds": 0.8}, binary(1), [["n"]])
        record_with_weights(recording, random, "[0.2]", name, {"thresholds": [0.2]}, binary(1), [])
        record_with_weights(recording, random, "on 0.5", name, {}, on, [])
        negative = lambda n: (np.zeros((n, 1)), np.zeros((n, 1)))
        record_with_weights(recording, random, "nothing", name, {}, negative, [])
        classes = lambda n: (one_hot(random, (n, 4)), random.uniform(0, 1, (n, 4)))
        for options in [
            {"top_k": 2},
            {"class_id": 1},
            {"top_k": 2, "class_id": 3},
            {"top_k": 2, "thresholds": 0.6},
        ]:
            chosen = " ".join(f"{key} {value}" for key, value in options.items())
            record_with_weights(recording, random, chosen, name, options, classes, [["n"]])


def record_means(recording, random):
    """Mean itself, the losses as metrics, and what only metrics have."""
    pairs = [
        ("MeanSquaredError", {}),
        ("MeanAbsoluteError", {}),
        ("MeanAbsolutePercentageError", {}),
    ]
    pairs += [
        ("MeanSquaredLogarithmicError", {}),
        ("RootMeanSquaredError", {}),
        ("LogCoshError", {}),
    ]
    pairs += [
        ("CosineSimilarity", {}),
        ("CosineSimilarity", {"axis": 1}),
        ("Poisson", {}),
        ("Hinge", {}),
    ]
    pairs += [
        ("SquaredHinge", {}),
        ("KLDivergence", {}),
        ("CategoricalHinge", {}),
        ("BinaryCrossentropy", {}),
    ]
    pairs += [("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1})]
    pairs += [("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.1, "axis": 1})]
    for name, options in pairs:
        for rest in [(3,), (2, 3)]:
            if options.get("axis") == 1 and rest == (3,):
                continue
            make = lambda n: (
                random.uniform(0.1, 1, (n, *rest)),
                random.uniform(0.1, 0.9, (n, *rest)),
            )
            chosen = " ".join(f"{key} {value}" for key, value in options.items()) or "defaults"
            weights = [["n"], ["n", 1]] if rest == (3,) else [["n"]]
            record_with_weights(
                recording, random, f"{chosen} [n, {list(rest)}]", name, options, make, weights
            )
    sparse = lambda n: (random.integers(0, 3, n).astype("int32"), random.uniform(0.1, 1, (n, 3)))
    name = "SparseCategoricalCrossentropy"
    for options in [{}, {"ignore_class": 1}, {"from_logits": True}]:
        chosen = " ".join(f"{key} {value}" for key, value in options.items()) or "defaults"
        record_with_weights(recording, random, chosen, name, options, sparse, [["n"]])
    for shape in [(), ("n",), ("n", 2), ("n", 2, 3)]:
        # Mean takes values and weights where the others take targets and predictions.
        for weights in ([], ["n"], ["n", 2]):
            if len(weights) > len(shape):
                continue
            batches = []
            for n in (6, 5, 4):
                size = lambda lengths: [n if length == "n" else length for length in lengths]
                batches.append(
                    (random.normal(1, 1, size(shape)), random.uniform(0, 2, size(weights)), None)
                )
            record_metric(recording, f"{list(shape)}, weights {weights}", "Mean", {}, batches)


def record_names(recording):
    """Every name that keras.metrics.get takes and the class behind it."""
    known = keras.src.metrics.ALL_OBJECTS_DICT
    recording.add("names", {"names": {name: target.__name__ for name, target in sorted(known.items())}})


def record():
    """Writes metrics.json."""
    recording = Recording("metrics", NOTE)
    random = np.random.default_rng(4)
    record_accuracies(recording, random)
    record_resolution(recording, random)
    record_confusion(recording, random)
    record_means(recording, random)
    record_names(recording)
    recording.write()
