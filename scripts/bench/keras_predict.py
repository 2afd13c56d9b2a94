"""predict_on_batch of the article's generator in Keras 3."""

import keras
import numpy as np

from keras_gan import backend_name, jit_of
from keras_networks import dcgan_generator
from serve import read_options, serve


def main():
    """Builds the generator and answers the driver."""
    options = read_options(__doc__)
    generator = dcgan_generator(options.spec)
    generator.compile(jit_compile=jit_of(options.form))
    shape = options.batch_size, options.spec["latent"]
    noise = np.random.default_rng(0).normal(0, 1, shape).astype(np.float32)
    run = lambda: [generator.predict_on_batch(noise)[0, 0, 0, 0]]
    serve(backend_name(), {"generator": generator.count_params()}, run, options.warmup)


if __name__ == "__main__":
    main()
