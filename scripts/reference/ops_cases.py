"""The cases of ops_topic.py: which op, on what, with which arguments."""

import numpy as np

RANDOM = np.random.default_rng(11)
CASES = []


def floats(*shape, low=-2.0, high=2.0):
    """Uniform numbers, no two of them alike."""
    return RANDOM.uniform(low, high, shape).astype(np.float32)


def ints(*shape, low=-4, high=5, dtype=np.int32):
    """Integers, many of them alike."""
    return RANDOM.integers(low, high, shape).astype(dtype)


def flags(*shape):
    """True and false."""
    return RANDOM.integers(0, 2, shape).astype(bool)


def case(op, name, arrays, call=None, widen=False, all_known=False, **options):
    """Adds a case; without `call` the arrays are the arguments."""
    call = [f"${i}" for i in range(len(arrays))] if call is None else call
    CASES.append(
        (
            f"{op} {name}",
            {
                "op": op,
                "arrays": arrays,
                "call": call,
                "options": options,
                "widen": widen,
                "all_known": all_known,
            },
        )
    )


def arithmetic():
    """Element by element: shapes that broadcast, types that are promoted, numbers, ties."""
    binary = ["add", "subtract", "multiply", "divide", "maximum", "minimum", "arctan2"]
    for op in [*binary, "mod", "floor_divide", "power"]:
        low = 0.3 if op == "power" else -2.0
        case(op, "equal shapes", [floats(2, 3, low=low), floats(2, 3)])
        case(op, "broadcast", [floats(2, 1, 3, low=low), floats(4, 1)])
        case(op, "scalar tensor", [floats(low=low), floats(2, 3)])
        case(op, "int32 and float32", [ints(2, 3, low=1), floats(3)])
    for op in ["add", "subtract", "multiply", "divide", "mod", "floor_divide", "power"]:
        case(op, "number 3", [floats(2, 3, low=0.2)], ["$0", 3])
        case(op, "number first", [floats(2, 3, low=0.2)], [1.5, "$0"])
        case(op, "int32", [ints(2, 3), ints(3, low=1)])
        case(op, "int32 and 2", [ints(2, 3)], ["$0", 2])
        case(op, "int32 and 0.5", [ints(2, 3, low=1)], ["$0", 0.5], widen=True)
        case(op, "uint8 and int32", [ints(2, 3, low=1, dtype=np.uint8), ints(3, low=1)])
    for op in ["maximum", "minimum"]:
        case(op, "ties", [np.float32([1, 2, 3]), np.float32([1, 2, 1])])
        case(op, "number", [floats(5)], ["$0", 0.5])
        case(op, "int32", [ints(4), ints(4)])
    case("power", "square", [floats(4)], ["$0", 2])
    case("power", "inverse", [floats(4)], ["$0", -1.0])
    case("power", "zero exponent", [floats(4)], ["$0", 0])
    case("power", "root", [floats(4, low=0.1)], ["$0", 0.5])
    case("power", "negative base", [floats(4, high=-0.1), np.float32([1, 2, 3, 0])])


def unary():
    """Functions of one tensor, over the numbers that they are for."""
    ranges = {
        "log": (0.1, 4), "log1p": (-0.5, 3), "log2": (0.1, 4), "log10": (0.1, 4),
        "sqrt": (0.1, 4), "rsqrt": (0.1, 4), "arcsin": (-0.9, 0.9), "arccos": (-0.9, 0.9),
        "arctanh": (-0.9, 0.9), "arccosh": (1.1, 4), "erfinv": (-0.9, 0.9), "tan": (-1, 1),
    }  # fmt: skip
    plain = ["exp", "expm1", "sin", "cos", "arctan", "sinh", "cosh", "arcsinh", "erf", "reciprocal"]
    for op in [*ranges, *plain]:
        low, high = ranges.get(op, (-2, 2))
        case(op, "3-D", [floats(2, 3, 2, low=low, high=high)])
        if op not in ("erfinv", "reciprocal", "rsqrt", "erf"):
            values = np.int32([0]) if op in ("arctanh", "arcsin", "arccos") else np.int32([1, 2])
            case(op, "int32", [values], widen=True)
    case("arccosh", "one", [np.float32([1.5])])
    for op in ["negative", "square", "sign", "absolute", "abs"]:
        case(op, "2-D", [floats(2, 3)])
        case(op, "zero", [np.float32([0, -1, 1])])
        case(op, "int32", [ints(2, 3)])
    case("square", "flags", [flags(4)])
    case("absolute", "uint8", [ints(3, low=0, dtype=np.uint8)])
    halves = np.float32([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.3, 1.7])
    for op in ["floor", "ceil", "round"]:
        case(op, "halves", [halves])
        case(op, "int32", [ints(4)])
    case("round", "decimals 1", [floats(5)], decimals=1)
    case("round", "decimals -1", [floats(5, low=-40, high=40)], decimals=-1)
    case("round", "int32 decimals -1", [ints(5, low=-40, high=40)], decimals=-1)
    case("clip", "inside and out", [np.float32([-2, -1, -0.5, 0, 1, 3])], ["$0", -1, 1])
    case("clip", "int32", [ints(6)], ["$0", -1, 2])
    case("clip", "tensors", [floats(2, 3), floats(3, high=0), floats(2, 1, low=0.1)])
    for dtype in ["int32", "bool", "float32", "uint8"]:
        low = 0 if dtype == "uint8" else -2
        case("cast", f"float32 to {dtype}", [floats(5, low=low)], ["$0", dtype])
        case("cast", f"int32 to {dtype}", [ints(5, low=low)], ["$0", dtype])


