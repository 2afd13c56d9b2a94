"""One step of a two-layer model in PyTorch: what a call costs."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from serve import read_options, serve
from torch_gan import count, title


def main():
    """Builds the model and answers the driver."""
    options = read_options(__doc__)
    spec, rows = options.spec, options.batch_size
    model = nn.Sequential(
        nn.Linear(spec["inputs"], spec["hidden"]), nn.ReLU(), nn.Linear(spec["hidden"], 1)
    )
    optimizer = torch.optim.Adam(model.parameters(), spec["learningRate"], eps=1e-7, fused=True)
    loss_of = lambda x, y: functional.binary_cross_entropy_with_logits(model(x), y)
    if options.form == "compile":
        loss_of = torch.compile(loss_of)
    random = np.random.default_rng(0)
    x = random.normal(0, 1, (rows, spec["inputs"])).astype(np.float32)
    y = np.ones((rows, 1), np.float32)

    def run():
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(torch.from_numpy(x), torch.from_numpy(y))
        loss.backward()
        optimizer.step()
        return [loss.item()]

    serve(title(options.form), {"model": count(model)}, run, options.warmup)


if __name__ == "__main__":
    main()
