"""Makes random functional models of Keras layers: branches, shared layers, nested models."""

import random

import keras
from keras import layers

ACTIVATIONS = [None, "tanh", "sigmoid", "elu", "softplus", "gelu", "silu"]
MERGES = ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"]
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


class Builder:
    """Grows one random graph."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.inputs = []
        self.pool = []
        self.unused = []
        self.called = []

    def push(self, tensor, used=()):
        """Adds a tensor to choose from."""
        used_ids = {id(item) for item in used}
        self.unused = [item for item in self.unused if id(item) not in used_ids]
        self.pool.append(tensor)
        self.unused.append(tensor)

    def add_inputs(self):
        """One to three inputs; labels go through an Embedding."""
        rng = self.rng
        kinds = rng.choice(
            [[IMAGE], [IMAGE], [IMAGE, VECTOR], [SEQUENCE], [VECTOR], [IMAGE, SEQUENCE], [VECTOR, 1]]
        )
        for kind in kinds:
            lengths = {IMAGE: 3, SEQUENCE: 2, VECTOR: 1, 1: 1}[kind]
            shape = [rng.randint(3, 6) for _ in range(lengths)]
            if kind == 1:
                labels = keras.Input((1,), dtype="int32")
                self.inputs.append(labels)
                embedded = layers.Embedding(7, rng.randint(2, 4))(labels)
                self.push(layers.Flatten()(embedded) if rng.random() < 0.5 else embedded)
                continue
            if kind in (IMAGE, SEQUENCE):
                shape[-1] = rng.randint(1, 3)
            self.inputs.append(keras.Input(shape))
            self.push(self.inputs[-1])

    def call(self, layer, argument):
        """Calls a layer and keeps both for later; nothing happens where the input is too small."""
        try:
            result = layer(argument)
        except ValueError:
            return
        if any(length < 1 for length in result.shape[1:]):
            return
        used = argument if isinstance(argument, list) else [argument]
        self.push(result, used)
        if not isinstance(argument, list):
            self.called.append((layer, argument.shape))

    def grow(self):
        """One more call."""
        rng = self.rng
        tensor = rng.choice(self.unused if rng.random() < 0.7 else self.pool)
        rank = len(tensor.shape)
        same = [other for other in self.pool if other.shape == tensor.shape]
        shared = [layer for layer, shape in self.called if shape == tensor.shape]
        choice = rng.random()
        if choice < 0.15 and len(same) > 1:
            self.call(getattr(layers, rng.choice(MERGES))(), [tensor, rng.choice(same)])
        elif choice < 0.25:
            partners = [o for o in self.pool if o.shape[:-1] == tensor.shape[:-1]]
            self.call(layers.Concatenate(axis=-1), [tensor, rng.choice(partners)])
        elif choice < 0.35 and shared:
            self.call(rng.choice(shared), tensor)
        elif choice < 0.45:
            self.call(nested(rng, tensor), tensor)
        elif choice < 0.55:
            self.reshape(tensor, rank)
        elif choice < 0.62 and rank == SEQUENCE:
            heads = layers.MultiHeadAttention(rng.randint(1, 2), key_dim=rng.randint(2, 3))
            self.push(heads(tensor, tensor), [tensor])
        elif choice < 0.68 and rank == VECTOR and len(same) > 1:
            self.call(layers.Dot(axes=1, normalize=rng.random() < 0.5), [tensor, rng.choice(same)])
        else:
            self.call(CHANGERS[rank](rng, tensor.shape), tensor)

    def reshape(self, tensor, rank):
        """From one kind of tensor to another."""
        rng = self.rng
        if rank == IMAGE:
            height, width, channels = tensor.shape[1:]
            layer = rng.choice(
                [
                    layers.Flatten(),
                    layers.GlobalMaxPooling2D(),
                    layers.GlobalAveragePooling2D(),
                    layers.Reshape((height * width, channels)),
                    layers.Reshape((height, -1)),
                ]
            )
        elif rank == SEQUENCE:
            layer = rng.choice(
                [
                    layers.Flatten(),
                    layers.Reshape((*tensor.shape[1:], 1)),
                    layers.GlobalMaxPooling1D(),
                    layers.GlobalAveragePooling1D(),
                ]
            )
        else:
            layer = rng.choice([layers.RepeatVector(rng.randint(2, 3)), layers.Reshape((-1, 1))])
        self.call(layer, tensor)

    def outputs(self):
        """One to three heads on tensors that nothing else uses, with their losses."""
        rng = self.rng
        tensors = self.unused[-3:] or [self.pool[-1]]
        heads, losses = [], []
        for tensor in tensors:
            flat = tensor if len(tensor.shape) == VECTOR else layers.Flatten()(tensor)
            units = rng.randint(1, 3)
            loss, activation = rng.choice(
                [
                    ("binary_crossentropy", "sigmoid"),
                    ("mean_squared_error", "tanh"),
                    ("mean_squared_error", None),
                    ("mean_absolute_error", None),
                    ("huber", None),
                    ("log_cosh", None),
                    ("categorical_crossentropy", "softmax"),
                ]
            )
            if loss == "categorical_crossentropy":
                units += 1
            heads.append(layers.Dense(units, activation=activation)(flat))
            losses.append(loss)
        return heads, losses


def random_model(seed):
    """A model and the names of its outputs' losses; the same for the same seed."""
    builder = Builder(seed)
    builder.add_inputs()
    for _ in range(builder.rng.randint(4, 11)):
        builder.grow()
    heads, losses = builder.outputs()
    return keras.Model(builder.inputs, heads), losses
