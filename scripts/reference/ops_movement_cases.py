"""More cases of ops_topic.py: ops that move elements, products, and ops that go in order."""

import numpy as np

from ops_cases import case, flags, floats, ints


def shapes():
    """The same elements under another shape."""
    for target in [[6, 2], [-1], [3, -1], [2, 1, 6], [12]]:
        case("reshape", str(target), [floats(2, 6)], ["$0", target])
    case("reshape", "int32", [ints(2, 6)], ["$0", [-1, 3]])
    case("transpose", "default", [floats(2, 3, 4)])
    case("transpose", "axes", [floats(2, 3, 4)], axes=[0, 2, 1])
    case("transpose", "negative axes", [floats(2, 3, 4)], axes=[-1, 0, 1])
    case("transpose", "vector", [floats(3)])
    for axis in [0, -1, [0, 2], [1, -1]]:
        case("expand_dims", f"axis {axis}", [floats(2, 3)], ["$0", axis])
    case("squeeze", "default", [floats(2, 1, 3, 1)], all_known=True)
    case("squeeze", "axis", [floats(2, 1, 3, 1)], axis=-1)
    case("squeeze", "two axes", [floats(2, 1, 3, 1)], axis=[1, 3])
    case("swapaxes", "", [floats(2, 3, 4)], ["$0", 0, -1])
    case("moveaxis", "one", [floats(2, 3, 4)], ["$0", 0, -1])
    case("moveaxis", "two", [floats(2, 3, 4)], ["$0", [0, 1], [-1, 0]])
    case("ravel", "", [floats(2, 3)])
    case("broadcast_to", "", [floats(3, 1)], ["$0", [2, 3, 4]], all_known=True)


def joins():
    """Together, apart, again and again."""
    three = [floats(2, 3), floats(2, 1), floats(2, 4)]
    case("concatenate", "axis 1", three, [["$0", "$1", "$2"]], axis=1)
    case("concatenate", "default", [floats(2, 3), floats(1, 3)], [["$0", "$1"]], all_known=True)
    case("concatenate", "types", [ints(2, 2), floats(2, 3)], [["$0", "$1"]], axis=-1)
    for axis in [0, 1, -1]:
        case("stack", f"axis {axis}", [floats(2, 3), floats(2, 3)], [["$0", "$1"]], axis=axis)
    case("stack", "one", [floats(3)], [["$0"]])
    case("split", "equal", [floats(2, 6)], ["$0", 3], axis=1)
    case("split", "places", [floats(6, 2)], ["$0", [1, 4]], axis=0, all_known=True)
    case("split", "an empty part", [floats(2, 4)], ["$0", [0, 3]], axis=-1)
    case("unstack", "default", [floats(3, 2)], all_known=True)
    case("unstack", "axis", [floats(2, 3)], axis=-1)
    case("unstack", "num", [floats(2, 3)], ["$0", 3, 1])
    for repeats in [2, [2], [1, 3], [2, 1, 2]]:
        case("tile", str(repeats), [floats(2, 3)], ["$0", repeats])
    case("repeat", "rows", [floats(2, 3)], ["$0", 2], axis=0)
    case("repeat", "all", [floats(2, 3)], ["$0", 3])
    case("repeat", "one each", [floats(2, 3)], ["$0", [1, 0, 2]], axis=1)
    case("flip", "all", [floats(2, 3)])
    case("flip", "axis", [floats(2, 3)], axis=1)
    case("roll", "all", [floats(2, 3)], ["$0", 1])
    case("roll", "axis", [floats(2, 3)], ["$0", -4], axis=1)
    case("roll", "axes", [floats(2, 3)], ["$0", [1, 2]], axis=[0, 1])
    pairs = [[1, 0], [0, 2]]
    case("pad", "pairs", [floats(2, 3)], ["$0", pairs])
    case("pad", "number", [floats(3)], ["$0", 1])
    case("pad", "one pair", [floats(3)], ["$0", [[1, 2]]])
    case("pad", "value", [floats(2, 3)], ["$0", pairs], constant_values=-1.5)
    case("pad", "int32", [ints(2, 3)], ["$0", pairs])
    for mode in ["reflect", "symmetric"]:
        case("pad", mode, [floats(3, 4)], ["$0", [[2, 1], [0, 3]]], mode=mode)
        case("pad", f"{mode} 4-D", [floats(1, 3, 2, 2)], ["$0", [[0, 0], [1, 2], [1, 1], [0, 0]]], mode=mode)


def gathers():
    """Elements by their places."""
    case("slice", "", [floats(3, 4)], ["$0", [1, 0], [2, 3]], all_known=True)
    case("slice", "one row", [floats(3, 4)], ["$0", [2, 1], [1, 2]], all_known=True)
    case("take", "rows", [floats(4, 3), ints(5, low=0, high=4)], axis=0, all_known=True)
    case("take", "matrix of places", [floats(4, 3), ints(2, 2, low=0, high=3)], axis=1)
    case("take", "negative", [floats(4, 3), np.int32([-1, 0, -4])], axis=0, all_known=True)
    case("take", "flat", [floats(4, 3), np.int32([11, 0, 5, 5])])
    case("take", "one place", [floats(4, 3)], ["$0", 1], axis=1)
    case("take", "list", [floats(4, 3)], ["$0", [2, 0]], axis=1)
    case("take_along_axis", "", [floats(3, 4), ints(3, 2, low=0, high=4)], axis=1)
    case("take_along_axis", "broadcast", [floats(3, 4), ints(1, 2, low=0, high=4)], axis=1, all_known=True)
    case("take_along_axis", "negative", [floats(3, 4), ints(3, 2, low=-4, high=4)], axis=-1)
    case("take_along_axis", "flat", [floats(3, 4), np.int32([11, 0, 5, -1])])
    case("one_hot", "default", [ints(4, low=0, high=3)], ["$0", 3])
    case("one_hot", "outside", [np.int32([0, 2, -1, 5])], ["$0", 3])
    case("one_hot", "axis 0", [ints(2, 3, low=0, high=4)], ["$0", 4], axis=0)
    case("one_hot", "int32", [ints(3, low=0, high=3)], ["$0", 3], dtype="int32")


