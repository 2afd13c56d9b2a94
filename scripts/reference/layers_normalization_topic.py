"""Normalising layers: values, gradients, state, and what their options say about weights."""

import keras
import numpy as np

from layer_run import record_layer, record_weights
from recording import Recording

NOTE = (
    "Normalising layers, recorded as in layers.json. `start.N` are weights as a layer begins, "
    "`constrained.N` what the constraints make of `weights.N`; numbers.penalty is the sum of the "
    "regularisers. InstanceNormalization is not part of Keras: this is keras_contrib's code, "
    "written anew for Keras 3 from its description."
)
CONSTANT = {"class_name": "Constant", "config": {"value": 0.75}}
AFFINE_OPTIONS = {
    "beta_initializer": "ones",
    "gamma_initializer": CONSTANT,
    "beta_regularizer": {"class_name": "L1", "config": {"l1": 0.25}},
    "gamma_regularizer": "l2",
    "beta_constraint": "non_neg",
    "gamma_constraint": {"class_name": "MaxNorm", "config": {"max_value": 0.5, "axis": 0}},
}


class InstanceNormalization(keras.layers.Layer):
    """keras_contrib's: epsilon beside the deviation, and one gamma and beta where axis is None."""

    def __init__(self, axis=None, epsilon=1e-3, center=True, scale=True, **kwargs):
        weights = ("beta", "gamma")
        kinds = ("initializer", "regularizer", "constraint")
        names = [f"{weight}_{kind}" for weight in weights for kind in kinds]
        self.weight_options = {name: kwargs.pop(name) for name in names if name in kwargs}
        super().__init__(**kwargs)
        self.axis, self.epsilon, self.center, self.scale = axis, epsilon, center, scale

    def make_weight(self, name, shape, initializer):
        """gamma or beta, as the options that begin with its name say."""
        return self.add_weight(
            name=name,
            shape=shape,
            initializer=self.weight_options.get(f"{name}_initializer", initializer),
            regularizer=keras.regularizers.get(self.weight_options.get(f"{name}_regularizer")),
            constraint=keras.constraints.get(self.weight_options.get(f"{name}_constraint")),
        )

    def build(self, input_shape):
        shape = (1,) if self.axis is None else (input_shape[self.axis],)
        self.gamma = self.make_weight("gamma", shape, "ones") if self.scale else None
        self.beta = self.make_weight("beta", shape, "zeros") if self.center else None

    def call(self, inputs):
        axes = list(range(len(inputs.shape)))
        broadcast = [1] * len(inputs.shape)
        if self.axis is not None:
            del axes[self.axis]
            broadcast[self.axis] = inputs.shape[self.axis]
        del axes[0]
        mean = keras.ops.mean(inputs, axes, keepdims=True)
        deviation = keras.ops.std(inputs, axes, keepdims=True) + self.epsilon
        y = (inputs - mean) / deviation
        if self.scale:
            y = y * keras.ops.reshape(self.gamma, broadcast)
        if self.center:
            y = y + keras.ops.reshape(self.beta, broadcast)
        return y


def record_affine(recording, layer, options, shape, title):
    """A layer with gamma and beta: without either, with another epsilon, with all options."""
    cases = {
        "no center": {"center": False},
        "no scale": {"scale": False},
        "neither": {"center": False, "scale": False},
        "epsilon": {"epsilon": 0.1},
    }
    for name, more in cases.items():
        record_layer(recording, f"{title} {name}", layer, {**options, **more}, shape)
    all_options = {**options, **AFFINE_OPTIONS}
    record_weights(recording, f"{title} weights", layer, all_options, shape)
    record_weights(recording, f"{title} default weights", layer, options, shape)


def record_batch_normalization(recording):
    """What the options of BatchNormalization say about its weights."""
    options = {
        **AFFINE_OPTIONS,
        "moving_mean_initializer": "ones",
        "moving_variance_initializer": CONSTANT,
    }
    layer = "BatchNormalization"
    record_weights(recording, "batch_normalization weights", layer, options, (2, 3, 4))
    record_weights(recording, "batch_normalization default weights", layer, {}, (2, 3, 4))


def record_layer_normalization(recording):
    """Every kind of axis."""
    layer = "LayerNormalization"
    for shape in [(4, 6), (1, 5), (2, 3, 5), (2, 3, 4, 5)]:
        record_layer(recording, f"layer_normalization {shape}", layer, {}, shape)
    for axis in [1, [1, 2, 3], [-1, 1], [2], -2]:
        options = {"axis": axis}
        record_layer(recording, f"layer_normalization axis {axis}", layer, options, (2, 3, 4, 5))
    # Keras multiplies by a gamma here whatever scale says, and has no beta.
    options = {"rms_scaling": True}
    record_layer(recording, "layer_normalization rms scaling", layer, options, (3, 6))
    options = {"rms_scaling": True, "scale": False, "axis": [1]}
    record_layer(recording, "layer_normalization rms scaling axis 1", layer, options, (3, 6, 2))
    x = np.full((3, 4), 2.5, np.float32)
    record_layer(recording, "layer_normalization constant", layer, {}, x)
    record_affine(recording, layer, {"axis": -1}, (3, 6), "layer_normalization")


