"""The article's GAN step in real Keras 3 on TensorFlow, as a peer for scripts/bench/run.mjs.

Protocol: prints `ready`; a line `run N` on stdin runs N whole steps and prints one JSON line
{"seconds": [...]}; `quit` ends. The first JSON line, before `ready`, says what is running.
"""

import argparse
import json
import os
import sys
import time

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras import layers  # noqa: E402

LATENT = 100
IMAGE = (128, 160, 3)


def build_generator():
    """The article's generator."""
    model = keras.Sequential([keras.Input((LATENT,))])
    model.add(layers.Dense(512 * 8 * 10, activation="relu"))
    model.add(layers.Reshape((8, 10, 512)))
    for filters in (256, 128, 64, 32):
        model.add(layers.UpSampling2D())
        model.add(layers.Conv2D(filters, kernel_size=3, padding="same"))
        model.add(layers.BatchNormalization(momentum=0.8))
        model.add(layers.Activation("relu"))
    model.add(layers.Conv2D(3, kernel_size=3, padding="same"))
    model.add(layers.Activation("tanh"))
    return model


def build_discriminator():
    """The article's discriminator."""
    model = keras.Sequential([keras.Input(IMAGE)])
    for position, filters in enumerate((32, 64, 128, 256, 512)):
        model.add(layers.Conv2D(filters, kernel_size=3, strides=2, padding="same"))
        if position == 1:
            model.add(layers.ZeroPadding2D(padding=((0, 1), (0, 1))))
        if position > 0:
            model.add(layers.BatchNormalization(momentum=0.8))
        model.add(layers.LeakyReLU(negative_slope=0.2))
        model.add(layers.Dropout(0.25))
    model.add(layers.Flatten())
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


class Combined(keras.Model):
    """Trains the generator through the discriminator, which stays as it is.

    Keras 3 reads `trainable` at every step, so freezing the discriminator for good, as the article
    does, would stop its own training too. Here the optimizer is given G's variables only.
    """

    def __init__(self, generator, discriminator):
        super().__init__()
        self.generator = generator
        self.discriminator = discriminator

    def call(self, noise, training=False):
        """Validity of the pictures made from noise."""
        return self.discriminator(self.generator(noise, training=training), training=training)

    def train_step(self, data):
        """One step of G. D runs in training mode; its moving statistics are put back."""
        noise, valid, _ = keras.utils.unpack_x_y_sample_weight(data)
        statistics = self.discriminator.non_trainable_variables
        saved = [tf.identity(variable.value) for variable in statistics]
        variables = self.generator.trainable_variables
        with tf.GradientTape() as tape:
            loss = self.compute_loss(y=valid, y_pred=self(noise, training=True))
        gradients = tape.gradient(loss, [variable.value for variable in variables])
        self.optimizer.apply(gradients, variables)
        for variable, value in zip(statistics, saved):
            variable.assign(value)
        return {"loss": loss}


class Step:
    """The article's step on pictures that are in memory."""

    def __init__(self, batch_size, jit):
        self.batch_size = batch_size
        self.random = np.random.default_rng(0)
        # Random pictures do: no operation takes longer or shorter for what is in them.
        self.pictures = self.random.uniform(-1, 1, (256, *IMAGE)).astype(np.float32)
        self.generator = build_generator()
        self.discriminator = build_discriminator()
        self.combined = Combined(self.generator, self.discriminator)
        options = {"loss": "binary_crossentropy", "jit_compile": jit}
        adam = keras.optimizers.Adam(0.0001, 0.5)
        self.discriminator.compile(optimizer=adam, metrics=["accuracy"], **options)
        self.generator.compile(jit_compile=jit)
        adam = keras.optimizers.Adam(0.0001, 0.5)
        self.combined.compile(optimizer=adam, **options)
        adam.build(self.generator.trainable_variables)
        self.valid = np.ones((batch_size, 1), np.float32)
        self.fake = np.zeros((batch_size, 1), np.float32)

    def run(self):
        """One whole step."""
        images = self.pictures[self.random.integers(0, len(self.pictures), self.batch_size)]
        noise = self.random.normal(0, 1, (self.batch_size, LATENT)).astype(np.float32)
        # predict_on_batch skips the data pipeline that predict sets up anew at every call.
        fakes = self.generator.predict_on_batch(noise)
        real = self.discriminator.train_on_batch(images, self.valid)
        fake = self.discriminator.train_on_batch(fakes, self.fake)
        d_loss = 0.5 * np.add(real, fake)
        g_loss = self.combined.train_on_batch(noise, self.valid)
        return float(d_loss[0]), float(d_loss[1]), float(g_loss)


def timed(step, count):
    """Seconds of each of `count` steps."""
    seconds = []
    for _ in range(count):
        start = time.perf_counter()
        step.run()
        seconds.append(time.perf_counter() - start)
    return seconds


def serve(step):
    """Answers the driver until it says quit."""
    print("ready", flush=True)
    for line in sys.stdin:
        words = line.split()
        if words == ["quit"]:
            return
        if len(words) != 2 or words[0] != "run":
            sys.exit(f"unknown command: {line.strip()}")
        print(json.dumps({"seconds": timed(step, int(words[1]))}), flush=True)


def main():
    """Warms up, then serves the driver, or with --steps times that many steps and ends."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--warmup", type=int, default=2)
    parser.add_argument("--steps", type=int, help="time so many steps without a driver")
    parser.add_argument("--jit", action="store_true", help="compile with XLA")
    options = parser.parse_args()
    keras.utils.set_random_seed(0)
    step = Step(options.batch_size, options.jit)
    timed(step, options.warmup)
    name = f"Keras {keras.__version__} on TensorFlow {tf.__version__}"
    print(json.dumps({"name": name + (" (XLA)" if options.jit else "")}), flush=True)
    if options.steps is None:
        serve(step)
    else:
        seconds = timed(step, options.steps)
        rate = options.batch_size / float(np.median(seconds))
        print(json.dumps({"seconds": seconds, "images_per_second": rate}))


if __name__ == "__main__":
    main()
