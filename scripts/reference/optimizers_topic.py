"""Optimizers' arithmetic: weights and state after steps on given gradients, and schedules."""

import keras
import numpy as np

from layer_run import camel_case
from recording import Recording, numbered

STEPS = 6
SHAPES = [(3, 4), (5,)]
NOTE = (
    "Optimizers of Keras on two weights. The case `gradients` holds the first weights, `start.W`, "
    "and the gradient of step N for weight W, `N.W`. Each other case: `N.W`, the weight after it, "
    "and `slots.I`, the optimizer's variables after all steps (config.slots are their names). "
    "numbers.drift: largest difference from the same steps in float64. Schedules: rates "
    "at numbers.steps."
)
COMMON = {
    "weight_decay": {"weight_decay": 0.1},
    "clipnorm": {"clipnorm": 0.5},
    "clipvalue": {"clipvalue": 0.3},
    "global_clipnorm": {"global_clipnorm": 0.7},
    "ema": {"use_ema": True, "ema_momentum": 0.6},
    "ema overwrite": {"use_ema": True, "ema_momentum": 0.6, "ema_overwrite_frequency": 2},
    "loss_scale_factor": {"loss_scale_factor": 8.0},
}
OPTIMIZERS = {
    "Adam": {
        "article": {"learning_rate": 1e-4, "beta_1": 0.5},
        "defaults": {},
        "large epsilon": {"learning_rate": 0.01, "epsilon": 0.1},
        "amsgrad": {"learning_rate": 0.01, "amsgrad": True},
        "beta_2": {"learning_rate": 0.01, "beta_1": 0.0, "beta_2": 0.9},
        "amsgrad ema": {"learning_rate": 0.01, "amsgrad": True, "use_ema": True},
        **COMMON,
    },
    "AdamW": {
        "defaults": {},
        "options": {"learning_rate": 0.01, "weight_decay": 0.2, "beta_1": 0.5, "amsgrad": True},
    },
    "Adamax": {
        "defaults": {},
        "options": {"learning_rate": 0.05, "beta_1": 0.5, "beta_2": 0.8, "epsilon": 0.01},
        "global_clipnorm": COMMON["global_clipnorm"],
    },
    "Nadam": {
        "defaults": {},
        "options": {"learning_rate": 0.05, "beta_1": 0.5, "beta_2": 0.8, "epsilon": 0.01},
        "ema overwrite": COMMON["ema overwrite"],
    },
    "RMSprop": {
        "defaults": {},
        "wgan": {"learning_rate": 5e-5},
        "rho epsilon": {"learning_rate": 0.01, "rho": 0.5, "epsilon": 0.01},
        "momentum": {"learning_rate": 0.01, "momentum": 0.9},
        "centered": {"learning_rate": 0.01, "centered": True, "epsilon": 1e-3},
        "all": {"learning_rate": 0.01, "rho": 0.8, "momentum": 0.5, "centered": True},
        **COMMON,
    },
    "SGD": {
        "defaults": {},
        "momentum": {"learning_rate": 0.1, "momentum": 0.9},
        "nesterov": {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True},
        **COMMON,
    },
    "Adagrad": {
        "defaults": {},
        "options": {"learning_rate": 0.1, "initial_accumulator_value": 0.5, "epsilon": 0.01},
        "weight_decay": COMMON["weight_decay"],
    },
    "Adadelta": {
        "defaults": {},
        "options": {"learning_rate": 0.5, "rho": 0.8, "epsilon": 0.01},
        "clipnorm": COMMON["clipnorm"],
    },
    "Lion": {
        "defaults": {},
        "options": {"learning_rate": 0.01, "beta_1": 0.5, "beta_2": 0.7},
        "weight_decay": COMMON["weight_decay"],
    },
}
# What a case does to the weights beside; ours is made by the same name.
CONSTRAINTS = {
    "MaxNorm": lambda: keras.constraints.MaxNorm(1.0, axis=0),
    "Clip": lambda: lambda weight: keras.ops.clip(weight, -0.5, 0.5),
}
SCHEDULES = {
    "ExponentialDecay": [
        {"initial_learning_rate": 0.1, "decay_steps": 4, "decay_rate": 0.5},
        {"initial_learning_rate": 0.1, "decay_steps": 4, "decay_rate": 0.5, "staircase": True},
    ],
    "PiecewiseConstantDecay": [
        {"boundaries": [2, 5], "values": [0.1, 0.05, 0.02]},
        {"boundaries": [3], "values": [1.0, 0.5]},
    ],
    "PolynomialDecay": [
        {"initial_learning_rate": 0.1, "decay_steps": 5},
        {
            "initial_learning_rate": 0.1,
            "decay_steps": 5,
            "end_learning_rate": 0.01,
            "power": 2.0,
            "cycle": True,
        },
    ],
    "InverseTimeDecay": [
        {"initial_learning_rate": 0.1, "decay_steps": 3, "decay_rate": 0.7},
        {"initial_learning_rate": 0.1, "decay_steps": 3, "decay_rate": 0.7, "staircase": True},
    ],
    "CosineDecay": [
        {"initial_learning_rate": 0.1, "decay_steps": 10},
        {"initial_learning_rate": 0.1, "decay_steps": 10, "alpha": 0.2},
        {
            "initial_learning_rate": 0.01,
            "decay_steps": 10,
            "alpha": 0.1,
            "warmup_target": 0.2,
            "warmup_steps": 4,
        },
    ],
    "CosineDecayRestarts": [
        {"initial_learning_rate": 0.1, "first_decay_steps": 4},
        {"initial_learning_rate": 0.1, "first_decay_steps": 4, "t_mul": 1.0, "m_mul": 0.5},
        {
            "initial_learning_rate": 0.1,
            "first_decay_steps": 3,
            "t_mul": 1.5,
            "m_mul": 0.8,
            "alpha": 0.1,
        },
    ],
}
# Away from the steps where a decay of CosineDecayRestarts ends: rounding decides there.
SCHEDULE_STEPS = [0, 1, 2, 3, 5, 6, 8, 9, 10, 13, 14, 15, 17, 19, 22, 40]


