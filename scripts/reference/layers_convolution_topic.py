"""Convolutions of every kind, in one and two dimensions."""

import itertools

from layer_run import record_layer
from layers_pooling_topic import FORMATS, placed
from recording import Recording

NOTE = (
    "Convolutions of Keras. Arrays as in layers.json; the grid of Conv2D over kernels, strides and "
    "paddings is there. In float64, for `drift`, TensorFlow's compiler computes what its kernels for "
    "the CPU lack (some with channels first or dilation). With channels first no result is as long as "
    "it has channels: Keras 3.15 would then add the bias along the wrong axis."
)


def record_conv(recording):
    """Conv1D over its grid, groups and formats of both, causal padding."""
    grid = itertools.product((3, 4), (1, 2, 3), ("same", "valid", "causal"), (6, 7))
    for kernel, strides, padding, length in grid:
        options = {"filters": 3, "kernel_size": kernel, "strides": strides, "padding": padding}
        name = f"conv1d k{kernel} s{strides} {padding} {length}"
        record_layer(recording, name, "Conv1D", options, (1, length, 2))
    for padding in ("same", "valid", "causal"):
        options = {"filters": 2, "kernel_size": 3, "dilation_rate": 2, "padding": padding}
        name = f"conv1d dilation {padding}"
        record_layer(recording, name, "Conv1D", options, (2, 7, 3))
    options = {"filters": 2, "kernel_size": 2, "use_bias": False, "activation": "relu"}
    record_layer(recording, "conv1d relu, no bias", "Conv1D", options, (2, 5, 3))
    for data_format, groups in itertools.product(FORMATS, (1, 2)):
        options = {"filters": 4, "kernel_size": 3, "groups": groups, "data_format": data_format}
        tail = f"groups {groups} {data_format}"
        for padding in ("same", "valid", "causal"):
            full = {**options, "padding": padding}
            x = placed((1, 7, 4), data_format)
            record_layer(recording, f"conv1d {padding} {tail}", "Conv1D", full, x)
        for more in ({"padding": "same"}, {"strides": 2, "padding": "same"}, {"dilation_rate": 2}):
            name = f"conv2d {more} {tail}"
            x = placed((1, 6, 5, 4), data_format)
            record_layer(recording, name, "Conv2D", {**options, **more}, x)
    options = {"filters": 6, "kernel_size": (2, 1), "groups": 3, "activation": "tanh"}
    record_layer(recording, "conv2d three groups", "Conv2D", options, (1, 4, 3, 3))


