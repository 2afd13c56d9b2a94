"""What EarlyStopping and ReduceLROnPlateau decide on given numbers."""

import keras
import numpy as np

from layer_run import camel_options


class Stand:
    """What callbacks need of a model."""

    def __init__(self):
        self.stop_training = False
        self.optimizer = keras.optimizers.SGD(learning_rate=1.0)

    def get_weights(self):
        """None are needed."""
        return []

    def set_weights(self, weights):
        """Nothing to set."""


STOPPING = {
    "defaults": {},
    "patience": {"patience": 2},
    "min delta": {"patience": 2, "min_delta": 0.3},
    "max": {"patience": 2, "mode": "max"},
    "baseline": {"patience": 3, "baseline": 0.2},
    "start": {"patience": 1, "start_from_epoch": 4},
}
PLATEAUS = {
    "patience": {"patience": 1},
    "cooldown": {"patience": 1, "cooldown": 2, "factor": 0.5},
    "min delta": {"patience": 2, "min_delta": 0.3, "factor": 0.25},
    "max": {"patience": 1, "mode": "max", "factor": 0.5},
    "min lr": {"patience": 1, "factor": 0.5, "min_lr": 0.3},
}


def record_callbacks(recording):
    """What callbacks decide on given numbers."""
    random = np.random.default_rng(8)
    for name, options in STOPPING.items():
        values = np.round(np.abs(random.normal(0.5, 0.4, 14)), 3).tolist()
        callback = keras.callbacks.EarlyStopping(monitor="val_loss", **options)
        callback.set_model(Stand())
        callback.on_train_begin()
        for epoch, value in enumerate(values):
            callback.on_epoch_end(epoch, {"val_loss": value})
            if callback.model.stop_training:
                break
        numbers = {"values": values, "stopped": callback.stopped_epoch, "best": callback.best_epoch}
        recording.add(f"early stopping, {name}", camel_options(options), {}, numbers)
    for name, options in PLATEAUS.items():
        values = np.round(np.abs(random.normal(0.5, 0.4, 14)), 3).tolist()
        callback = keras.callbacks.ReduceLROnPlateau(monitor="val_loss", **options)
        callback.set_model(Stand())
        callback.on_train_begin()
        rates = []
        for epoch, value in enumerate(values):
            callback.on_epoch_end(epoch, {"val_loss": value})
            rates.append(float(callback.model.optimizer.learning_rate.value))
        numbers = {"values": values, "rates": rates}
        recording.add(f"plateau, {name}", camel_options(options), {}, numbers)
