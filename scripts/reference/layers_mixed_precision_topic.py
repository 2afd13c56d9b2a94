"""Layers under the policies mixed_bfloat16 and mixed_float16."""

from layer_run import record_layer
from recording import Recording

NOTE = (
    "Layers of Keras that compute in half precision and keep float32 weights. Inputs, results and "
    "gradients are float32; numbers.drift is the distance of the half-precision result from "
    "float64, so it is what rounding to half precision costs."
)
IMAGES = (2, 6, 5, 3)
CASES = {
    "Dense": [({"units": 5}, (3, 4)), ({"units": 5, "activation": "tanh"}, (2, 3, 4))],
    "Conv2D": [
        ({"filters": 4, "kernel_size": 3, "padding": "same"}, IMAGES),
        ({"filters": 4, "kernel_size": 3, "strides": 2, "use_bias": False}, IMAGES),
    ],
    "Conv2DTranspose": [({"filters": 4, "kernel_size": 4, "strides": 2, "padding": "same"}, IMAGES)],
    "DepthwiseConv2D": [({"kernel_size": 3, "padding": "same"}, IMAGES)],
    "BatchNormalization": [({"momentum": 0.8}, IMAGES), ({"momentum": 0.8}, (6, 4))],
    "LayerNormalization": [({}, (4, 6))],
    "LeakyReLU": [({"negative_slope": 0.2}, IMAGES)],
    "Activation": [
        ({"activation": name}, (3, 4)) for name in ("relu", "sigmoid", "softmax", "gelu", "tanh")
    ],
    "UpSampling2D": [({}, IMAGES)],
    "ZeroPadding2D": [({}, IMAGES)],
    "MaxPooling2D": [({"pool_size": 2}, IMAGES)],
    "AveragePooling2D": [({"pool_size": 2}, IMAGES)],
    "Flatten": [({}, IMAGES)],
    "Reshape": [({"target_shape": (5, -1)}, IMAGES)],
    "Add": [({}, [(3, 4), (3, 4)])],
    "Concatenate": [({}, [(3, 4), (3, 2)])],
}


def record():
    """Writes layers_mixed_precision.json."""
    recording = Recording("layers_mixed_precision", NOTE)
    for policy in ("mixed_bfloat16", "mixed_float16"):
        for layer, runs in CASES.items():
            for number, (options, shape) in enumerate(runs):
                trained = (True, False) if layer == "BatchNormalization" else (False,)
                for training in trained:
                    name = f"{policy} {layer} {number}{' training' if training else ''}"
                    record_layer(recording, name, layer, {**options, "dtype": policy}, shape, training)
    recording.write()
