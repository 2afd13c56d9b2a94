"""The networks of programs.mjs in Keras 3."""

import math

import keras
from keras import layers


def dcgan_generator(spec):
    """Dense, then doubling, convolution, normalisation and ReLU, several times."""
    kernel = spec["generatorKernel"]
    model = keras.Sequential([keras.Input((spec["latent"],))])
    model.add(layers.Dense(math.prod(spec["start"]), activation="relu"))
    model.add(layers.Reshape(spec["start"]))
    for filters in spec["generator"]:
        model.add(layers.UpSampling2D())
        for _ in range(spec["depth"]):
            model.add(layers.Conv2D(filters, kernel, padding="same"))
            model.add(layers.BatchNormalization(momentum=0.8))
            model.add(layers.Activation("relu"))
    model.add(layers.Conv2D(spec["image"][-1], kernel, padding="same"))
    # The last activation in float32, as Keras's guide to mixed precision says.
    model.add(layers.Activation("tanh", dtype="float32"))
    return model


def dcgan_discriminator(spec):
    """Convolution, normalisation (from the second on), LeakyReLU and dropout, several times."""
    model = keras.Sequential([keras.Input(spec["image"])])
    for block, filters in enumerate(spec["discriminator"]):
        for depth in range(spec["depth"]):
            strides = spec["strides"][block] if depth == 0 else 1
            model.add(layers.Conv2D(filters, 3, strides=strides, padding="same"))
            if block == 1 and depth == 0:
                model.add(layers.ZeroPadding2D(((0, 1), (0, 1))))
            if block > 0:
                model.add(layers.BatchNormalization(momentum=0.8))
            model.add(layers.LeakyReLU(negative_slope=0.2))
            model.add(layers.Dropout(0.25))
    model.add(layers.Flatten())
    model.add(layers.Dense(1, activation=spec["head"], dtype="float32"))
    return model


def mlp_generator(spec):
    """Keras-GAN's gan.py."""
    model = keras.Sequential([keras.Input((spec["latent"],))])
    for units in spec["generator"]:
        model.add(layers.Dense(units))
        model.add(layers.LeakyReLU(negative_slope=0.2))
        model.add(layers.BatchNormalization(momentum=0.8))
    model.add(layers.Dense(math.prod(spec["image"]), activation="tanh"))
    model.add(layers.Reshape(spec["image"]))
    return model


def mlp_discriminator(spec):
    """Keras-GAN's gan.py."""
    model = keras.Sequential([keras.Input(spec["image"]), layers.Flatten()])
    for units in spec["discriminator"]:
        model.add(layers.Dense(units))
        model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model