def created():
    """Tensors of a rule. Keras gives a wrong shape for eye(2, 5, k=2), which is left out."""
    case("zeros_like", "", [floats(2, 3)])
    case("ones_like", "int32", [ints(2, 3)])
    case("ones_like", "another type", [floats(2, 3)], dtype="int32")
    case("full_like", "", [floats(2, 3)], ["$0", 2.5])
    case("arange", "stop", [], [5])
    case("arange", "start and stop", [], [2, 9, 3])
    case("arange", "falling", [], [5, 0, -2])
    case("arange", "fractions", [], [0.0, 1.0, 0.25])
    case("zeros", "", [], [[2, 3]])
    case("ones", "int32", [], [[2]], dtype="int32")
    case("full", "", [], [[2, 2], 1.5])
    for size, k in [([3], 0), ([3, 4], 1), ([4, 3], -1), ([2, 3], 1), ([3, 3], -2)]:
        case("eye", f"{size} {k}", [], size, k=k)
    for op in ["tril", "triu"]:
        case(op, "", [floats(3, 4)])
        case(op, "k 1", [floats(2, 3, 3)], k=1)
        case(op, "k -1", [floats(4, 3)], k=-1)


def products():
    """Matrices, sums over chosen axes."""
    pairs = {
        "2-D": ((2, 3), (3, 4)), "batch": ((2, 2, 3), (2, 3, 2)), "3-D and 2-D": ((2, 2, 3), (3, 2)),
        "broadcast": ((2, 1, 2, 3), (3, 3, 1)), "vectors": ((3,), (3,)), "row": ((3,), (3, 2)),
        "row and batch": ((3,), (2, 3, 2)), "column": ((2, 4, 3), (3,)),
    }  # fmt: skip
    for name, (left, right) in pairs.items():
        case("matmul", name, [floats(*left), floats(*right)])
    case("matmul", "int32", [ints(2, 3), ints(3, 2)])
    for name in ["2-D", "vectors", "3-D and 2-D", "row", "column"]:
        left, right = pairs[name]
        case("dot", name, [floats(*left), floats(*right)])
    case("dot", "3-D and 3-D", [floats(2, 2, 3), floats(2, 3, 2)])
    case("inner", "", [floats(2, 3), floats(4, 3)])
    case("tensordot", "default", [floats(2, 3, 4), floats(3, 4, 2)])
    case("tensordot", "1", [floats(2, 3), floats(3, 4)], axes=1)
    case("tensordot", "0", [floats(2), floats(3)], axes=0)
    case("tensordot", "lists", [floats(2, 3, 4), floats(4, 2, 3)], axes=[[0, 2], [1, 0]])
    equations = {
        "ij,jk->ik": ((2, 3), (3, 4)), "bij,bjk->bik": ((2, 2, 3), (2, 3, 2)), "ij->ji": ((2, 3),),
        "ij->": ((2, 3),), "ii->i": ((3, 3),), "i,j->ij": ((2,), (3,)), "ij,jk": ((2, 3), (3, 2)),
        "...ij,...jk->...ik": ((2, 2, 3), (2, 3, 2)), "ij,jk,kl->il": ((2, 3), (3, 2), (2, 4)),
        "bqhd,bkhd->bhqk": ((2, 3, 2, 2), (2, 4, 2, 2)), "ba,bac->bc": ((2, 3), (2, 3, 2)),
    }  # fmt: skip
    for equation, operands in equations.items():
        arrays = [floats(*shape) for shape in operands]
        case("einsum", equation, arrays, [equation, *(f"${i}" for i in range(len(arrays)))])


def ordered():
    """Along an axis, in order. TensorFlow's gradient of cumprod is wrong where x is 0: left out."""
    for op in ["cumsum", "cumprod"]:
        case(op, "axis 1", [floats(2, 4)], axis=1)
        case(op, "flat", [floats(2, 3)])
        case(op, "int32", [ints(2, 4)], axis=0)
    case("cumsum", "flags", [flags(5)], axis=0)
    for op in ["sort", "argsort"]:
        case(op, "default", [floats(2, 5)])
        case(op, "axis 0", [floats(4, 2)], axis=0)
        case(op, "flat", [floats(2, 3)], axis=None)
        case(op, "ties", [ints(2, 8)])
    case("top_k", "2", [floats(2, 5)], ["$0", 2])
    case("top_k", "all", [floats(2, 3, 4)], ["$0", 4])
    case("top_k", "ties", [ints(2, 8).astype(np.float32)], ["$0", 5])
    case("top_k", "vector", [ints(6)], ["$0", 1])


shapes()
joins()
gathers()
created()
products()
ordered()
