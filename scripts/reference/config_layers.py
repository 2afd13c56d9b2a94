"""The layers whose configs are recorded: one for each set of options in layers*.json."""

import gzip
import itertools
import json
import re

import keras

from layers_normalization_topic import InstanceNormalization
from recording import FOLDER

# Python code has no place in JSON.
LEFT_OUT = {"Lambda"}
# Layers with arguments of calls, which are options here, and several numbers of inputs.
ATTENTION = {"Attention", "AdditiveAttention", "MultiHeadAttention"}
CALL_ARGUMENTS = ("use_causal_mask", "return_attention_scores")
KINDS = ("initializer", "regularizer", "constraint")


@keras.saving.register_keras_serializable("gantorch", "InstanceNormalization")
class ConfiguredInstanceNormalization(InstanceNormalization):
    """The recorded layer, with a config."""

    def get_config(self):
        own = {key: getattr(self, key) for key in ("axis", "epsilon", "center", "scale")}
        defaults = {"beta_initializer": "zeros", "gamma_initializer": "ones"}
        for weight, kind in itertools.product(("beta", "gamma"), KINDS):
            key = f"{weight}_{kind}"
            module = getattr(keras, f"{kind}s")
            value = module.get(self.weight_options.get(key, defaults.get(key)))
            own[key] = value and module.serialize(value)
        return {**super().get_config(), **own}


ConfiguredInstanceNormalization.__name__ = "InstanceNormalization"


def snake_case(name):
    """kernelSize -> kernel_size"""
    return re.sub("[A-Z]", lambda letter: "_" + letter.group().lower(), name)


def snake_options(value):
    """Options with all their keys in snake_case, also inside dictionaries."""
    if isinstance(value, dict):
        return {snake_case(key): snake_options(item) for key, item in value.items()}
    return [snake_options(item) for item in value] if isinstance(value, list) else value


def inputs_of(case):
    """(shape, dtype) of each input of a recorded case, and whether they are given as a list."""
    arrays = case["arrays"]
    if "x" in arrays:
        return [(arrays["x"]["shape"][1:], arrays["x"]["dtype"])], False
    if "inputShape" in case["numbers"]:
        return [(case["numbers"]["inputShape"], "float32")], False
    several = [arrays[f"x.{i}"] for i in range(len(arrays)) if f"x.{i}" in arrays]
    return [(x["shape"][1:], x["dtype"]) for x in several], True


def recorded_cases(path):
    """The cases of a recorded topic."""
    raw = path.read_bytes()
    return json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)["cases"]


def layer_cases():
    """One recorded case for each layer and set of options: (topic, case)."""
    chosen = {}
    for path in sorted(FOLDER.glob("layers*.json*")):
        for case in recorded_cases(path):
            layer, options = case["config"]["layer"], case["config"]["options"]
            if layer in LEFT_OUT or not inputs_of(case)[0]:
                continue
            inputs = len(inputs_of(case)[0]) if layer in ATTENTION else None
            chosen.setdefault((layer, inputs, *sorted(options)), (path.name.split(".")[0], case))
    return list(chosen.values())


def layer_class(K, name):
    """The class, or None where this Keras has none."""
    if name == "InstanceNormalization":
        return ConfiguredInstanceNormalization if K is keras else None
    return getattr(K.layers, name, None)


def keras2_options(layer, options):
    """Options under Keras 2's names."""
    renamed = {"LeakyReLU": {"negative_slope": "alpha"}}.get(layer, {})
    return {renamed.get(key, key): value for key, value in options.items()}


def called(layer, tensors, arguments):
    """What the layer gives, as a list where it gives several."""
    if type(layer).__name__ != "MultiHeadAttention":
        return layer(tensors, **arguments)
    masks = {"attention_mask": mask for mask in tensors[3:]}
    return layer(*tensors[:3], **masks, **arguments)


def layer_model(K, case):
    """The layer between inputs x0, x1, ..., as a functional model; None where this Keras can't."""
    name = case["config"]["layer"]
    options = snake_options(case["config"]["options"])
    make = layer_class(K, name)
    if make is None:
        return None
    if "layer" in options:
        inner = options["layer"]
        config = {**inner["config"], "name": "inner"}
        options["layer"] = layer_class(K, inner["class_name"])(**config)
    specs, is_list = inputs_of(case)
    inputs = [K.Input(s, dtype=dtype, name=f"x{i}") for i, (s, dtype) in enumerate(specs)]
    tensors = inputs if is_list else inputs[0]
    arguments = {key: options.pop(key) for key in CALL_ARGUMENTS if key in options}
    if K is keras:
        layer = make(**options, name="layer")
        return K.Model(tensors, called(layer, tensors, arguments), name="model")
    try:
        options = keras2_options(name, options)
        layer = make(**options, name="layer")
        unsaid = set(options) - set(layer.get_config())
        if unsaid:
            raise ValueError(f"its config does not say {unsaid}")
        return K.Model(tensors, called(layer, tensors, arguments), name="model")
    except (TypeError, ValueError, NotImplementedError, AttributeError) as error:
        print(f"not in Keras 2: {name} {options}: {str(error).splitlines()[0][:90]}")
        return None
