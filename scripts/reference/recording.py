"""The file format of test/reference: cases of named arrays, written so that no bit is lost."""

import base64
import gzip
import json
import pathlib
import platform

import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "test" / "reference"
DTYPES = {"float32": "<f4", "int32": "<i4", "uint8": "|u1"}


def versions():
    """What made the numbers."""
    import keras
    import tensorflow

    return {
        "keras": keras.__version__,
        "backend": keras.backend.backend(),
        "tensorflow": tensorflow.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
    }


def encode(array):
    """One array as {shape, dtype, data}; float64 is rounded to float32."""
    array = np.asarray(array)
    if array.dtype == np.float64:
        array = array.astype(np.float32)
    dtype = str(array.dtype)
    if dtype not in DTYPES:
        raise TypeError(f"{dtype} has no place in the format")
    raw = np.ascontiguousarray(array, dtype=DTYPES[dtype]).tobytes()
    return {
        "shape": list(array.shape),
        "dtype": dtype,
        "data": base64.b64encode(raw).decode("ascii"),
    }


def numbered(prefix, arrays):
    """{'weights.0': ..., 'weights.1': ...} for a list of arrays."""
    return {f"{prefix}.{index}": array for index, array in enumerate(arrays)}


class Recording:
    """Collects the cases of one topic and writes them as test/reference/<topic>.json."""

    def __init__(self, topic, note, compressed=False, versions=None):
        self.topic = topic
        self.note = note
        self.compressed = compressed
        self.versions = versions
        self.cases = []
        self.names = set()

    def add(self, name, config=None, arrays=None, numbers=None):
        """Adds a case: arrays by name, and numbers, lists of numbers or nested ones by name."""
        if name in self.names:
            raise ValueError(f"two cases are named {name}")
        self.names.add(name)
        self.cases.append(
            {
                "name": name,
                "config": config or {},
                "numbers": numbers or {},
                "arrays": {key: encode(array) for key, array in (arrays or {}).items()},
            }
        )

    def write(self):
        """Writes the file, one case a line, so that a change shows as the lines it concerns."""
        head = {
            "made_by": f"scripts/reference/record.py {self.topic}",
            "versions": self.versions or versions(),
            "note": self.note,
        }
        cases = ",\n".join(json.dumps(case, allow_nan=False) for case in self.cases)
        body = json.dumps(head, indent=1)[:-2] + ',\n "cases": [\n' + cases + "\n ]\n}\n"
        FOLDER.mkdir(parents=True, exist_ok=True)
        path = FOLDER / f"{self.topic}.json{'.gz' if self.compressed else ''}"
        # Without a time of writing, so that equal contents make equal files.
        path.write_bytes(gzip.compress(body.encode(), mtime=0) if self.compressed else body.encode())
        print(f"{path.name}: {len(self.cases)} cases, {len(body) / 1024:.0f} kB")
