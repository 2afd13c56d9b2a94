"""The article's generator in inference in PyTorch."""

import numpy as np
import torch

from serve import read_options, serve
from torch_gan import count, title
from torch_networks import dcgan_generator


def inference_generator(spec):
    """The generator as it is after training: nothing to be recorded."""
    return dcgan_generator(spec).to(memory_format=torch.channels_last).eval().requires_grad_(False)


def noise_of(options):
    """Input of the generator, an array."""
    shape = options.batch_size, options.spec["latent"]
    return np.random.default_rng(0).normal(0, 1, shape).astype(np.float32)


def main():
    """Builds the generator and answers the driver."""
    options = read_options(__doc__)
    generator = inference_generator(options.spec)
    parameters = {"generator": count(generator)}
    if options.form == "compile":
        # Weights become constants, so that normalisation is folded into the convolutions.
        torch._inductor.config.freezing = True
        generator = torch.compile(generator)
    noise = noise_of(options)

    # freezing works without gradients only, and not in inference_mode.
    @torch.no_grad()
    def run():
        images = generator(torch.from_numpy(noise)).permute(0, 2, 3, 1).numpy()
        return [images[0, 0, 0, 0]]

    serve(title(options.form), parameters, run, options.warmup)


if __name__ == "__main__":
    main()
