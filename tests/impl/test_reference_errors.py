"""Bad input gets one clear error that names it; and the references stay independent of everything else."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest
import torch

from attnproof.impl.reference import numpy_attention, torch_attention

LIBRARIES = {"numpy": numpy_attention, "torch": torch_attention}
each_library = pytest.mark.parametrize("library", LIBRARIES)


def inputs(library, **changes):
    arrays = {"query": np.ones((2, 3)), "key": np.ones((4, 3)), "value": np.ones((4, 2))} | changes
    return {n: torch.tensor(a) if library == "torch" and isinstance(a, np.ndarray) else a for n, a in arrays.items()}


ADDITIVE = {"weight_query": np.ones((5, 3)), "weight_key": np.ones((5, 3)), "v": np.ones(5)}
BAD = {
    "key width": ("dot", {"key": np.ones((4, 2))}, "key has shape"),
    "value length": ("dot", {"value": np.ones((3, 2))}, "value has shape"),
    "query axes": ("dot", {"query": np.ones(3)}, "query has shape"),
    "no keys": ("dot", {"key": np.ones((0, 3)), "value": np.ones((0, 2))}, "key has shape"),
    "bias shape": ("dot", {"bias": np.ones((2, 3))}, "bias has shape"),
    "weight shape": ("bilinear", {"weight": np.ones((2, 3))}, "weight has shape"),
    "weight batch": ("bilinear", {"weight": np.ones((1, 3, 3))}, "weight has shape"),
    "concat width": ("concat", {"weight_concat": np.ones((5, 5)), "v": np.ones(5)}, "weight_concat has shape"),
    "hidden width": ("additive", ADDITIVE | {"bias_hidden": np.ones(4)}, "bias_hidden has shape"),
    "v shape": ("additive", ADDITIVE | {"v": np.ones((5, 1))}, "has shape"),
    "query dtype": ("dot", {"query": np.ones((2, 3), dtype=int)}, "query .*int64"),
    "mixed dtype": ("dot", {"key": np.ones((4, 3), dtype=np.float32)}, "key .*float32"),
    "softcap sign": ("dot", {"softcap": -1.0}, "softcap is -1"),
    "softcap zero": ("dot", {"softcap": np.array(0.0)}, "softcap is 0"),
    "softcap shape": ("dot", {"softcap": np.ones(1)}, "softcap has shape"),
    "batch": ("dot", {"key": np.ones((2, 4, 3)), "value": np.ones((3, 4, 2))}, "batch dimensions"),
}


@each_library
@pytest.mark.parametrize("case", BAD)
def test_values_that_do_not_fit(library, case):
    score, changes, message = BAD[case]
    with pytest.raises(ValueError, match=message):
        LIBRARIES[library].attention(score, inputs(library, **changes))
    with pytest.raises(ValueError, match=message):
        LIBRARIES[library].gradients(score, inputs(library, **changes), None)


@each_library
def test_names_that_do_not_exist(library):
    attention = LIBRARIES[library].attention
    with pytest.raises(
        KeyError, match=r"unknown score 'cosine'; known scores: dot, scaled_dot, bilinear, additive, concat"
    ):
        attention("cosine", inputs(library))
    with pytest.raises(KeyError, match=r"missing input weight; needed: query, key, value, weight"):
        attention("bilinear", inputs(library))
    with pytest.raises(KeyError, match=r"unknown input bias_hidden"):
        attention("dot", inputs(library, bias_hidden=np.ones(3)))


@each_library
@pytest.mark.parametrize("upstream", [np.ones((2, 3)), np.ones((1, 2)), np.ones((2, 2), dtype=np.float32)])
def test_gradient_of_the_wrong_shape_or_dtype(library, upstream):
    given = torch.tensor(upstream) if library == "torch" else upstream
    with pytest.raises(ValueError, match="grad_context"):
        LIBRARIES[library].gradients("dot", inputs(library), given)


def test_torch_wants_tensors_and_one_dtype():
    with pytest.raises(ValueError, match="query is of type ndarray"):
        torch_attention.attention("dot", inputs("numpy"))
    with pytest.raises(ValueError, match="key is of type list"):
        torch_attention.attention("dot", inputs("torch", key=[[1.0] * 3] * 4))


def test_numpy_formats():
    with pytest.raises(ValueError, match="query has dtype int8; supported: float64, float32, float16"):
        numpy_attention.attention("dot", {name: a.astype(np.int8) for name, a in inputs("numpy").items()})


@each_library
def test_a_number_is_a_softcap(library):
    found = LIBRARIES[library].gradients("dot", inputs(library, softcap=2.0), inputs(library, g=np.ones((2, 2)))["g"])
    assert found["softcap"].shape == ()
    assert found["softcap"].dtype == found["query"].dtype


@each_library
def test_inputs_are_left_alone(library):
    given = inputs(library, bias=np.full((2, 4), -np.inf))
    before = {name: np.asarray(array).copy() for name, array in given.items()}
    LIBRARIES[library].gradients("scaled_dot", given, inputs(library, g=np.ones((2, 2)))["g"])
    for name, array in given.items():
        np.testing.assert_array_equal(np.asarray(array), before[name])
        assert library == "numpy" or not array.requires_grad


@pytest.mark.parametrize("module", [numpy_attention, torch_attention])
def test_independence(module):
    """The references import the standard library and their array library, nothing else."""
    imported = set()
    for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(str(node.module).split(".")[0])
    assert imported <= {"__future__", "math", "collections", "typing", module.__name__.rsplit(".", 1)[1].split("_")[0]}
