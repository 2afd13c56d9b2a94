"""A critic's step of WGAN-GP in PyTorch, with create_graph=True: losses and gradients.

Needs PyTorch instead of Keras, of any version: on Debian `apt install python3-torch`, and that python3.
"""

import platform

import numpy as np
import torch

from recording import Recording, numbered

NOTE = (
    "Improved WGAN (Gulrajani et al., 2017) in PyTorch: critic(real), critic(fake) and the penalty "
    "on critic(interpolated), each batch normalised by itself. Kernels and images are stored "
    "channels last, in Keras's order: weights.N are conv 1 kernel, bias, batch norm gamma, beta, conv "
    "2 kernel, bias, dense kernel, bias. `gradients.N` belong to the total loss, whose parts are "
    "numbers.losses: mean(fake), -mean(real), 10 x penalty. numbers.drift: distance from float64."
)
BATCH, SIZE, CHANNELS = 5, 8, 2
FILTERS = (4, 6)


def start(random):
    """Weights in Keras's order, and the batch."""
    shapes = [
        (3, 3, CHANNELS, FILTERS[0]),
        (FILTERS[0],),
        (FILTERS[0],),
        (FILTERS[0],),
        (3, 3, *FILTERS),
        (FILTERS[1],),
        ((SIZE // 4) ** 2 * FILTERS[1], 1),
        (1,),
    ]
    weights = [random.normal(0, 0.4, shape).astype(np.float32) for shape in shapes]
    weights[2] = np.abs(weights[2]) + np.float32(0.5)
    images = (BATCH, SIZE, SIZE, CHANNELS)
    real, fake = (random.normal(0, 1, images).astype(np.float32) for _ in range(2))
    return weights, real, fake, random.random((BATCH, 1, 1, 1)).astype(np.float32)


def convolution(x, kernel, bias):
    """Keras's 3 x 3 convolution with strides 2 and padding 'same' on even sizes."""
    x = torch.nn.functional.pad(x, (0, 1, 0, 1))
    return torch.nn.functional.conv2d(x, kernel.permute(3, 2, 0, 1), bias, stride=2)


def critic(x, weights):
    """Convolution, batch normalisation, LeakyReLU, convolution, LeakyReLU, dense."""
    kernel1, bias1, gamma, beta, kernel2, bias2, kernel3, bias3 = weights
    x = convolution(x.permute(0, 3, 1, 2), kernel1, bias1)
    x = torch.nn.functional.batch_norm(x, None, None, gamma, beta, training=True, eps=1e-3)
    x = torch.nn.functional.leaky_relu(x, 0.2)
    x = torch.nn.functional.leaky_relu(convolution(x, kernel2, bias2), 0.2)
    return x.permute(0, 2, 3, 1).flatten(1) @ kernel3 + bias3


def step(dtype, arrays):
    """Parts of the loss and gradients of their sum."""
    weights, real, fake, alpha = arrays
    weights = [torch.tensor(w, dtype=dtype, requires_grad=True) for w in weights]
    real, fake, alpha = (torch.tensor(a, dtype=dtype) for a in (real, fake, alpha))
    between = (alpha * real + (1 - alpha) * fake).requires_grad_()
    score = critic(between, weights)
    (slope,) = torch.autograd.grad(score.sum(), between, create_graph=True)
    norm = slope.square().sum(dim=(1, 2, 3)).sqrt()
    parts = [
        critic(fake, weights).mean(),
        -critic(real, weights).mean(),
        10 * (1 - norm).square().mean(),
    ]
    gradients = torch.autograd.grad(sum(parts), weights)
    return [float(p) for p in parts], [g.numpy() for g in gradients]


def record():
    """Writes torch_gradient_penalty.json."""
    versions = {
        "torch": torch.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
    }
    recording = Recording("torch_gradient_penalty", NOTE, versions=versions)
    for seed in range(3):
        arrays = start(np.random.default_rng(seed))
        losses, gradients = step(torch.float32, arrays)
        exact_losses, exact = step(torch.float64, arrays)
        weights, real, fake, alpha = arrays
        drift = {
            "losses": max(abs(a - b) for a, b in zip(losses, exact_losses)),
            "gradients": [
                float(np.max(np.abs(a.astype(np.float64) - b))) for a, b in zip(gradients, exact)
            ],
        }
        recording.add(
            f"wgan_gp critic {seed}",
            {"batch": BATCH},
            {
                "real": real,
                "fake": fake,
                "alpha": alpha,
                **numbered("weights", weights),
                **numbered("gradients", gradients),
            },
            {"losses": losses, "drift": drift},
        )
    recording.write()
