"""Rescaling, and augmentation: in inference, and in training where a range leaves no choice."""

import numpy as np

from layer_run import record_layer
from recording import Recording

NOTE = (
    "Preprocessing layers, recorded as in layers.json. RandomTranslation in training by a fixed "
    "share. Where that is no whole number of pixels, or the fill mode is not constant, TensorFlow's "
    "gradient is not the derivative of what it computes, so there is no dx."
)


def record_translation(recording):
    """Every fill mode and interpolation, over whole and broken pixels and past the edge."""
    layer, shape = "RandomTranslation", (2, 4, 5, 2)
    for mode in ("constant", "reflect", "wrap", "nearest"):
        for interpolation in ("bilinear", "nearest"):
            for shift in [(0.25, 0.4), (-0.5, 0.2), (0.3, -0.27), (-0.9, 0.93)]:
                options = {
                    "height_factor": (shift[0], shift[0]),
                    "width_factor": (shift[1], shift[1]),
                    "fill_mode": mode,
                    "interpolation": interpolation,
                    "fill_value": 0.5,
                }
                name = f"random_translation {mode} {interpolation} {shift}"
                record_layer(recording, name, layer, options, shape, True)
                is_exact = mode == "constant" and shift in [(0.25, 0.4), (-0.5, 0.2)]
                if not is_exact:
                    del recording.cases[-1]["arrays"]["dx"]
    options = {"height_factor": 0.2, "width_factor": 0.3}
    record_layer(recording, "random_translation inference", layer, options, shape)
    options = {"height_factor": (0.5, 0.5), "width_factor": 0.0, "data_format": "channels_first"}
    options = {**options, "fill_mode": "constant"}
    record_layer(recording, "random_translation channels first", layer, options, (2, 2, 4, 3), True)


def record():
    """Writes layers_preprocessing.json."""
    recording = Recording("layers_preprocessing", NOTE)
    x = np.arange(24, dtype=np.int32).reshape(2, 2, 2, 3)
    record_layer(recording, "rescaling", "Rescaling", {"scale": 1 / 127.5, "offset": -1.0}, x)
    record_layer(recording, "rescaling of floats", "Rescaling", {"scale": 3.0}, (2, 3))
    options = {"scale": [1.0, 2.0, -0.5], "offset": [0.5, 0.0, -1.0]}
    record_layer(recording, "rescaling channels", "Rescaling", options, (2, 2, 2, 3))
    for mode in ("horizontal", "vertical", "horizontal_and_vertical"):
        options = {"mode": mode}
        name = f"random_flip {mode} inference"
        record_layer(recording, name, "RandomFlip", options, (2, 3, 4, 2))
    record_translation(recording)
    recording.write()
