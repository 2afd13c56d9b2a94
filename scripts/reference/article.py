"""The article's DCGAN in Keras 3, at any scale, with the meaning that Keras 2 gave its step."""

import dataclasses

import keras
import numpy as np
import tensorflow as tf
from keras import layers

ADAM = {"learning_rate": 0.0001, "beta_1": 0.5}


@dataclasses.dataclass(frozen=True)
class Scale:
    """Sizes of the networks. The article's: Scale(base=(8, 10), divisor=1, latent=100)."""

    base: tuple[int, int]
    divisor: int
    latent: int

    @property
    def image_shape(self):
        """Height, width, channels after four doublings."""
        return (self.base[0] * 16, self.base[1] * 16, 3)


@dataclasses.dataclass(frozen=True)
class Mode:
    """How to compute: the element type, and 'graph', 'eager' or 'xla'."""

    dtype: str = "float32"
    execution: str = "graph"

    @property
    def compile_options(self):
        """Arguments of Model.compile."""
        return {"run_eagerly": self.execution == "eager", "jit_compile": self.execution == "xla"}


def build_generator(scale):
    """The article's generator."""
    height, width = scale.base
    filters = [count // scale.divisor for count in (512, 256, 128, 64, 32)]
    model = keras.Sequential([keras.Input((scale.latent,))])
    model.add(layers.Dense(filters[0] * height * width, activation="relu"))
    model.add(layers.Reshape((height, width, filters[0])))
    for count in filters[1:]:
        model.add(layers.UpSampling2D())
        model.add(layers.Conv2D(count, kernel_size=3, padding="same"))
        model.add(layers.BatchNormalization(momentum=0.8))
        model.add(layers.Activation("relu"))
    model.add(layers.Conv2D(3, kernel_size=3, padding="same"))
    model.add(layers.Activation("tanh"))
    return model


def build_discriminator(scale, dropout):
    """The article's discriminator; its dropout rate is 0.25."""
    filters = [count // scale.divisor for count in (32, 64, 128, 256, 512)]
    model = keras.Sequential([keras.Input(scale.image_shape)])
    for position, count in enumerate(filters):
        model.add(layers.Conv2D(count, kernel_size=3, strides=2, padding="same"))
        if position == 1:
            model.add(layers.ZeroPadding2D(padding=((0, 1), (0, 1))))
        if position > 0:
            model.add(layers.BatchNormalization(momentum=0.8))
        model.add(layers.LeakyReLU(negative_slope=0.2))
        model.add(layers.Dropout(dropout))
    model.add(layers.Flatten())
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


def clipped_loss(y_true, y_pred):
    """Keras's binary_crossentropy on probabilities.

    tf.identity hides the sigmoid, which Keras on TensorFlow would otherwise turn into the form on
    logits; Keras's other backends, and gantorch, clip.
    """
    return keras.losses.binary_crossentropy(y_true, tf.identity(y_pred))


def margin(_, y_pred):
    """Distance of the nearest prediction from accuracy's threshold."""
    return tf.reduce_min(tf.abs(y_pred - 0.5))


class Combined:
    """combined = Model(z, discriminator(generator(z))) with the discriminator frozen.

    Keras 3 reads `trainable` at every step, so the article's program would stop training its
    discriminator. This is what Keras 2 did: D runs in training mode, but only G's weights and
    moving statistics change. With frozen_batch_norm 'moving', D normalises by its moving
    statistics instead, as Keras 3 does for frozen layers.
    """

    def __init__(self, generator, discriminator, optimizer, mode, frozen_batch_norm="batch"):
        self.generator = generator
        self.discriminator = discriminator
        self.optimizer = optimizer
        self.discriminator_training = frozen_batch_norm == "batch"
        optimizer.build(generator.trainable_variables)
        self.step = self._step
        if mode.execution != "eager":
            self.step = tf.function(self._step, jit_compile=mode.execution == "xla")

    def _step(self, noise, valid):
        saved = [tf.identity(v.value) for v in self.discriminator.non_trainable_variables]
        variables = self.generator.trainable_variables
        with tf.GradientTape() as tape:
            images = self.generator(noise, training=True)
            validity = self.discriminator(images, training=self.discriminator_training)
            loss = tf.reduce_mean(clipped_loss(valid, validity))
        self.optimizer.apply(tape.gradient(loss, [v.value for v in variables]), variables)
        for variable, value in zip(self.discriminator.non_trainable_variables, saved):
            variable.assign(value)
        return loss

    def train_on_batch(self, noise, valid):
        """One step of G; the loss before it."""
        dtype = self.generator.compute_dtype
        return float(self.step(tf.constant(noise, dtype), tf.constant(valid, dtype)))


class Gan:
    """Both networks and the article's step, dropout rate 0."""

    def __init__(self, scale, weights=None, mode=Mode(), adam=ADAM, frozen_batch_norm="batch"):
        keras.config.set_floatx(mode.dtype)
        keras.config.set_dtype_policy(mode.dtype)
        self.generator = build_generator(scale)
        self.discriminator = build_discriminator(scale, dropout=0.0)
        if weights is not None:
            self.generator.set_weights(weights[: len(self.generator.weights)])
            self.discriminator.set_weights(weights[len(self.generator.weights) :])
        self.generator.compile(**mode.compile_options)
        self.discriminator.compile(
            loss=clipped_loss,
            optimizer=keras.optimizers.Adam(**adam),
            metrics=["accuracy", margin],
            **mode.compile_options,
        )
        self.combined = Combined(
            self.generator,
            self.discriminator,
            keras.optimizers.Adam(**adam),
            mode,
            frozen_batch_norm,
        )

    def weights(self):
        """All weights, G's then D's, each layer after layer in Keras's order."""
        return self.generator.get_weights() + self.discriminator.get_weights()

    def weight_names(self):
        """'generator.1.conv2d.kernel' and so on: network, position, kind of layer, weight."""
        names = []
        for network, model in (
            ("generator", self.generator),
            ("discriminator", self.discriminator),
        ):
            for position, layer in enumerate(model.layers):
                kind = keras.src.utils.naming.to_snake_case(type(layer).__name__)
                names += [f"{network}.{position}.{kind}.{weight.name}" for weight in layer.weights]
        return names

    def step(self, images, noise):
        """The article's step; its losses and accuracies by name."""
        valid = np.ones((len(images), 1), np.float32)
        fakes = self.generator.predict(noise, verbose=0)
        real = self.discriminator.train_on_batch(images, valid)
        fake = self.discriminator.train_on_batch(fakes, np.zeros_like(valid))
        g_loss = self.combined.train_on_batch(noise, valid)
        return {
            "dLossReal": float(real[0]),
            "dAccuracyReal": float(real[1]),
            "dLossFake": float(fake[0]),
            "dAccuracyFake": float(fake[1]),
            "gLoss": g_loss,
            "margin": min(float(real[2]), float(fake[2])),
        }