def camel(options):
    """Options under our names."""
    return {camel_case(key): value for key, value in options.items()}


def run(make, starts, gradients, dtype, constraint=None):
    """The weights after every step, and the optimizer's variables."""
    keras.config.set_floatx(dtype)
    optimizer = make()
    weights = []
    for index, start in enumerate(starts):
        weight = keras.Variable(start, dtype=dtype, name=f"w{index}")
        weight.constraint = CONSTRAINTS[constraint]() if constraint else None
        weights.append(weight)
    optimizer.build(weights)
    log = []
    for step in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(each, dtype) for each in step], weights)
        log.append([np.asarray(weight.value) for weight in weights])
    slots = [np.asarray(variable.value) for variable in optimizer.variables]
    names = [variable.name for variable in optimizer.variables]
    keras.config.set_floatx("float32")
    return log, slots, names


def largest(pairs):
    """The largest distance of any two arrays."""
    return float(max(np.max(np.abs(np.float64(a) - np.float64(b))) for a, b in pairs))


def add(recording, name, config, make, data, constraint=None):
    """One case: both precisions, and how far they are apart."""
    log, slots, names = run(make, *data, "float32", constraint)
    exact, exact_slots, _ = run(make, *data, "float64", constraint)
    arrays = {f"{n}.{w}": weight for n, step in enumerate(log) for w, weight in enumerate(step)}
    drift = {
        "weights": largest(
            pair for single, double in zip(log, exact) for pair in zip(single, double)
        ),
        "slots": [largest([pair]) for pair in zip(slots, exact_slots)],
    }
    slots = [np.asarray(slot, np.float32) for slot in slots]
    config = {**config, "slots": names, **({"constraint": constraint} if constraint else {})}
    recording.add(name, config, {**arrays, **numbered("slots", slots)}, {"drift": drift})


def record_optimizers(recording, data):
    """Every optimizer with its options."""
    for class_name, cases in OPTIMIZERS.items():
        for name, options in cases.items():
            config = {"optimizer": class_name, "options": camel(options)}
            make = lambda: getattr(keras.optimizers, class_name)(**options)  # noqa: E731
            add(recording, f"{class_name} {name}", config, make, data)
    for class_name, constraint, options in [
        ("Adam", "MaxNorm", {"learning_rate": 0.1}),
        ("RMSprop", "Clip", {"learning_rate": 0.1}),
        ("SGD", "MaxNorm", {"learning_rate": 0.1, **COMMON["ema overwrite"]}),
    ]:
        config = {"optimizer": class_name, "options": camel(options)}
        make = lambda: getattr(keras.optimizers, class_name)(**options)  # noqa: E731
        add(recording, f"{class_name} constraint {constraint}", config, make, data, constraint)


def record_schedules(recording, data):
    """Rates at given steps, and a training with one."""
    for class_name, cases in SCHEDULES.items():
        for index, options in enumerate(cases):
            schedule = getattr(keras.optimizers.schedules, class_name)(**options)
            rates = np.float32([schedule(step) for step in SCHEDULE_STEPS])
            keras.config.set_floatx("float64")
            exact = np.float64([schedule(step) for step in SCHEDULE_STEPS])
            keras.config.set_floatx("float32")
            recording.add(
                f"{class_name} {index}",
                {"schedule": class_name, "options": camel(options)},
                {"rates": rates},
                {"steps": SCHEDULE_STEPS, "drift": {"rates": largest([(rates, exact)])}},
            )
    options = SCHEDULES["ExponentialDecay"][0]
    for class_name in ["Adam", "SGD"]:
        rate = keras.optimizers.schedules.ExponentialDecay(**options)
        config = {
            "optimizer": class_name,
            "options": {
                "learningRate": {"className": "ExponentialDecay", "config": camel(options)},
                "weightDecay": 0.1,
            },
        }
        make = lambda: getattr(keras.optimizers, class_name)(rate, weight_decay=0.1)  # noqa: E731
        add(recording, f"{class_name} with a schedule", config, make, data)
    # Keras 2's `decay` is what Keras 3 calls InverseTimeDecay with decay_steps 1.
    rate = keras.optimizers.schedules.InverseTimeDecay(0.1, 1, 0.5)
    config = {"optimizer": "Adam", "options": {"lr": 0.1, "decay": 0.5}}
    add(recording, "Adam decay", config, lambda: keras.optimizers.Adam(rate), data)


def record():
    """Writes optimizers.json."""
    recording = Recording("optimizers", NOTE)
    random = np.random.default_rng(5)
    starts = [random.normal(0, 1, shape).astype(np.float32) for shape in SHAPES]
    gradients = [
        [random.normal(0, 1, shape).astype(np.float32) for shape in SHAPES] for _ in range(STEPS)
    ]
    for step in gradients:
        # Below, at and above epsilon, where its place in the formula shows; and none at all.
        step[0][0] *= np.array([1e-9, 1e-7, 1e-5, 0], np.float32)
    gradients[2][0][1] = 0
    gradients[3][0][2] *= 1e4
    arrays = {f"{n}.{w}": each for n, step in enumerate(gradients) for w, each in enumerate(step)}
    recording.add("gradients", {}, {**numbered("start", starts), **arrays})
    record_optimizers(recording, (starts, gradients))
    record_schedules(recording, (starts, gradients))
    recording.write()
