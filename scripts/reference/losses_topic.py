"""Losses with gradients, and accuracy, from values where the formulas are easily got wrong."""

import keras
import numpy as np
import tensorflow as tf

from recording import Recording

PROBABILITIES = [0, 1e-8, 1e-7, 2e-7, 0.3, 0.5, 0.7, 1 - 1e-7, 1]
LABELS = [0, 1, 0.9]
NOTE = (
    "Losses of Keras on plain values. `perSample` is the loss function's result, numbers.loss its "
    "mean as train_on_batch reports it, `gradient` d(loss)/d(yPred); numbers.drift: difference of "
    "the loss from float64, where no value is clipped. Keras on TensorFlow replaces "
    "a sigmoid followed by binary_crossentropy by the form on logits; on plain values, as here, "
    "it clips to [1e-7, 1 - 1e-7] as its other backends do. Accuracy: threshold > 0.5."
)


def record_loss(recording, name, loss, y_true, y_pred):
    """Adds one loss on one pair of arrays."""
    y_true = np.asarray(y_true, np.float32)
    y_pred = np.asarray(y_pred, np.float32)
    prediction = tf.constant(y_pred)
    with tf.GradientTape() as tape:
        tape.watch(prediction)
        value = keras.losses.get(loss)(y_true, prediction)
        total = tf.reduce_mean(value)
    # At the clipping bounds float64 rounds 1e-7 to another number: no measure of rounding there.
    numbers = {"loss": float(total)}
    if y_pred.min() > 0.01 and y_pred.max() < 0.99:
        double = keras.losses.get(loss)(y_true.astype(np.float64), y_pred.astype(np.float64))
        numbers["drift"] = {"loss": abs(float(total) - float(tf.reduce_mean(double)))}
    recording.add(
        f"{loss} {name}",
        {"loss": loss},
        {
            "yTrue": y_true,
            "yPred": y_pred,
            "perSample": value.numpy(),
            "gradient": tape.gradient(total, prediction).numpy(),
        },
        numbers,
    )


def record_losses(recording):
    """binary_crossentropy on every pair of odd values; squared and absolute errors."""
    pairs = [(y, p) for y in LABELS for p in PROBABILITIES]
    labels, probabilities = (np.array(column)[:, None] for column in zip(*pairs))
    name = "binary_crossentropy"
    record_loss(recording, "[n, 1]", name, labels, probabilities)
    random = np.random.default_rng(3)
    shape = (6, 4)
    mixed = random.choice(PROBABILITIES, shape)
    record_loss(recording, "[n, 4]", name, random.choice(LABELS, shape), mixed)
    for y, p in pairs:
        record_loss(recording, f"y {y} p {p!r}", name, [[y]], [[p]])
    for loss in (name, "mse", "mae"):
        for shape in [(5, 1), (5, 4), (2, 3, 2, 1)]:
            y_true = random.integers(0, 2, shape)
            y_pred = random.uniform(0.02, 0.98, shape)
            record_loss(recording, f"random {list(shape)}", loss, y_true, y_pred)
    for loss in ("mse", "mae"):
        record_loss(recording, "equal", loss, [[1, -2], [0, 0]], [[1, -1], [0, 0.5]])


def accuracy_of(y_true, y_pred):
    """What train_on_batch reports for a model that returns its input."""
    source = keras.Input(y_pred.shape[1:])
    model = keras.Model(source, keras.layers.Activation("linear")(source))
    model.compile(loss="mse", optimizer="sgd", metrics=["accuracy"])
    return float(model.train_on_batch(y_pred, y_true)[1])


def record_accuracy(recording):
    """Binary accuracy with 0.5 itself, odd labels, and several outputs."""
    random = np.random.default_rng(4)
    near = [0, 0.5, np.nextafter(np.float32(0.5), np.float32(1)), 0.49999997, 0.51, 1, -3, 7]
    cases = {
        "threshold, label 0": (np.zeros((8, 1)), np.array(near)[:, None]),
        "threshold, label 1": (np.ones((8, 1)), np.array(near)[:, None]),
        "label 0.9": (np.full((8, 1), 0.9), np.array(near)[:, None]),
        "label -1": (-np.ones((8, 1)), np.array(near)[:, None]),
        "random [7, 1]": (random.integers(0, 2, (7, 1)), random.uniform(0, 1, (7, 1))),
        "one hot [6, 3]": (np.eye(3)[random.integers(0, 3, 6)], random.uniform(0, 1, (6, 3))),
    }
    for name, (y_true, y_pred) in cases.items():
        y_true, y_pred = y_true.astype(np.float32), y_pred.astype(np.float32)
        recording.add(
            f"accuracy {name}",
            {"metric": "accuracy"},
            {"yTrue": y_true, "yPred": y_pred},
            {"accuracy": accuracy_of(y_true, y_pred)},
        )


def record():
    """Writes losses.json."""
    recording = Recording("losses", NOTE)
    record_losses(recording)
    record_accuracy(recording)
    recording.write()
