"""The step of Keras-GAN's WGAN-GP in Keras 3 on PyTorch, with a training step of its own."""

import functools

import keras
import torch

from keras_gan import backend_name
from keras_networks import dcgan_discriminator, dcgan_generator
from serve import read_options, serve
from torch_wgan_gp import WganStep


def update_of(network, rate):
    """Applies the gradients that a network's weights hold."""
    optimizer, weights = keras.optimizers.RMSprop(rate), network.trainable_variables
    optimizer.build(weights)

    def update():
        with torch.no_grad():
            optimizer.apply([weight.value.grad for weight in weights], weights)

    return update


def main():
    """Builds both networks and answers the driver."""
    options = read_options(__doc__)
    keras.utils.set_random_seed(0)
    networks = [make(options.spec) for make in (dcgan_generator, dcgan_discriminator)]
    step = WganStep(
        options,
        [functools.partial(network, training=True) for network in networks],
        [[weight.value for weight in network.trainable_variables] for network in networks],
        [update_of(network, options.spec["learningRate"]) for network in networks],
        torch.from_numpy,
    )
    generator, critic = (network.count_params() for network in networks)
    counts = {"generator": generator, "discriminator": critic}
    serve(backend_name(), counts, step.run, options.warmup)


if __name__ == "__main__":
    main()
