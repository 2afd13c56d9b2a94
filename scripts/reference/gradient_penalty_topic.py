"""One step of a WGAN-GP critic, whose loss holds gradients of the critic itself."""

import keras
import numpy as np
import tensorflow as tf

from recording import Recording, numbered

NOTE = (
    "A WGAN-GP critic's step: loss mean(-D(real)) + mean(D(fake)) + 10 * penalty, the penalty being "
    "mean((1 - |dD(x)/dx|)^2) at x = alpha * real + (1 - alpha) * fake, D in training mode throughout. "
    "fake comes from a generator with weights.0 and weights.1; the others are the critic's, in Keras's "
    "order. `after.N`: the critic's weights less their gradients, moving statistics after the three "
    "calls. numbers.drift: distance from float64. Nested GradientTapes in TensorFlow, with batch normalisation written out: Keras's is wrong to second order (tf.nn.moments keeps the mean out of the variance's derivative)."
)
BATCH, LATENT, SIZE = 5, 3, 7


def build(dtype):
    """Generator and critic: convolution, batch normalisation, LeakyReLU, twice."""
    layers = keras.layers
    generator = keras.Sequential(
        [
            keras.Input((LATENT,), dtype=dtype),
            layers.Dense(SIZE * SIZE * 2, activation="tanh", dtype=dtype),
            layers.Reshape((SIZE, SIZE, 2), dtype=dtype),
        ]
    )
    critic = keras.Sequential([keras.Input((SIZE, SIZE, 2), dtype=dtype)])
    for filters, strides in ((4, 2), (3, 1)):
        critic.add(layers.Conv2D(filters, 3, strides=strides, padding="same", dtype=dtype))
        critic.add(layers.BatchNormalization(momentum=0.8, dtype=dtype))
        critic.add(layers.LeakyReLU(negative_slope=0.2, dtype=dtype))
    critic.add(layers.Flatten(dtype=dtype))
    critic.add(layers.Dense(1, dtype=dtype))
    return generator, critic


def normalized(layer, x):
    """Batch normalisation in training mode, moving statistics changed.

    Keras's own calls tf.nn.moments, which keeps the mean out of the variance's derivative: right to
    first order, wrong to second.
    """
    axes = list(range(len(x.shape) - 1))
    mean = tf.reduce_mean(x, axes)
    variance = tf.reduce_mean((x - mean) ** 2, axes)
    keep = layer.momentum
    layer.moving_mean.assign(layer.moving_mean * keep + mean * (1 - keep))
    layer.moving_variance.assign(layer.moving_variance * keep + variance * (1 - keep))
    scale = layer.gamma / tf.sqrt(variance + layer.epsilon)
    return (x - mean) * scale + layer.beta


def score_of(critic, x):
    """The critic's output in training mode."""
    for layer in critic.layers:
        x = normalized(layer, x) if hasattr(layer, "moving_mean") else layer(x)
    return x


def step(weights, data, dtype):
    """Losses, and the critic's weights afterwards."""
    generator, critic = build(dtype)
    generator.set_weights(weights[:2])
    critic.set_weights(weights[2:])
    real, z, alpha = (tf.constant(array, dtype) for array in data)
    fake = generator(z)
    with tf.GradientTape() as outer:
        valid_loss = -tf.reduce_mean(score_of(critic, real))
        fake_loss = tf.reduce_mean(score_of(critic, fake))
        x = alpha * real + (1 - alpha) * fake
        with tf.GradientTape() as inner:
            inner.watch(x)
            score = score_of(critic, x)
        gradient = inner.gradient(score, x)
        norm = tf.sqrt(tf.reduce_sum(gradient**2, axis=[1, 2, 3]))
        penalty = tf.reduce_mean((1 - norm) ** 2)
        total = valid_loss + fake_loss + 10 * penalty
    trained = critic.trainable_weights
    gradients = outer.gradient(total, [weight.value for weight in trained])
    for weight, gradient in zip(trained, gradients):
        weight.assign_sub(gradient)
    losses = {"loss": total, "valid": valid_loss, "fake": fake_loss, "penalty": penalty}
    return {key: float(value) for key, value in losses.items()}, critic.get_weights()


def record():
    """Writes gradient_penalty.json."""
    recording = Recording("gradient_penalty", NOTE)
    random = np.random.default_rng(11)
    draw = lambda *shape: random.normal(0, 1, shape).astype(np.float32)
    data = draw(BATCH, SIZE, SIZE, 2), draw(BATCH, LATENT), random.random((BATCH, 1, 1, 1))
    data = (*data[:2], data[2].astype(np.float32))
    generator, critic = build("float32")
    weights = [
        (np.abs(draw(*w.shape)) + 0.5 if "gamma" in w.path or "variance" in w.path else draw(*w.shape) * 0.4)
        for w in [*generator.weights, *critic.weights]
    ]
    losses, after = step(weights, data, "float32")
    exact_losses, exact = step(weights, data, "float64")
    recording.add(
        "critic step",
        {},
        {
            **dict(zip(("real", "z", "alpha"), data)),
            **numbered("weights", weights),
            **numbered("after", after),
        },
        {
            **losses,
            "drift": {
                **{key: abs(losses[key] - exact_losses[key]) for key in losses},
                "after": [float(np.max(np.abs(a - b))) for a, b in zip(after, exact)],
            },
        },
    )
    recording.write()
