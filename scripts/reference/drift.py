"""How far correct float32 implementations drift apart, so that tolerances need no guessing.

The same training runs in float64 and, in float32, in several ways that are equal on paper and
round differently: TensorFlow's graph, eager and XLA modes, and batches in another order.
"""

import dataclasses

import numpy as np

from article import Gan, Mode

LOSSES = ("dLossReal", "dLossFake", "gLoss")
ACCURACIES = ("dAccuracyReal", "dAccuracyFake")
EXACT = (Mode("float64"), 0)
KERAS = (Mode(), 0)
VARIANTS = [
    KERAS,
    (Mode(execution="eager"), 0),
    (Mode(execution="xla"), 0),
    (Mode(), 1),
    (Mode(), 2),
    (Mode(execution="eager"), 3),
    (Mode(execution="xla"), 4),
    (Mode(execution="xla"), 5),
]


@dataclasses.dataclass
class Run:
    """One training: what every step reported, and the weights in the end."""

    log: list[dict]
    weights: list[np.ndarray]

    def column(self, name):
        """One quantity over all steps."""
        return [entry[name] for entry in self.log]


def train(scale, weights, batches, variant, alter=None, **options):
    """Trains on [(images, noise), ...]; the variant's number, unless 0, reorders each batch.

    `alter` may change the networks before they run.
    """
    mode, order = variant
    gan = Gan(scale, weights, mode, **options)
    if alter is not None:
        alter(gan)
    random = np.random.default_rng(order)
    log = []
    for images, noise in batches:
        if order:
            images = images[random.permutation(len(images))]
            noise = noise[random.permutation(len(noise))]
        log.append(gan.step(images, noise))
    return Run(log, gan.weights())


def loss_drift(run, exact, name):
    """Distance from float64 up to each step: it only grows."""
    distance = np.abs(np.array(run.column(name)) - np.array(exact.column(name)))
    return np.maximum.accumulate(distance)


def weight_drift(run, exact):
    """(largest, root mean square) distance from float64 for each weight."""
    differences = [a.astype(np.float64) - b for a, b in zip(run.weights, exact.weights)]
    return np.array([(np.abs(d).max(), np.sqrt(np.mean(d**2))) for d in differences])


def leave_one_out(drifts):
    """How far one variant goes beyond all others: the largest ratio over variants and quantities.

    `drifts` has one row a variant. Below float32's own spacing at 1 a ratio means nothing.
    """
    drifts = np.maximum(np.array([np.ravel(drift) for drift in drifts]), 2.0**-24)
    ratios = []
    for index, row in enumerate(drifts):
        others = np.delete(drifts, index, axis=0).max(axis=0)
        ratios.append((row / others).max())
    return float(max(ratios))


def batch_norm_epsilon(gan):
    """PyTorch's default in place of Keras's."""
    for layer in gan.generator.layers + gan.discriminator.layers:
        if hasattr(layer, "moving_mean"):
            layer.epsilon = 1e-5


def mistakes(adam):
    """Wrong implementations that a comparison has to catch, as options of `train`."""
    epsilon = adam.get("epsilon", 1e-7)
    return {
        "beta1 0.9": {"adam": {**adam, "beta_1": 0.9}},
        "adam epsilon a tenth": {"adam": {**adam, "epsilon": epsilon / 10}},
        "batch norm epsilon 1e-5": {"adam": adam, "alter": batch_norm_epsilon},
        "frozen batch norm by moving statistics": {"adam": adam, "frozen_batch_norm": "moving"},
    }


def excess(run, exact, drifts):
    """How many times the drift a run is away from float64: the largest ratio of each group."""
    tiny = 2.0**-24
    losses = [loss_drift(run, exact, name) / np.maximum(drifts[name], tiny) for name in LOSSES]
    allowed = np.array([(final["max"], final["rms"]) for final in drifts["final"]])
    finals = weight_drift(run, exact) / np.maximum(allowed, tiny)
    return {
        "loss": float(np.max(losses)),
        "max": float(finals[:, 0].max()),
        "rms": float(finals[:, 1].max()),
    }


def report(runs, exact, start):
    """numbers of a case: Keras's log, float64's, and the drift of each quantity."""
    keras_run = runs[0]
    for name in ACCURACIES:
        if any(run.column(name) != exact.column(name) for run in runs):
            raise ValueError(f"{name} hangs on rounding: choose another seed")
    losses = {name: [loss_drift(run, exact, name) for run in runs] for name in LOSSES}
    finals = [weight_drift(run, exact) for run in runs]
    largest = np.max(finals, axis=0)
    changes = [np.sqrt(np.mean((a - b) ** 2)) for a, b in zip(exact.weights, start)]
    return {
        "keras": {name: keras_run.column(name) for name in LOSSES + ACCURACIES},
        "exact": {name: exact.column(name) for name in LOSSES + ACCURACIES},
        "drift": {
            **{name: np.max(drifts, axis=0).tolist() for name, drifts in losses.items()},
            "final": [{"max": float(pair[0]), "rms": float(pair[1])} for pair in largest],
        },
        "leaveOneOut": {
            "loss": leave_one_out(
                [np.array([d[i] for d in losses.values()]) for i in range(len(runs))]
            ),
            "max": leave_one_out([final[:, 0] for final in finals]),
            "rms": leave_one_out([final[:, 1] for final in finals]),
        },
        "change": [float(change) for change in changes],
        "margin": min(exact.column("margin")),
    }
