"""The networks of programs.mjs in PyTorch, channels_last."""

import math

from torch import nn


class ToChannelsLast(nn.Module):
    """Rows of height * width * channels as pictures; a view, no copy."""

    def __init__(self, shape):
        super().__init__()
        self.shape = shape

    def forward(self, x):
        return x.reshape(-1, *self.shape).permute(0, 3, 1, 2)


class FlattenChannelsLast(nn.Module):
    """Pictures as rows, in the order in which they lie in memory."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


def norm(kind, features):
    """Keras's BatchNormalization(momentum=0.8)."""
    return kind(features, eps=1e-3, momentum=0.2)


def dcgan_generator(spec):
    """Dense, then doubling, convolution, normalisation and ReLU, several times."""
    kernel, channels = spec["generatorKernel"], spec["start"][-1]
    modules = [
        nn.Linear(spec["latent"], math.prod(spec["start"])),
        nn.ReLU(inplace=True),
        ToChannelsLast(spec["start"]),
    ]
    for filters in spec["generator"]:
        modules.append(nn.Upsample(scale_factor=2))
        for _ in range(spec["depth"]):
            modules.append(nn.Conv2d(channels, filters, kernel, padding="same"))
            modules += [norm(nn.BatchNorm2d, filters), nn.ReLU(inplace=True)]
            channels = filters
    modules += [nn.Conv2d(channels, spec["image"][-1], kernel, padding="same"), nn.Tanh()]
    return nn.Sequential(*modules)


def dcgan_discriminator(spec):
    """Logits. Strided convolutions pad both sides, as PyTorch programs do: shapes and work are Keras's."""
    height, width, channels = spec["image"]
    modules = []
    for block, filters in enumerate(spec["discriminator"]):
        for depth in range(spec["depth"]):
            stride = spec["strides"][block] if depth == 0 else 1
            modules.append(nn.Conv2d(channels, filters, 3, stride=stride, padding=1))
            height, width = math.ceil(height / stride), math.ceil(width / stride)
            if block == 1 and depth == 0:
                modules.append(nn.ZeroPad2d((0, 1, 0, 1)))
                height, width = height + 1, width + 1
            if block > 0:
                modules.append(norm(nn.BatchNorm2d, filters))
            modules += [nn.LeakyReLU(0.2, inplace=True), nn.Dropout(0.25)]
            channels = filters
    modules += [FlattenChannelsLast(), nn.Linear(height * width * channels, 1)]
    return nn.Sequential(*modules)


def mlp_generator(spec):
    """Keras-GAN's gan.py."""
    modules, width = [], spec["latent"]
    for units in spec["generator"]:
        modules += [nn.Linear(width, units), nn.LeakyReLU(0.2, inplace=True)]
        modules.append(norm(nn.BatchNorm1d, units))
        width = units
    modules += [nn.Linear(width, math.prod(spec["image"])), nn.Tanh(), ToChannelsLast(spec["image"])]
    return nn.Sequential(*modules)


def mlp_discriminator(spec):
    """Logits of Keras-GAN's gan.py."""
    modules, width = [FlattenChannelsLast()], math.prod(spec["image"])
    for units in spec["discriminator"]:
        modules += [nn.Linear(width, units), nn.LeakyReLU(0.2, inplace=True)]
        width = units
    modules.append(nn.Linear(width, 1))
    return nn.Sequential(*modules)
