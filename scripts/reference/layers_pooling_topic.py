"""Pooling, and the layers that only pad, crop or flatten images."""

import itertools

import numpy as np

from layer_run import record_layer
from recording import Recording

FORMATS = ("channels_last", "channels_first")
NOTE = (
    "Pooling, padding and cropping of Keras. Arrays as in layers.json. `ties`: windows with several "
    "largest elements, whose gradient only one or all of them get."
)


def placed(shape, data_format):
    """The shape of channels-last images in the given format."""
    batch, *lengths, channels = shape
    last = data_format == "channels_last"
    return (batch, *lengths, channels) if last else (batch, channels, *lengths)


def record_windows(recording):
    """All four pooling layers over windows, strides, paddings and odd and even lengths."""
    for mode in ("Max", "Average"):
        grid = itertools.product((1, 2, 3, 4), (1, 2, 3, None), ("same", "valid"), (6, 7))
        for size, strides, padding, length in grid:
            options = {"pool_size": size, "strides": strides, "padding": padding}
            name = f"{mode} pooling1d k{size} s{strides} {padding} {length}"
            record_layer(recording, name, f"{mode}Pooling1D", options, (2, length, 2))
        pairs = [((2, 2), None), ((3, 3), (2, 2)), ((2, 3), (1, 2)), ((4, 1), (3, 1))]
        pairs += [((2, 2), (1, 1)), ((3, 2), (1, 1)), ((1, 2), (4, 3))]
        grid = itertools.product(pairs, ("same", "valid"), ((6, 5), (5, 4)))
        for (size, strides), padding, (height, width) in grid:
            options = {"pool_size": size, "strides": strides, "padding": padding}
            name = f"{mode} pooling2d k{size} s{strides} {padding} {height}x{width}"
            record_layer(recording, name, f"{mode}Pooling2D", options, (2, height, width, 2))
        for axes, data_format in itertools.product((1, 2), FORMATS):
            options = {"pool_size": 2, "strides": 1, "padding": "same", "data_format": data_format}
            x = placed((2, 5, 3), data_format) if axes == 1 else placed((2, 5, 4, 3), data_format)
            name = f"{mode} pooling{axes}d {data_format}"
            record_layer(recording, name, f"{mode}Pooling{axes}D", options, x)
        options = {"pool_size": 5, "strides": 2, "padding": "same"}
        name = f"{mode} pooling2d window larger than input"
        record_layer(recording, name, f"{mode}Pooling2D", options, (1, 1, 2, 2))
    record_layer(recording, "max pooling1d default", "MaxPooling1D", {}, (1, 5, 2))
    record_layer(recording, "max pooling2d default", "MaxPooling2D", {}, (1, 5, 4, 2))


def record_global(recording):
    """The four global pooling layers."""
    grid = itertools.product(("Max", "Average"), (1, 2), FORMATS, (False, True))
    for mode, axes, data_format, keepdims in grid:
        options = {"data_format": data_format, "keepdims": keepdims}
        x = placed((2, 5, 3) if axes == 1 else (2, 3, 4, 3), data_format)
        name = f"global {mode} pooling{axes}d {data_format} {'kept' if keepdims else 'gone'}"
        record_layer(recording, name, f"Global{mode}Pooling{axes}D", options, x)


def record_ties(recording):
    """Where several elements of a window are largest."""
    x = np.random.default_rng(3).integers(0, 2, (2, 6, 5, 2)).astype(np.float32)
    for strides, padding in itertools.product((1, 2), ("same", "valid")):
        options = {"pool_size": (3, 2), "strides": strides, "padding": padding}
        name = f"ties max pooling2d s{strides} {padding}"
        record_layer(recording, name, "MaxPooling2D", options, x)
    record_layer(recording, "ties max pooling1d", "MaxPooling1D", {"pool_size": 3}, x[:, :, 0])
    record_layer(recording, "ties global max pooling2d", "GlobalMaxPooling2D", {}, x)


def record_borders(recording):
    """Zero padding, cropping, and flattening of both formats."""
    one = {"int": 2, "pair": (1, 2), "before": (2, 0), "none": 0}
    two = {"int": 1, "pair": (1, 0), "all four": ((1, 2), (0, 1)), "mixed": ((0, 1), (0, 0))}
    for name, sides in one.items():
        record_layer(recording, f"cropping1d {name}", "Cropping1D", {"cropping": sides}, (2, 6, 2))
    record_layer(recording, "cropping1d default", "Cropping1D", {}, (2, 3, 2))
    record_layer(recording, "cropping2d default", "Cropping2D", {}, (2, 3, 2, 2))
    record_layer(recording, "zero_padding1d default", "ZeroPadding1D", {}, (2, 3, 2))
    for data_format in FORMATS:
        for name, sides in one.items():
            options = {"padding": sides, "data_format": data_format}
            x = placed((2, 3, 4), data_format)
            full = f"zero_padding1d {name} {data_format}"
            record_layer(recording, full, "ZeroPadding1D", options, x)
        for name, sides in two.items():
            x = placed((2, 5, 4, 3), data_format)
            options = {"cropping": sides, "data_format": data_format}
            record_layer(recording, f"cropping2d {name} {data_format}", "Cropping2D", options, x)
            options = {"padding": sides, "data_format": data_format}
            full = f"zero_padding2d {name} {data_format}"
            record_layer(recording, full, "ZeroPadding2D", options, x)
        for shape in [(2, 3), (2, 3, 4), (2, 2, 3, 4)]:
            options = {"data_format": data_format}
            name = f"flatten {len(shape)}-D {data_format}"
            record_layer(recording, name, "Flatten", options, shape)


def record():
    """Writes layers_pooling.json."""
    recording = Recording("layers_pooling", NOTE)
    record_windows(recording)
    record_global(recording)
    record_ties(recording)
    record_borders(recording)
    recording.write()
