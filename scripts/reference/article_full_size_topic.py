"""The article's networks at their true size, three steps: 10 million weights, none stored."""

import math

import numpy as np

import drift
import formula
from article import ADAM, Gan, Scale
from layer_run import camel_case
from recording import Recording

SCALE = Scale(base=(8, 10), divisor=1, latent=100)
STEPS, BATCH, SAMPLES = 3, 2, 16
CALM = {**ADAM, "epsilon": 1e-3}
NOTE = (
    "The article's networks at 128 x 160 x 3, dropout 0. Nothing is stored: weights, pictures and "
    "noise come from formula.py / formula.ts. Kernels: uniform(seed, shape, scale) of "
    "config.weights; the rest is the constant `fill`. Step s: pictures bytes(10000 + s) as "
    "(v - 127.5) / 127.5, noise uniform(20000 + s, shape, 2). Final weights as sum, sum of squares "
    "(float64) and samples at hash(30000 + weight, i) % size, i < 16; numbers.drift as in "
    "article_training."
)


def describe_weights(gan):
    """How each start weight is made: a kernel's scale is the power of two nearest Keras's limit."""
    described = []
    for seed, (name, weight) in enumerate(zip(gan.weight_names(), gan.weights())):
        entry = {"name": name, "shape": list(weight.shape)}
        if name.endswith("kernel"):
            fan_in, fan_out = math.prod(weight.shape[:-1]), weight.shape[-1]
            if weight.ndim == 4:
                fan_out *= weight.shape[0] * weight.shape[1]
            limit = math.sqrt(6 / (fan_in + fan_out))
            entry |= {"seed": seed, "scale": 2.0 ** round(math.log2(limit))}
        else:
            entry["fill"] = float(weight.flat[0])
        described.append(entry)
    return described


def make_weight(entry):
    """One start weight."""
    if "fill" in entry:
        return np.full(entry["shape"], entry["fill"], np.float32)
    return formula.uniform(entry["seed"], entry["shape"], entry["scale"])


def make_batch(step):
    """Pictures and noise of one step."""
    pictures = formula.bytes_of(10000 + step, (BATCH, *SCALE.image_shape)).astype(np.float32)
    noise = formula.uniform(20000 + step, (BATCH, SCALE.latent), 2)
    return (pictures - 127.5) / np.float32(127.5), noise


def summarise(weights):
    """sum, sum of squares and samples of each weight."""
    summaries = []
    for position, weight in enumerate(weights):
        flat = weight.astype(np.float64).ravel()
        places = formula.hashes(30000 + position, SAMPLES) % flat.size
        summaries.append(
            {
                "sum": float(flat.sum()),
                "sumOfSquares": float(np.square(flat).sum()),
                "samples": flat[places].tolist(),
            }
        )
    return summaries


def summary_drift(runs, exact):
    """The largest distance from float64 of each part of each summary."""
    drifts = []
    for position, truth in enumerate(exact):
        drifts.append(
            {
                part: max(
                    float(np.max(np.abs(np.subtract(run[position][part], truth[part]))))
                    for run in runs
                )
                for part in ("sum", "sumOfSquares", "samples")
            }
        )
    return drifts


def record_case(recording, name, described, adam):
    """Trains in every variant, one at a time: the weights take 40 MB each time."""
    start = [make_weight(entry) for entry in described]
    batches = [make_batch(step) for step in range(STEPS)]
    exact = drift.train(SCALE, start, batches, drift.EXACT, adam=adam)
    runs = [drift.train(SCALE, start, batches, variant, adam=adam) for variant in drift.VARIANTS]
    numbers = drift.report(runs, exact, start)
    summaries = [summarise(run.weights) for run in runs]
    numbers["keras"]["final"] = summaries[0]
    numbers["exact"]["final"] = summarise(exact.weights)
    sampled = summary_drift(summaries, numbers["exact"]["final"])
    whole = numbers["drift"]["final"]
    numbers["drift"]["final"] = [{**a, **b} for a, b in zip(whole, sampled)]
    config = {"adam": {camel_case(key): value for key, value in adam.items()}}
    recording.add(name, {**config, "steps": STEPS, "batch": BATCH}, numbers=numbers)


def record():
    """Writes article_full_size.json."""
    recording = Recording("article_full_size", NOTE)
    described = describe_weights(Gan(SCALE))
    recording.add("data", {"weights": described})
    record_case(recording, "article", described, ADAM)
    record_case(recording, "calm", described, CALM)
    recording.write()
