"""Layers that resize images: up-sampling, Resizing, CenterCrop, with every interpolation."""

import itertools

import numpy as np

from layer_run import record_layer
from layers_pooling_topic import FORMATS, placed
from recording import Recording

NOTE = (
    "Resizing of Keras. Arrays as in layers.json. TensorFlow resizes in float32 only: `drift` is the "
    "distance from numpy's float64 result of the same formula, and 0 where images are cropped or "
    "padded too, or hold integers."
)


def triangle(x):
    """The weight of an element at distance x."""
    return np.maximum(1 - np.abs(x), 0)


def cubic(x):
    """Keys's, with a = -1/2."""
    x = np.abs(x)
    near, far = (1.5 * x - 2.5) * x * x + 1, ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x < 1, near, np.where(x < 2, far, 0))


def lanczos(radius):
    """Lanczos's window of that radius."""
    return lambda x: np.where(np.abs(x) <= radius, np.sinc(x) * np.sinc(x / radius), 0)


KERNELS = {
    "bilinear": triangle,
    "bicubic": cubic,
    "lanczos3": lanczos(3),
    "lanczos5": lanczos(5),
}


def weights(length, target, kind, antialias):
    """The matrix (target, length) of one axis, in float64."""
    ratio = length / target
    centre = (np.arange(target) + 0.5) * ratio
    if kind == "nearest":
        return np.eye(length)[np.floor(centre).astype(int)]
    if kind == "bicubic" and not antialias:
        # TensorFlow's table has 1024 steps.
        place = np.floor(centre - 0.5)
        centre = place + np.round((centre - 0.5 - place) * 1024) / 1024 + 0.5
    width = max(ratio, 1) if antialias else 1
    rows = KERNELS[kind]((np.arange(length) + 0.5 - centre[:, None]) / width)
    return rows / rows.sum(axis=1, keepdims=True)


def exact_resize(options):
    """Output and gradient in float64, for images without cropping or padding."""
    last = options.get("data_format", "channels_last") == "channels_last"
    subscripts = "ph,qw,bhwc->bpqc" if last else "ph,qw,bchw->bcpq"
    backward = "ph,qw,bpqc->bhwc" if last else "ph,qw,bcpq->bchw"

    def exact(x, r):
        first = 1 if last else 2
        kind, antialias = options["interpolation"], options.get("antialias", False)
        rows = weights(x.shape[first], options["height"], kind, antialias)
        columns = weights(x.shape[first + 1], options["width"], kind, antialias)
        y = np.einsum(subscripts, rows, columns, x.astype(np.float64))
        return {"y": y, "dx": np.einsum(backward, rows, columns, r.astype(np.float64))}

    return exact


def record_resizing(recording):
    """Up-sampling and resizing with every interpolation."""
    kinds = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")
    for size in (1, 2, 3):
        record_layer(recording, f"up_sampling1d {size}", "UpSampling1D", {"size": size}, (2, 3, 2))
    record_layer(recording, "up_sampling1d default", "UpSampling1D", {}, (1, 3, 2))
    for kind, data_format in itertools.product(kinds, FORMATS):
        options = {"size": (2, 3), "interpolation": kind, "data_format": data_format}
        x = placed((1, 3, 4, 2), data_format)
        name = f"up_sampling2d {kind} {data_format}"
        full = {"height": 6, "width": 12, **options}
        record_layer(recording, name, "UpSampling2D", options, x, exact=exact_resize(full))
    sizes = ((7, 5), (3, 4), (1, 1), (4, 11))
    for kind, antialias, (height, width) in itertools.product(kinds, (False, True), sizes):
        options = {"height": height, "width": width, "interpolation": kind, "antialias": antialias}
        name = f"resizing {kind} {'antialias ' if antialias else ''}{height}x{width}"
        record_layer(recording, name, "Resizing", options, (1, 6, 5, 2), exact=exact_resize(options))
    for ratio, data_format in itertools.product(("crop", "pad"), FORMATS):
        for height, width in ((4, 4), (3, 7), (7, 2)):
            options = {f"{ratio}_to_aspect_ratio": True, "fill_value": 0.5}
            options |= {"height": height, "width": width, "data_format": data_format}
            name = f"resizing {ratio} {height}x{width} {data_format}"
            x = placed((1, 5, 8, 2), data_format)
            record_layer(recording, name, "Resizing", options, x, exact="float32")
    x = np.random.default_rng(5).integers(0, 256, (1, 5, 6, 3)).astype(np.uint8)
    for kind in kinds:
        options = {"height": 8, "width": 4, "interpolation": kind}
        record_layer(recording, f"resizing bytes {kind}", "Resizing", options, x, exact="float32")
    for height, width in ((4, 6), (3, 3), (5, 8), (7, 4), (2, 10)):
        for data_format in FORMATS:
            options = {"height": height, "width": width, "data_format": data_format}
            name = f"center_crop {height}x{width} {data_format}"
            x = placed((1, 5, 8, 2), data_format)
            record_layer(recording, name, "CenterCrop", options, x, exact="float32")


def record():
    """Writes layers_resizing.json."""
    recording = Recording("layers_resizing", NOTE)
    record_resizing(recording)
    recording.write()
