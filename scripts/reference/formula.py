"""Numbers that Python and TypeScript compute alike, to the last bit, so that none need storing.

test/reference/formula.ts is the same formula.
"""

import numpy as np


def hashes(seed, size):
    """32 well-mixed bits for each of the indices 0 <= i < size."""
    value = np.arange(size, dtype=np.uint64) * 0x9E3779B1 + seed * 0x85EBCA77
    value = value.astype(np.uint32)
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        value = (value ^ (value >> np.uint32(shift))) * np.uint32(factor)
    return value ^ (value >> np.uint32(16))


def uniform(seed, shape, scale):
    """float32 in [-scale, scale), a multiple of scale / 2^23; `scale` is a power of two."""
    signed = (hashes(seed, int(np.prod(shape))) >> np.uint32(8)).astype(np.int32) - 2**23
    return (signed.astype(np.float32) * np.float32(scale / 2**23)).reshape(shape)


def bytes_of(seed, shape):
    """uint8, all values alike often."""
    return (hashes(seed, int(np.prod(shape))) >> np.uint32(24)).astype(np.uint8).reshape(shape)
