"""The step of Keras-GAN's WGAN-GP in PyTorch: 5 critic steps, then one of the generator."""

import numpy as np
import torch
import torch._functorch.config

from serve import read_options, serve
from torch_gan import count, pictures_of, tensor_of, title
from torch_networks import dcgan_discriminator, dcgan_generator


class WganStep:
    """The step over any two networks that autograd knows.

    `networks` are generator and critic, `parameters` their trained tensors, `updates` apply the
    gradients that the parameters hold, `to_tensor` takes pictures as they lie in memory.
    """

    def __init__(self, options, networks, parameters, updates, to_tensor):
        self.options, self.spec = options, options.spec
        self.generator, self.critic = networks
        self.parameters, self.updates, self.to_tensor = parameters, updates, to_tensor
        self.random = np.random.default_rng(0)
        self.pictures = pictures_of(self.spec, self.random)

    def noise(self):
        """Input of the generator."""
        shape = self.options.batch_size, self.spec["latent"]
        return torch.from_numpy(self.random.normal(0, 1, shape).astype(np.float32))

    def update(self, which, loss):
        """Gradients and one step of one network's optimizer."""
        for parameter in self.parameters[which]:
            parameter.grad = None
        loss.backward()
        self.updates[which]()
        return loss.item()

    def train_critic(self):
        """One batch of the critic, whose loss holds its own gradient."""
        rows = self.options.batch_size
        picks = self.random.integers(0, len(self.pictures), rows)
        real = self.to_tensor(self.pictures[picks])
        with torch.no_grad():
            fake = self.generator(self.noise())
        alpha = torch.from_numpy(self.random.random((rows, 1, 1, 1)).astype(np.float32))
        between = torch.lerp(fake, real, alpha).requires_grad_()
        score = self.critic(between)
        (gradient,) = torch.autograd.grad(score.sum(), between, create_graph=True)
        norm = gradient.square().sum((1, 2, 3)).sqrt()
        loss = self.critic(fake).mean() - self.critic(real).mean()
        return self.update(1, loss + self.spec["penalty"] * (1 - norm).square().mean())

    def train_generator(self):
        """One batch of the generator, through a critic whose weights need no gradients."""
        for parameter in self.parameters[1]:
            parameter.requires_grad_(False)
        loss = self.update(0, -self.critic(self.generator(self.noise())).mean())
        for parameter in self.parameters[1]:
            parameter.requires_grad_(True)
        return loss

    def run(self):
        """One whole step; the losses of critic and generator."""
        losses = [self.train_critic() for _ in range(self.spec["criticSteps"])]
        return losses[-1], self.train_generator()


def main():
    """Builds both networks and answers the driver."""
    options = read_options(__doc__)
    torch.manual_seed(0)
    networks = [
        make(options.spec).to(memory_format=torch.channels_last)
        for make in (dcgan_generator, dcgan_discriminator)
    ]
    parameters = [list(network.parameters()) for network in networks]
    rate = options.spec["learningRate"]
    updates = [
        torch.optim.RMSprop(weights, rate, alpha=0.9, eps=1e-7, foreach=True).step
        for weights in parameters
    ]
    counts = dict(zip(("generator", "discriminator"), map(count, networks)))
    if options.form == "compile":
        # Else it says so of donated buffers before it comes to the gradient's gradient.
        torch._functorch.config.donated_buffer = False
        networks = [torch.compile(network) for network in networks]
    step = WganStep(options, networks, parameters, updates, tensor_of)
    serve(title(options.form), counts, step.run, options.warmup)


if __name__ == "__main__":
    main()