def record_transpose(recording):
    """Transposed convolutions: kernels shorter and longer than strides, output padding, formats."""
    grid = itertools.product((1, 2, 3, 4, 5), (1, 2, 3), ("same", "valid"))
    for kernel, strides, padding in grid:
        options = {"filters": 3, "kernel_size": kernel, "strides": strides, "padding": padding}
        name = f"conv1d_transpose k{kernel} s{strides} {padding}"
        record_layer(recording, name, "Conv1DTranspose", options, (1, 5, 2))
    grid = itertools.product((2, 3, 4, 5), (1, 2, 3), ("same", "valid"))
    for kernel, strides, padding in grid:
        options = {"filters": 3, "kernel_size": kernel, "strides": strides, "padding": padding}
        name = f"conv2d_transpose k{kernel} s{strides} {padding}"
        record_layer(recording, name, "Conv2DTranspose", options, (1, 2, 3, 2))
    grid = itertools.product((2, 3, 5), (2, 3), ("same", "valid"), (0, 1, 2))
    for kernel, strides, padding, more in grid:
        # TensorFlow has no such result for an even kernel without output padding.
        if more >= strides or (padding == "same" and kernel % 2 + more == 0):
            continue
        options = {"filters": 2, "kernel_size": kernel, "strides": strides, "padding": padding}
        name = f"conv2d_transpose k{kernel} s{strides} {padding} output padding {more}"
        full = {**options, "output_padding": (more, strides - 1)}
        if kernel == 3:
            record_layer(recording, name, "Conv2DTranspose", full, (1, 3, 2, 2))
        name = f"conv1d_transpose k{kernel} s{strides} {padding} output padding {more}"
        full = {**options, "output_padding": more}
        record_layer(recording, name, "Conv1DTranspose", full, (1, 4, 2))
    odd_cases = {
        "strides 2x3": {"kernel_size": (3, 2), "strides": (2, 3), "padding": "same"},
        "kernel 1x4": {"kernel_size": (1, 4), "strides": (3, 2), "padding": "same"},
        "dilation same": {"kernel_size": 3, "dilation_rate": 2, "padding": "same"},
        "dilation valid": {"kernel_size": (2, 3), "dilation_rate": (1, 2)},
        "relu, no bias": {"kernel_size": 4, "strides": 2, "activation": "relu", "use_bias": False},
    }
    for name, options in odd_cases.items():
        full = {"filters": 3, **options}
        record_layer(recording, f"conv2d_transpose {name}", "Conv2DTranspose", full, (2, 4, 3, 2))
    for padding in ("same", "valid"):
        options = {"filters": 2, "kernel_size": 3, "strides": 2, "padding": padding}
        options["data_format"] = "channels_first"
        name = f"conv2d_transpose {padding} channels_first"
        record_layer(recording, name, "Conv2DTranspose", options, (2, 3, 4, 3))
        name = f"conv1d_transpose {padding} channels_first"
        record_layer(recording, name, "Conv1DTranspose", options, (2, 3, 4))


def record_separate(recording):
    """Depthwise and separable convolutions."""
    grid = itertools.product((1, 2), (2, 3), (1, 2), ("same", "valid"))
    for multiplier, kernel, strides, padding in grid:
        options = {"kernel_size": kernel, "strides": strides, "padding": padding}
        options["depth_multiplier"] = multiplier
        tail = f"x{multiplier} k{kernel} s{strides} {padding}"
        record_layer(recording, f"depthwise2d {tail}", "DepthwiseConv2D", options, (1, 5, 4, 3))
        if multiplier == 1:
            continue
        record_layer(recording, f"depthwise1d {tail}", "DepthwiseConv1D", options, (1, 6, 3))
        full = {"filters": 4, **options}
        record_layer(recording, f"separable1d {tail}", "SeparableConv1D", full, (1, 6, 3))
        record_layer(recording, f"separable2d {tail}", "SeparableConv2D", full, (1, 5, 4, 3))
    for more in ({"dilation_rate": 2}, {"use_bias": False}, {"activation": "relu"}):
        options = {"kernel_size": 3, "padding": "same", **more}
        record_layer(recording, f"depthwise2d {more}", "DepthwiseConv2D", options, (1, 5, 4, 3))
        full = {"filters": 2, **options}
        record_layer(recording, f"separable2d {more}", "SeparableConv2D", full, (1, 5, 4, 3))
    for padding in ("same", "valid"):
        options = {"kernel_size": 2, "strides": 2, "dilation_rate": 2, "padding": padding}
        name = f"depthwise2d strides and dilation {padding}"
        record_layer(recording, name, "DepthwiseConv2D", options, (1, 6, 5, 2))
    options = {"kernel_size": 3, "data_format": "channels_first", "depth_multiplier": 2}
    record_layer(recording, "depthwise2d channels_first", "DepthwiseConv2D", options, (2, 3, 6, 5))
    record_layer(recording, "depthwise1d channels_first", "DepthwiseConv1D", options, (2, 3, 6))
    options["filters"] = 5
    record_layer(recording, "separable2d channels_first", "SeparableConv2D", options, (2, 3, 6, 5))
    record_layer(recording, "separable1d channels_first", "SeparableConv1D", options, (2, 3, 6))


def record():
    """Writes layers_convolution.json."""
    recording = Recording("layers_convolution", NOTE)
    record_conv(recording)
    record_transpose(recording)
    record_separate(recording)
    recording.write()
