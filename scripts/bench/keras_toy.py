"""One train_on_batch of a two-layer model in Keras 3: what a call costs."""

import keras
import numpy as np
from keras import layers

from keras_gan import backend_name, jit_of
from serve import read_options, serve


def main():
    """Builds the model and answers the driver."""
    options = read_options(__doc__)
    spec, rows = options.spec, options.batch_size
    model = keras.Sequential(
        [
            keras.Input((spec["inputs"],)),
            layers.Dense(spec["hidden"], activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(spec["learningRate"]),
        loss="binary_crossentropy",
        jit_compile=jit_of(options.form),
    )
    random = np.random.default_rng(0)
    x = random.normal(0, 1, (rows, spec["inputs"])).astype(np.float32)
    y = np.ones((rows, 1), np.float32)
    run = lambda: [float(model.train_on_batch(x, y))]
    serve(backend_name(), {"model": model.count_params()}, run, options.warmup)


if __name__ == "__main__":
    main()
