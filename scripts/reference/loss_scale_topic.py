"""LossScaleOptimizer: steps with finite gradients and with others."""

import keras
import numpy as np

from recording import Recording, numbered

NOTE = (
    "LossScaleOptimizer(Adam(0.01), initial_scale=8, dynamic_growth_steps=2) on two weights. "
    "`gradients.N.W` are those of the scaled loss, with an infinity or a NaN in some steps; "
    "`N.W` the weight after step N; numbers.scale and numbers.counter the state after each step; "
    "numbers.drift: largest difference of a weight from float64."
)
SHAPES = [(2, 3), (4,)]
STEPS = 8
BROKEN = {2: np.inf, 5: np.nan}


def run(dtype, starts, gradients):
    """Weights, scale and counter after each step."""
    keras.config.set_floatx(dtype)
    inner = keras.optimizers.Adam(0.01)
    optimizer = keras.optimizers.LossScaleOptimizer(inner, initial_scale=8, dynamic_growth_steps=2)
    weights = [keras.Variable(start, dtype=dtype) for start in starts]
    optimizer.build(weights)
    log, scales, counters = [], [], []
    for step in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(each, dtype) for each in step], weights)
        log.append([np.asarray(weight.value) for weight in weights])
        scales.append(float(optimizer.dynamic_scale.value))
        counters.append(int(optimizer.step_counter.value))
    keras.config.set_floatx("float32")
    return log, scales, counters


def record():
    """Writes loss_scale.json."""
    recording = Recording("loss_scale", NOTE)
    random = np.random.default_rng(5)
    starts = [random.normal(0, 1, shape).astype(np.float32) for shape in SHAPES]
    gradients = [
        [random.normal(0, 8, shape).astype(np.float32) for shape in SHAPES] for _ in range(STEPS)
    ]
    for step, value in BROKEN.items():
        gradients[step][1][2] = value
    log, scales, counters = run("float32", starts, gradients)
    exact, _, _ = run("float64", starts, gradients)
    drift = max(
        float(np.max(np.abs(ours.astype(np.float64) - double)))
        for step, doubles in zip(log, exact)
        for ours, double in zip(step, doubles)
    )
    arrays = numbered("start", starts)
    for step in range(STEPS):
        arrays.update(numbered(f"gradients.{step}", gradients[step]))
        arrays.update(numbered(f"{step}", log[step]))
    numbers = {"scale": scales, "counter": counters, "drift": drift}
    recording.add("adam, scale 8, growth after 2", {}, arrays, numbers)
    recording.write()