def comparisons():
    """Questions, and the choice by their answers."""
    compare = ["equal", "not_equal", "greater", "greater_equal", "less", "less_equal"]
    for op in compare:
        case(op, "int32", [ints(3, 4), ints(4)])
        case(op, "float32 and int32", [ints(3, 4).astype(np.float32), ints(4)])
        case(op, "number", [ints(6).astype(np.float32)], ["$0", 1])
        case(op, "int32 and a fraction", [ints(6)], ["$0", 0.5])
    for op in ["logical_and", "logical_or", "logical_xor"]:
        case(op, "flags", [flags(3, 4), flags(4)])
        case(op, "int32", [ints(6, low=-1, high=2), ints(6, low=-1, high=2)])
    case("logical_not", "flags", [flags(4)])
    case("logical_not", "float32", [np.float32([0, 1, -0.5])])
    odd = np.float32([np.nan, np.inf, -np.inf, 0, 1])
    for op in ["isnan", "isinf", "isfinite"]:
        case(op, "odd numbers", [odd])
        case(op, "int32", [ints(3)])
    case("where", "equal shapes", [flags(2, 3), floats(2, 3), floats(2, 3)])
    case("where", "broadcast", [flags(4, 1), floats(3), floats(2, 1, 1)])
    case("where", "number", [flags(5), floats(5)], ["$0", "$1", 0])
    case("where", "two numbers", [flags(5)], ["$0", 1.5, 0])
    case("where", "whole numbers", [flags(5)], ["$0", 1, 0])
    case("where", "types", [flags(3), ints(3), floats(3)])
    case("where", "int condition", [ints(4, low=-1, high=2), floats(4), floats(4)])


def reductions():
    """All elements, one axis, several, kept, none, of length 1."""
    named = ["sum", "mean", "max", "min", "prod", "var", "std", "logsumexp"]
    for op in named:
        case(op, "all", [floats(2, 3, 2)])
        case(op, "axis 1", [floats(2, 3, 2)], axis=1)
        case(op, "axis -1 kept", [floats(2, 3, 2)], axis=-1, keepdims=True)
        case(op, "two axes", [floats(2, 3, 2)], axis=[0, -1])
        case(op, "all kept", [floats(2, 3)], keepdims=True)
        if op != "logsumexp":
            case(op, "int32", [ints(2, 3)], axis=0, widen=op in ("mean", "var", "std"))
    for op in ["sum", "mean", "max", "prod", "any", "all", "argmax"]:
        case(op, "scalar", [np.float32(1.5)])
    for op in ["sum", "prod", "mean"]:
        case(op, "flags", [flags(2, 5)], axis=1)
        case(op, "uint8", [ints(2, 5, low=200, high=256, dtype=np.uint8)], axis=1)
    for op in ["max", "min"]:
        case(op, "ties", [np.float32([[1, 3, 3], [0, 0, -1]])], axis=1)
        case(op, "flags", [flags(2, 4)], axis=1)
    case("prod", "zeros", [np.float32([[2, 0, 3], [0, 0, 4], [1, 2, 3]])], axis=1)
    case("logsumexp", "large", [np.float32([[1000, 999], [-1000, -1001]])], axis=1)
    for op in ["any", "all"]:
        case(op, "flags", [flags(3, 4)])
        case(op, "axis kept", [flags(3, 4)], axis=0, keepdims=True)
        case(op, "float32", [np.float32([[0, 1], [0, 0], [2, 3]])], axis=1)
    for op in ["argmax", "argmin"]:
        case(op, "all", [floats(3, 4)])
        case(op, "axis 0", [floats(3, 4)], axis=0)
        case(op, "ties", [ints(3, 9).astype(np.float32)], axis=-1)
        case(op, "kept", [floats(3, 4)], axis=1, keepdims=True)
        case(op, "int32", [ints(3, 6)], axis=1)
    case("count_nonzero", "all", [ints(3, 4)])
    case("count_nonzero", "axis", [ints(3, 4).astype(np.float32)], axis=0)
    for order in [None, 1, 2, 3, 0]:
        case("norm", f"ord {order}", [floats(2, 3)], ord=order, axis=-1)
    case("norm", "all", [floats(2, 3)])
    case("norm", "kept", [floats(2, 3)], axis=1, keepdims=True)
    case("norm", "two axes", [floats(2, 3, 2)], axis=[1, 2])
    for op in ["softmax", "log_softmax"]:
        case(op, "default", [floats(2, 3)])
        case(op, "axis 1", [floats(2, 3, 2)], axis=1)
        case(op, "two axes", [floats(2, 3, 2)], axis=[1, 2])


arithmetic()
unary()
comparisons()
reductions()
