"""A GAN step in PyTorch, written by hand: no gradient is computed that nobody uses."""

import contextlib

import numpy as np
import torch
from torch.nn import functional

from serve import serve


def pictures_of(spec, random):
    """Random pictures do: no operation takes longer or shorter for what is in them."""
    return 2 * random.random((256, *spec["image"]), dtype=np.float32) - 1


def tensor_of(images):
    """A channels_last tensor on the memory of a (batch, height, width, channels) array."""
    return torch.from_numpy(images).permute(0, 3, 1, 2)


def precision(policy):
    """Autocast where the policy asks for bfloat16."""
    if policy == "float32":
        return contextlib.nullcontext()
    return torch.autocast("cpu", torch.bfloat16)


def count(module):
    """Weights and moving statistics, as Keras counts them."""
    statistics = [b for name, b in module.named_buffers() if "num_batches" not in name]
    return sum(tensor.numel() for tensor in [*module.parameters(), *statistics])


def title(form):
    """PyTorch, its version and how it runs."""
    return f"PyTorch {torch.__version__.split('+')[0]}, {'torch.compile' if form == 'compile' else 'eager'}"


class GanStep:
    """One step on pictures that are in memory."""

    def __init__(self, options, generator, discriminator):
        self.options, self.latent = options, options.spec["latent"]
        self.random = np.random.default_rng(0)
        self.pictures = pictures_of(options.spec, self.random)
        self.generator, self.discriminator = generator, discriminator
        self.compiled = [generator, discriminator]
        if options.form == "compile":
            self.compiled = [torch.compile(network) for network in self.compiled]
        rate = options.spec["learningRate"]
        self.optimizers = [
            torch.optim.Adam(network.parameters(), rate, (0.5, 0.999), eps=1e-7, fused=True)
            for network in (generator, discriminator)
        ]
        self.labels = {valid: torch.full((options.batch_size, 1), float(valid)) for valid in (0, 1)}

    def loss_of(self, logits, valid):
        """Binary crossentropy of logits."""
        return functional.binary_cross_entropy_with_logits(logits.float(), self.labels[valid])

    def update(self, loss, optimizer):
        """Gradients and one step of an optimizer."""
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss

    def train_discriminator(self, images, valid):
        """One batch of the discriminator."""
        with precision(self.options.policy):
            logits = self.compiled[1](images)
        return self.update(self.loss_of(logits, valid), self.optimizers[1])

    def predict(self, noise):
        """Pictures in inference, as Keras's predict gives them."""
        self.generator.eval()
        with torch.no_grad(), precision(self.options.policy):
            fakes = self.compiled[0](noise).float()
        self.generator.train()
        return fakes

    def train_generator(self, noise):
        """One batch of the generator, through a discriminator whose weights need no gradients."""
        self.discriminator.requires_grad_(False)
        with precision(self.options.policy):
            logits = self.compiled[1](self.compiled[0](noise))
        loss = self.update(self.loss_of(logits, 1), self.optimizers[0])
        self.discriminator.requires_grad_(True)
        return loss

    def run(self):
        """One whole step; the losses of D and G."""
        batch_size = self.options.batch_size
        images = self.pictures[self.random.integers(0, len(self.pictures), batch_size)]
        noise = self.random.normal(0, 1, (batch_size, self.latent)).astype(np.float32)
        noise = torch.from_numpy(noise)
        fakes = self.predict(noise)
        real = self.train_discriminator(tensor_of(images), 1)
        fake = self.train_discriminator(fakes, 0)
        g_loss = self.train_generator(noise)
        return 0.5 * (real.item() + fake.item()), g_loss.item()


def serve_gan(options, make_generator, make_discriminator):
    """Builds both networks and answers the driver."""
    torch.manual_seed(0)
    generator, discriminator = (
        make(options.spec).to(memory_format=torch.channels_last)
        for make in (make_generator, make_discriminator)
    )
    step = GanStep(options, generator, discriminator)
    parameters = {"generator": count(generator), "discriminator": count(discriminator)}
    serve(title(options.form), parameters, step.run, options.warmup)
