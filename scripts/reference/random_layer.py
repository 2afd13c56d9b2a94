"""Random Keras layers for tensors of each kind: images, sequences, vectors."""

import keras
from keras import layers

ACTIVATIONS = [None, "tanh", "sigmoid", "elu", "softplus", "gelu", "silu"]
IMAGE, SEQUENCE, VECTOR = 4, 3, 2


def convolution_options(rng, dilation=True):
    """Kernel, strides, padding, dilation, bias and activation of a 2-D convolution."""
    options = {
        "kernel_size": (rng.randint(1, 3), rng.randint(1, 3)),
        "padding": "same",
        "use_bias": rng.random() < 0.7,
        "activation": rng.choice(ACTIVATIONS),
    }
    if rng.random() < 0.3:
        options["strides"] = rng.choice([2, (1, 2), (2, 1)])
    elif dilation and rng.random() < 0.3:
        options["dilation_rate"] = 2
    return options


def equal_strides(options):
    """Depthwise kernels of TensorFlow want equal strides in both directions."""
    if "strides" in options:
        options["strides"] = 2
    return options


def pooling_options(rng):
    """Pool size, strides and padding."""
    return {
        "pool_size": (rng.randint(1, 2), rng.randint(1, 3)),
        "strides": rng.choice([None, 1, 2]),
        "padding": rng.choice(["same", "valid"]),
    }


def normalization(rng, channels):
    """One of the normalisations."""
    center, scale = rng.random() < 0.8, rng.random() < 0.8
    affine = {"center": center, "scale": scale, "epsilon": rng.choice([1e-3, 1e-1])}
    divisors = [group for group in range(1, channels + 1) if channels % group == 0]
    return rng.choice(
        [
            lambda: layers.BatchNormalization(momentum=rng.choice([0.8, 0.99]), **affine),
            lambda: layers.LayerNormalization(**affine),
            lambda: layers.GroupNormalization(groups=rng.choice(divisors), **affine),
        ]
    )()


def pointwise(rng, _tensor=None):
    """A layer that keeps any shape."""
    return rng.choice(
        [
            lambda: layers.LeakyReLU(negative_slope=rng.choice([0.1, 0.3])),
            lambda: layers.ELU(alpha=rng.choice([0.5, 1.0])),
            lambda: layers.ReLU(
                max_value=rng.choice([None, 2.0]), negative_slope=rng.choice([0.0, 0.1])
            ),
            layers.PReLU,
            layers.Softmax,
            lambda: layers.Activation(rng.choice(ACTIVATIONS[1:])),
            lambda: layers.Dropout(0.0),
            lambda: layers.GaussianNoise(0.0),
            lambda: layers.GaussianDropout(0.0),
            lambda: layers.Rescaling(rng.choice([0.5, 2.0]), offset=rng.choice([0.0, -0.5])),
        ]
    )()


def image_layer(rng, shape):
    """A layer from image to image."""
    channels = shape[-1]
    filters = rng.randint(1, 4)
    makers = [
        lambda: layers.Conv2D(filters, **convolution_options(rng)),
        lambda: layers.Conv2DTranspose(filters, **convolution_options(rng, dilation=False)),
        lambda: layers.DepthwiseConv2D(
            depth_multiplier=rng.randint(1, 2), **equal_strides(convolution_options(rng))
        ),
        lambda: layers.SeparableConv2D(filters, **equal_strides(convolution_options(rng))),
        lambda: layers.UpSampling2D(
            (rng.randint(1, 2), 2), interpolation=rng.choice(["nearest", "bilinear"])
        ),
        lambda: layers.ZeroPadding2D(((rng.randint(0, 1), 1), (0, rng.randint(0, 2)))),
        lambda: layers.Cropping2D(((0, 1), (1, 0))),
        lambda: layers.MaxPooling2D(**pooling_options(rng)),
        lambda: layers.AveragePooling2D(**pooling_options(rng)),
        lambda: layers.Resizing(rng.randint(2, 5), rng.randint(2, 5)),
        lambda: layers.Permute((2, 1, 3)),
        lambda: layers.SpatialDropout2D(0.0),
        lambda: layers.Dense(filters, activation=rng.choice(ACTIVATIONS)),
        lambda: layers.PReLU(shared_axes=[1, 2]),
        lambda: normalization(rng, channels),
        lambda: normalization(rng, channels),
        lambda: pointwise(rng),
    ]
    return rng.choice(makers)()


def sequence_layer(rng, shape):
    """A layer from sequence to sequence."""
    filters = rng.randint(1, 4)
    makers = [
        lambda: layers.Conv1D(
            filters,
            rng.randint(1, 3),
            padding=rng.choice(["same", "causal"]),
            dilation_rate=rng.choice([1, 2]),
            activation=rng.choice(ACTIVATIONS),
        ),
        lambda: layers.Dense(filters, activation=rng.choice(ACTIVATIONS)),
        lambda: layers.Permute((2, 1)),
        lambda: layers.UpSampling1D(2),
        lambda: layers.ZeroPadding1D((1, 0)),
        lambda: layers.Cropping1D((0, 1)),
        lambda: layers.MaxPooling1D(2, padding="same"),
        lambda: layers.AveragePooling1D(2, strides=1, padding=rng.choice(["same", "valid"])),
        lambda: layers.LayerNormalization(epsilon=0.1),
        lambda: normalization(rng, shape[-1]),
        lambda: pointwise(rng),
    ]
    return rng.choice(makers)()


def vector_layer(rng, _shape):
    """A layer from vector to vector."""
    makers = [
        lambda: layers.Dense(
            rng.randint(2, 6),
            activation=rng.choice(ACTIVATIONS),
            use_bias=rng.random() < 0.8,
            kernel_regularizer=rng.choice([None, "l2", "l1"]),
        ),
        lambda: layers.BatchNormalization(momentum=0.8, epsilon=0.1),
        lambda: layers.SpectralNormalization(
            layers.Dense(rng.randint(2, 4)), power_iterations=rng.randint(1, 2)
        ),
        lambda: pointwise(rng),
        lambda: layers.UnitNormalization(),
    ]
    return rng.choice(makers)()


CHANGERS = {IMAGE: image_layer, SEQUENCE: sequence_layer, VECTOR: vector_layer}


def nested(rng, tensor):
    """A small model on tensors of this shape: a Sequential or a functional one with a skip."""
    inner = keras.Input(tensor.shape[1:])
    change = CHANGERS[len(tensor.shape)]
    if rng.random() < 0.5:
        first = change(rng, inner.shape)
        second = pointwise(rng)
        return keras.Sequential([inner, first, second])
    changed = pointwise(rng)(inner)
    return keras.Model(inner, layers.Add()([inner, changed]))
