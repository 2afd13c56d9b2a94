"""Makes random functional models of Keras layers: branches, shared layers, nested models."""

import random

import keras
from keras import layers

from random_layer import CHANGERS, IMAGE, SEQUENCE, VECTOR, nested

MERGES = ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"]


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
