"""Every layer with weights: its initialisers, regularisers and constraints in a step of training."""

import json

import keras
import numpy as np

from layer_run import camel_case
from recording import Recording, numbered

NOTE = (
    "Models of one layer whose every weight has an initialiser (constant 0.3), a regulariser "
    "(L1L2(0.01, 0.02)) and a constraint (MaxNorm(0.8)) of its own, and whose output has an activity "
    "regulariser (L2(0.01)), as Keras's JSON. `start.N` are the weights as they begin; then they "
    "are set to `weights.N`, and one step of SGD(0.1) on (x, 0) with mean squared error "
    "gives numbers.loss and `updated.N`. config.options: the options under our names."
)
OWN = {
    "initializer": lambda: keras.initializers.Constant(0.3),
    "regularizer": lambda: keras.regularizers.L1L2(0.01, 0.02),
    "constraint": lambda: keras.constraints.MaxNorm(0.8),
}
LAYERS = {
    "Dense": ({"units": 3}, (4,)),
    "Conv1D": ({"filters": 3, "kernel_size": 2}, (5, 2)),
    "Conv2D": ({"filters": 3, "kernel_size": 2}, (4, 5, 2)),
    "Conv1DTranspose": ({"filters": 3, "kernel_size": 2}, (5, 2)),
    "Conv2DTranspose": ({"filters": 3, "kernel_size": 2}, (3, 4, 2)),
    "DepthwiseConv1D": ({"kernel_size": 2, "depth_multiplier": 2}, (5, 2)),
    "DepthwiseConv2D": ({"kernel_size": 2, "depth_multiplier": 2}, (4, 5, 2)),
    "SeparableConv1D": ({"filters": 3, "kernel_size": 2}, (5, 2)),
    "SeparableConv2D": ({"filters": 3, "kernel_size": 2}, (4, 5, 2)),
    "BatchNormalization": ({"momentum": 0.8}, (4, 3)),
    "LayerNormalization": ({}, (4, 3)),
    "GroupNormalization": ({"groups": 2}, (3, 4)),
    "PReLU": ({}, (4, 3)),
    "MultiHeadAttention": ({"num_heads": 2, "key_dim": 3}, (4, 3)),
    "Embedding": ({"input_dim": 6, "output_dim": 3}, (4,)),
}


def options_of(layer_class, options):
    """All initialisers, regularisers and constraints that the layer takes."""
    keys = getattr(keras.layers, layer_class)(**options).get_config().keys()
    own = {
        key: make()
        for ending, make in OWN.items()
        for key in keys
        if key.endswith(f"_{ending}") and key != "activity_regularizer"
    }
    return {**own, "activity_regularizer": keras.regularizers.L2(0.01)}


def run(layer_class, shape, options, extra, x, weights, floatx):
    """First weights, loss and weights after one step."""
    keras.utils.clear_session()
    keras.config.set_floatx(floatx)
    keras.config.set_dtype_policy(floatx)
    is_embedding = layer_class == "Embedding"
    source = keras.Input(shape, dtype="int32" if is_embedding else None)
    layer = getattr(keras.layers, layer_class)(**options, **extra)
    is_attention = layer_class == "MultiHeadAttention"
    model = keras.Model(source, layer(source, source) if is_attention else layer(source))
    start = model.get_weights()
    if weights is None:
        random = np.random.default_rng(3)
        weights = [np.abs(random.normal(0, 0.6, w.shape)).astype(np.float32) for w in start]
    model.set_weights(weights)
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(0.1), jit_compile=False)
    target = np.zeros((len(x), *model.output_shape[1:]), np.float32)
    loss = float(model.train_on_batch(x, target))
    text = json.loads(model.to_json())
    text.pop("compile_config", None)
    return text, start, weights, loss, model.get_weights()


def record():
    """Writes weight_options.json.gz."""
    recording = Recording("weight_options", NOTE, compressed=True)
    for number, (layer_class, (options, shape)) in enumerate(LAYERS.items()):
        random = np.random.default_rng(number)
        if layer_class == "Embedding":
            x = random.integers(0, 6, (3, *shape)).astype(np.int32)
        else:
            x = random.normal(0, 1, (3, *shape)).astype(np.float32)
        extra = options_of(layer_class, options)
        arguments = (layer_class, shape, options, extra, x)
        text, start, weights, loss, updated = run(*arguments, None, "float32")
        _, _, _, exact_loss, exact = run(*arguments, weights, "float64")
        drift = {
            "loss": abs(loss - exact_loss),
            "updated": [float(np.max(np.abs(a - b))) for a, b in zip(updated, exact)],
        }
        recording.add(
            f"{layer_class} weight options",
            {"layer": layer_class, "options": [camel_case(key) for key in extra], "model": text},
            {
                "x": x,
                **numbered("start", start),
                **numbered("weights", weights),
                **numbered("updated", updated),
            },
            {"loss": loss, "drift": drift},
        )
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    recording.write()
