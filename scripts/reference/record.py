"""Runs real Keras and records what it computes under test/reference.

python record.py                 every topic
python record.py layers losses   some of them
"""

import importlib
import logging
import os
import sys

# Recorded with PyTorch instead of Keras; only when named.
TORCH_TOPICS = ["torch_gradient_penalty"]

TOPICS = [
    "layers",
    "layers_attention",
    "layers_core",
    "layers_merging",
    "layers_normalization",
    "layers_convolution",
    "layers_pooling",
    "layers_activation",
    "layers_noise",
    "layers_preprocessing",
    "layers_resizing",
    "losses",
    "metrics",
    "optimizers",
    "loss_scale",
    "training",
    "named_models",
    "gradient_penalty",
    "initializers",
    "regularizers",
    "ops",
    "layers_mixed_precision",
    "config",
    "config_accepted",
    "formula",
    "random_models",
    "weight_options",
    "article_training",
    "article_full_size",
]


def main():
    """Records the topics named on the command line, or all."""
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    topics = sys.argv[1:] or TOPICS
    known = [*TOPICS, *TORCH_TOPICS]
    unknown = sorted(set(topics) - set(known))
    if unknown:
        sys.exit(f"unknown topics: {', '.join(unknown)}; known: {', '.join(known)}")
    for topic in topics:
        importlib.import_module(f"{topic}_topic").record()


if __name__ == "__main__":
    main()