def record_group_normalization(recording):
    """Every number of groups, and channels elsewhere than last."""
    layer = "GroupNormalization"
    for groups in [1, 2, 3, 6, -1]:
        name = f"group_normalization {groups} groups"
        record_layer(recording, name, layer, {"groups": groups}, (2, 3, 4, 6))
    for axis in [1, 2, -2, 3]:
        options = {"groups": 2, "axis": axis}
        record_layer(recording, f"group_normalization axis {axis}", layer, options, (2, 4, 6, 8))
    record_layer(recording, "group_normalization 2-D", layer, {"groups": 3}, (4, 6))
    record_layer(recording, "group_normalization 3-D", layer, {"groups": 2}, (2, 5, 4))
    record_layer(recording, "group_normalization default", layer, {}, (1, 2, 1, 32))
    record_affine(recording, layer, {"groups": 2}, (2, 3, 4), "group_normalization")


def record_instance_normalization(recording):
    """keras_contrib's default, and each channel by itself."""
    layer = InstanceNormalization
    for shape in [(2, 3, 4, 5), (1, 1, 1, 6), (3, 6), (2, 5, 3)]:
        record_layer(recording, f"instance_normalization {shape}", layer, {}, shape)
    for axis in [-1, 3, 1]:
        options = {"axis": axis}
        record_layer(recording, f"instance_normalization axis {axis}", layer, options, (2, 3, 4, 5))
    record_affine(recording, layer, {"axis": -1}, (2, 3, 4), "instance_normalization")
    record_affine(recording, layer, {}, (2, 3, 4), "instance_normalization all together")


def record_other(recording):
    """UnitNormalization and RMSNormalization."""
    for axis in [-1, 1, [1, 2], [-1, 1]]:
        options = {"axis": axis}
        name = f"unit_normalization axis {axis}"
        record_layer(recording, name, "UnitNormalization", options, (2, 3, 4))
    # Keras's RMSNormalization fails where the axes are not the last ones.
    for axis in [-1, [2], [1, 2]]:
        name = f"rms_normalization axis {axis}"
        record_layer(recording, name, "RMSNormalization", {"axis": axis}, (2, 3, 4))
    record_layer(recording, "unit_normalization default", "UnitNormalization", {}, (4, 6))
    record_layer(recording, "rms_normalization default", "RMSNormalization", {}, (4, 6))
    options = {"epsilon": 0.5}
    record_layer(recording, "rms_normalization epsilon", "RMSNormalization", options, (4, 6))
    record_weights(recording, "rms_normalization weights", "RMSNormalization", {}, (4, 6))


def record_spectral(recording):
    """SpectralNormalization of every kind of kernel, while training and not."""
    cases = {
        "dense": ("Dense", {"units": 5}, (4, 6)),
        "dense no bias": ("Dense", {"units": 1, "use_bias": False}, (4, 6)),
        "conv2d": ("Conv2D", {"filters": 3, "kernel_size": 3, "padding": "same"}, (2, 4, 4, 2)),
        "embedding": (
            "Embedding",
            {"input_dim": 5, "output_dim": 3},
            np.array([[0, 4], [2, 2]], np.float32),
        ),
    }
    for name, (layer_class, config, x) in cases.items():
        options = {"layer": {"class_name": layer_class, "config": config}}
        layer, title = "SpectralNormalization", f"spectral_normalization {name}"
        record_layer(recording, title, layer, options, x, True)
        options = {**options, "power_iterations": 3}
        record_layer(recording, f"{title} 3 iterations", layer, options, x, True)
        record_layer(recording, f"{title} inference", layer, options, x)


class Twice(keras.layers.Layer):
    """Calls a layer on its input and on the double of that."""

    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer = layer

    def call(self, inputs, training=False):
        first = self.layer(inputs, training=training)
        return first + self.layer(inputs * 2, training=training) * 0.5


def record_several_calls():
    """spectral_calls.json: a layer with spectral normalisation that is called twice in a step."""
    note = "As in layers.json: a layer that calls another on x and on 2x and adds half of the latter."
    recording = Recording("spectral_calls", note)
    inner = {"class_name": "Dense", "config": {"units": 5, "activation": "tanh"}}
    options = {"layer": {"class_name": "SpectralNormalization", "config": {"layer": inner}}}
    record_layer(recording, "spectral_normalization twice", Twice, options, (4, 6), True)
    recording.write()


def record():
    """Writes layers_normalization.json and spectral_calls.json."""
    recording = Recording("layers_normalization", NOTE)
    record_batch_normalization(recording)
    record_layer_normalization(recording)
    record_group_normalization(recording)
    record_instance_normalization(recording)
    record_other(recording)
    record_spectral(recording)
    recording.write()
    record_several_calls()
