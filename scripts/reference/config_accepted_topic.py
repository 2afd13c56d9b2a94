"""gantorch's JSON, as far as real Keras builds the same models from it."""

import json
import pathlib
import subprocess
import tempfile

import keras
import numpy as np
import tf_keras

import config_topic
from config_layers import layer_cases, layer_model, recorded_cases
from config_models import MODELS
from recording import FOLDER, Recording

NOTE = (
    "What gantorch writes for the cases of config.json, recorded where keras.models.model_from_json "
    "(Keras 3; tf_keras for keras2) made the same model of it: the same config of all layers, the "
    "same connections, weights of the same names and shapes, the same outputs."
)
ROOT = pathlib.Path(__file__).resolve().parents[2]


def own_texts():
    """gantorch's JSON by case and format."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "texts.json"
        script = "scripts/reference/config_texts.ts"
        subprocess.run(["node", "--import", "tsx", script, str(path)], cwd=ROOT, check=True)
        return json.loads(path.read_text())


def comparable(value):
    """A config without what says nothing: the order of named layers and the numbers of calls."""
    if isinstance(value, dict):
        value = {k: comparable(v) for k, v in value.items() if k != "build_config"}
        if isinstance(value.get("output_shape"), int):
            value["output_shape"] = [value["output_shape"]]
        if isinstance(value.get("layers"), list) and "input_layers" in value:
            connections(value)
            value["layers"] = sorted(value["layers"], key=lambda layer: layer["name"])
        return value
    if isinstance(value, (list, tuple)):
        return [comparable(item) for item in value]
    return value


def places(value):
    """All (layer, call, tensor) in the arguments of a call, in either form."""
    if isinstance(value, dict):
        if "keras_history" in value:
            return [value["keras_history"]]
        return [place for item in value.values() for place in places(item)]
    if isinstance(value, list):
        if len(value) >= 3 and isinstance(value[0], str):
            return [value[:3], *(places(value[3]) if len(value) > 3 else [])]
        return [place for item in value for place in places(item)]
    return []


def switches(value):
    """The names of all arguments of a call that are true."""
    if isinstance(value, dict):
        own = {key for key, item in value.items() if item is True}
        return own.union(*(switches(item) for item in value.values()))
    return set().union(*(switches(item) for item in value)) if isinstance(value, list) else set()


def connections(config):
    """Puts in place of calls and outputs what they are computed from, written out."""
    layers = {layer["name"]: layer for layer in config["layers"]}
    calls = {name: [places(node) for node in layer["inbound_nodes"]] for name, layer in layers.items()}
    in_keras2 = any(isinstance(node, list) for layer in config["layers"] for node in layer["inbound_nodes"])

    def first(name, is_output):
        inner = layers[name]["class_name"] in ("Functional", "Sequential")
        if in_keras2:
            return int(inner)
        return int(is_output and layers[name]["class_name"] == "Functional")

    def written(place, is_output=False):
        name, call, tensor = place
        if not calls[name]:
            return name
        sources = calls[name][call - first(name, is_output)]
        return f"{name}({', '.join(written(source) for source in sources)})[{tensor}]"

    def outputs_written(value):
        is_place = isinstance(value[0], str)
        return written(value, True) if is_place else [written(item, True) for item in value]

    config["output_layers"] = outputs_written(config["output_layers"])
    for name, layer in layers.items():
        layer["inbound_nodes"] = sorted(
            ", ".join([*(written(place) for place in call), *sorted(switches(node))])
            for call, node in zip(calls[name], layer["inbound_nodes"])
        )


def first_difference(a, b, path=""):
    """Where two configs differ, and how."""
    if isinstance(a, dict) and isinstance(b, dict):
        pairs = [(f"{path}.{key}", a.get(key), b.get(key)) for key in {**a, **b}]
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        pairs = [(f"{path}[{i}]", *pair) for i, pair in enumerate(zip(a, b))]
    else:
        return f"{path}: {a} and not {b}"
    return next(first_difference(x, y, where) for where, x, y in pairs if x != y)


def weight_names(K, model):
    """Shapes of all weights by name."""
    if K is keras:
        return {config_topic.weight_key(w): tuple(w.shape) for w in model.weights}
    return {"/".join(w.name.split(":")[0].split("/")[-2:]): tuple(w.shape) for w in model.weights}


def outputs(K, model, weights, x):
    """Outputs with the given weights by name."""
    for weight in model.weights:
        name = weight.path if K is keras else weight.name.split(":")[0]
        weight.assign(weights["/".join(name.split("/")[-2:])])
    y = model(x[0] if len(x) == 1 else x, training=False)
    return [np.asarray(item) for item in (y if isinstance(y, (list, tuple)) else [y])]


def check(K, name, original, text):
    """Fails unless Keras makes the original of the text."""
    model = K.models.model_from_json(text)
    # Keras's own round trip loses that a Sequential as a whole is not trainable.
    again = K.models.model_from_json(original.to_json())
    read = (json.loads(m.to_json()) for m in (model, again))
    ours, theirs = ([comparable(r["config"]), r.get("compile_config")] for r in read)
    if ours != theirs:
        raise ValueError(f"{name}: another config: {first_difference(ours, theirs)}")
    shapes = weight_names(K, original)
    if weight_names(K, model) != shapes:
        raise ValueError(f"{name}: other weights {weight_names(K, model)}, not {shapes}")
    random = np.random.default_rng(1)
    weights = {key: random.normal(1, 0.1, shape) for key, shape in shapes.items()}
    x = [config_topic.draw(random, tensor) for tensor in original.inputs]
    for a, b in zip(outputs(K, model, weights, x), outputs(K, original, weights, x), strict=True):
        np.testing.assert_array_equal(a, b, err_msg=name)


def originals():
    """(name, how the module builds it) for every case of config.json."""
    for build in MODELS:
        yield build.__name__, build
    for topic, case in layer_cases():
        yield f"{topic}: {case['name']}", lambda K, case=case: layer_model(K, case)


def record():
    """Writes config_accepted.json."""
    texts = own_texts()
    recording = Recording("config_accepted", NOTE, compressed=True)
    known = {case["name"] for case in recorded_cases(FOLDER / "config.json.gz")}
    failures = []
    for name, build in originals():
        if name not in known:
            raise ValueError(f"record config first: it has no {name}")
        if name not in texts:
            continue  # A layer that gantorch has no class for.
        for K, form in ((keras, "keras3"), (tf_keras, "keras2")):
            try:
                if texts[name][form] is not None:
                    check(K, name, build(K), texts[name][form])
            except Exception as error:
                failures.append(f"{name}, {form}: {str(error)[:300]} ... {str(error)[-200:]}")
        recording.add(name, {form: json.loads(text or "null") for form, text in texts[name].items()})
    if failures:
        raise ValueError("\n".join([f"{len(failures)} are not accepted:", *failures]))
    recording.write()
