"""A few values of formula.py, against which formula.ts is tested."""

import formula
from recording import Recording

NOTE = "Values of scripts/reference/formula.py; test/reference/formula.ts must give the same bits."


def record():
    """Writes formula.json."""
    recording = Recording("formula", NOTE)
    for seed, shape, scale in [(0, (5,), 1), (1, (2, 3), 0.125), (40000, (3, 4), 2)]:
        recording.add(
            f"seed {seed}",
            {"seed": seed, "shape": shape, "scale": scale},
            {
                "uniform": formula.uniform(seed, shape, scale),
                "bytes": formula.bytes_of(seed, shape),
            },
        )
    # The far end of a large array: index times factor has passed 2^32 many times.
    size = 3_000_000
    recording.add(
        "far",
        {"seed": 7, "shape": [size], "scale": 0.03125, "from": size - 8},
        {
            "uniform": formula.uniform(7, (size,), 0.03125)[-8:],
            "bytes": formula.bytes_of(7, (size,))[-8:],
        },
    )
    recording.write()
