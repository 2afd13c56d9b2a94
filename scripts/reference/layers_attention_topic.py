"""Attention, AdditiveAttention, MultiHeadAttention: shapes, masks, options, scores."""

import keras
import numpy as np

from layer_run import camel_options, numbered, record_layer, start_weights
from recording import Recording

NOTE = (
    "Layers of attention, called on lists [query, value, key, attention mask]; what Keras takes as "
    "arguments of calls stands among the options. `scores` are there where they were asked for. "
    "numbers.drift: largest difference from the same computation in float64; numbers.penalty: what "
    "the activity regulariser adds to the loss."
)


def called_with(layer_class, separate):
    """The class with return_attention_scores and use_causal_mask as options, called on a list."""

    class Called(layer_class):
        """Gives the output and keeps the scores."""

        def __init__(self, return_attention_scores=False, use_causal_mask=False, **options):
            super().__init__(**options)
            self.asked = return_attention_scores
            self.arguments = {"use_causal_mask": use_causal_mask}

        def build(self, shapes):
            super().build(*(shapes[:3] if separate else (shapes,)))

        def call(self, inputs, training=None):
            names = ("query", "value", "key", "attention_mask")
            given = dict(zip(names, inputs)) if separate else {"inputs": inputs}
            result = super().call(
                **given, **self.arguments, training=training, return_attention_scores=self.asked
            )
            output, self.scores = result if self.asked else (result, None)
            return output

        def compute_output_spec(self, inputs, training=None):
            shape = super().compute_output_shape(*([x.shape for x in inputs[:3]] if separate else []))
            return keras.KerasTensor(shape, self.compute_dtype)

    Called.__name__ = layer_class.__name__
    return Called


MULTI_HEAD = called_with(keras.layers.MultiHeadAttention, True)
DOT = called_with(keras.layers.Attention, False)
ADDITIVE = called_with(keras.layers.AdditiveAttention, False)

# Row 1 of the first item is left without anything to attend to.
MASK = np.array([[[1, 1, 0, 1], [0, 0, 0, 0], [1, 0, 0, 0]], [[0, 1, 1, 1]] * 3], np.uint8)


def record_one_head(recording):
    """Attention and AdditiveAttention."""
    pair = [(2, 3, 4), (2, 5, 4)]
    triple = [(2, 3, 4), (2, 5, 2), (2, 5, 4)]
    cases = {
        "value": ({}, pair),
        "key": ({}, triple),
        "4-D": ({}, [(2, 2, 3, 4), (2, 2, 5, 4)]),
        "scale": ({"use_scale": True}, pair),
        "no scale": ({"use_scale": False}, pair),
        "causal": ({"use_causal_mask": True}, pair),
        "causal, fewer keys": ({"use_causal_mask": True}, [(2, 4, 3), (2, 2, 3)]),
        "dropout, inference": ({"dropout": 0.5}, pair),
    }
    for name, (options, x) in cases.items():
        record_layer(recording, f"attention {name}", DOT, options, x)
        record_layer(recording, f"additive_attention {name}", ADDITIVE, options, x)
    for scale in (False, True):
        options = {"score_mode": "concat", "use_scale": scale}
        name = f"attention concat{' scale' if scale else ''}"
        record_layer(recording, name, DOT, options, triple)


def record_multi_head(recording):
    """MultiHeadAttention."""
    own, pair = [(2, 3, 4), (2, 3, 4)], [(2, 3, 4), (2, 4, 5)]
    triple = [(2, 3, 4), (2, 4, 5), (2, 4, 3)]
    masked = [*triple, MASK]
    images = [(2, 2, 3, 4), (2, 2, 3, 4)]
    cases = {
        "of itself": ({}, own),
        "value": ({}, pair),
        "key": ({}, triple),
        "one head": ({"num_heads": 1}, pair),
        "value dim": ({"value_dim": 5}, triple),
        "no bias": ({"use_bias": False}, pair),
        "gate": ({"use_gate": True, "value_dim": 2}, pair),
        "output shape": ({"output_shape": 6}, pair),
        "output shape of two axes": ({"output_shape": (2, 3)}, pair),
        "causal": ({"use_causal_mask": True}, own),
        "causal, more keys": ({"use_causal_mask": True}, pair),
        "sliding window": ({"sliding_window": 2}, own),
        "sliding window, causal": ({"sliding_window": 2, "use_causal_mask": True}, pair),
        "mask": ({}, masked),
        "mask and causal": ({"use_causal_mask": True}, masked),
        "mask, dropout, inference": ({"dropout": 0.5}, masked),
        "images": ({}, images),
        "images, axis 2": ({"attention_axes": 2}, images),
        "images, axis 1": ({"attention_axes": (1,)}, images),
        "images, axis -2": ({"attention_axes": (-2,)}, [(2, 2, 3, 4), (2, 2, 5, 4)]),
        "images, axes 2 and 1": ({"attention_axes": (2, 1)}, images),
        "images, axis 1, causal": ({"attention_axes": 1, "use_causal_mask": True}, images),
    }
    for name, (options, x) in cases.items():
        options = {"num_heads": 2, "key_dim": 3, **options}
        record_layer(recording, f"multi_head_attention {name}", MULTI_HEAD, options, x)


def record_scores(recording, name, layer_class, options, x):
    """A case with the scores beside the output, and what activity regularisers add."""
    random = np.random.default_rng(len(recording.cases) + 1)
    x = [item if isinstance(item, np.ndarray) else random.normal(0, 1, item) for item in x]
    x = [item if item.dtype == np.uint8 else item.astype(np.float32) for item in x]
    options = {**options, "return_attention_scores": True}
    results = {}
    for dtype in ("float32", "float64"):
        layer = layer_class(**options, dtype=dtype)
        layer.build([item.shape for item in x])
        if dtype == "float32":
            weights = start_weights(layer, random)
        layer.set_weights(weights)
        y = layer([item if item.dtype == np.uint8 else item.astype(dtype) for item in x])
        penalty = float(sum(float(loss) for loss in layer.losses))
        results[dtype] = {"output": y.numpy(), "scores": layer.scores.numpy()}
    single, double = results["float32"], results["float64"]
    drift = {k: float(np.max(np.abs(single[k].astype(np.float64) - double[k]))) for k in single}
    recording.add(
        name,
        {"layer": layer_class.__name__, "options": camel_options(options)},
        {**numbered("x", x), **numbered("weights", weights), **single},
        {"drift": drift, "penalty": penalty},
    )


def record():
    """Writes layers_attention.json."""
    recording = Recording("layers_attention", NOTE)
    record_one_head(recording)
    record_multi_head(recording)
    pair = [(2, 3, 4), (2, 4, 4)]
    heads = {"num_heads": 2, "key_dim": 3}
    record_scores(recording, "attention scores", DOT, {}, pair)
    record_scores(recording, "additive_attention scores", ADDITIVE, {}, pair)
    record_scores(recording, "multi_head_attention scores", MULTI_HEAD, heads, pair)
    masked = [*pair, (2, 4, 4), MASK]
    record_scores(recording, "multi_head_attention scores, mask", MULTI_HEAD, heads, masked)
    options = {**heads, "attention_axes": (1, 2)}
    images = [(1, 2, 2, 3), (1, 2, 2, 3)]
    record_scores(recording, "multi_head_attention scores, images", MULTI_HEAD, options, images)
    options = {**heads, "activity_regularizer": "l2", "use_gate": True}
    record_scores(recording, "multi_head_attention activity", MULTI_HEAD, options, pair)
    recording.write()
