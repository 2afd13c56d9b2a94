"""Twenty steps of the article's training, in networks of its shape with 1/8 of the filters."""

import keras
import numpy as np

import drift
from article import ADAM, Gan, Scale
from layer_run import camel_case
from recording import Recording, numbered

SCALE = Scale(base=(2, 3), divisor=8, latent=10)
STEPS, BATCH, PICTURES = 20, 4, 24
# With its usual epsilon Adam turns a gradient that is nothing but rounding into a full step. With
# this one it does not, and the same code stands a test that is a thousand times sharper.
CALM = {**ADAM, "epsilon": 1e-3}
NOTE = (
    "The article's step (predict, D on real, D on fake, G) on networks of its shape, dropout 0. "
    "The case 'data' holds the start weights (G's, then D's, config.weightNames), pictures (uint8, "
    "scaled by (v - 127.5) / 127.5), which of them each step takes, and the noise. The others "
    "hold the weights after all steps, `keras.N` as Keras computed them in float32 and `exact.N` "
    "in float64, and in numbers the log. README.md explains numbers.drift and leaveOneOut."
)


def draw_pictures(random):
    """Coloured discs on shaded grounds, with a little noise."""
    height, width, _ = SCALE.image_shape
    y, x = np.mgrid[0:height, 0:width]
    pictures = []
    for _ in range(PICTURES):
        top, bottom, disc = random.integers(20, 230, (3, 3))
        centre_y, centre_x = random.uniform(0.3, 0.7, 2) * (height, width)
        radius = random.uniform(0.2, 0.4) * height
        shade = (y / height)[..., None]
        inside = ((y - centre_y) ** 2 + (x - centre_x) ** 2 < radius**2)[..., None]
        picture = np.where(inside, disc, top * (1 - shade) + bottom * shade)
        pictures.append(picture + random.integers(0, 16, SCALE.image_shape))
    return np.array(pictures).astype(np.uint8)


def make_data(seed):
    """Start weights and everything that the steps consume."""
    keras.utils.set_random_seed(seed)
    gan = Gan(SCALE)
    random = np.random.default_rng(seed)
    return {
        "names": gan.weight_names(),
        "start": gan.weights(),
        "pictures": draw_pictures(random),
        "indices": random.integers(0, PICTURES, (STEPS, BATCH)).astype(np.int32),
        "noise": random.normal(0, 1, (STEPS, BATCH, SCALE.latent)).astype(np.float32),
    }


def record_case(recording, name, data, adam=ADAM, frozen_batch_norm="batch", with_weights=True):
    """Runs all variants of one setting and adds them as a case."""
    scaled = (data["pictures"].astype(np.float32) - 127.5) / np.float32(127.5)
    batches = list(zip(scaled[data["indices"]], data["noise"]))
    options = {"adam": adam, "frozen_batch_norm": frozen_batch_norm}
    exact = drift.train(SCALE, data["start"], batches, drift.EXACT, **options)
    runs = [
        drift.train(SCALE, data["start"], batches, variant, **options) for variant in drift.VARIANTS
    ]
    numbers = drift.report(runs, exact, data["start"])
    if with_weights:
        numbers["mistakes"] = {
            mistake: drift.excess(
                drift.train(SCALE, data["start"], batches, drift.KERAS, **altered),
                exact,
                numbers["drift"],
            )
            for mistake, altered in drift.mistakes(adam).items()
        }
    arrays = numbered("keras", runs[0].weights) | numbered("exact", exact.weights)
    recording.add(
        name,
        {
            "adam": {camel_case(key): value for key, value in adam.items()},
            "frozenBatchNorm": frozen_batch_norm,
        },
        arrays if with_weights else {},
        numbers,
    )


def record(seed=1):
    """Writes article_training.json."""
    recording = Recording("article_training", NOTE)
    data = make_data(seed)
    recording.add(
        "data",
        {
            "base": SCALE.base,
            "divisor": SCALE.divisor,
            "latent": SCALE.latent,
            "steps": STEPS,
            "batch": BATCH,
            "weightNames": data["names"],
        },
        {
            "pictures": data["pictures"],
            "indices": data["indices"],
            "noise": data["noise"],
            **numbered("start", data["start"]),
        },
    )
    record_case(recording, "article", data)
    record_case(recording, "calm", data, adam=CALM)
    record_case(recording, "moving", data, CALM, frozen_batch_norm="moving", with_weights=False)
    recording.write()
