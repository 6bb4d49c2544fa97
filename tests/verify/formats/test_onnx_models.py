"""ONNX models as references: read through ONNX's own evaluator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from attnproof.verify.against.judge import judge
from attnproof.verify.formats.opening import format_of, open_problem

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
from onnx import TensorProto, helper, numpy_helper

from attnproof.verify.formats.onnx.evaluator import Evaluator, decimal

Save = Callable[..., str]
QKV = [(name, TensorProto.FLOAT, ["batch", "n", 4]) for name in ("Q", "K", "V")]
BY_HAND = [
    helper.make_node("Transpose", ["K"], ["Kt"], perm=[0, 2, 1]),
    helper.make_node("MatMul", ["Q", "Kt"], ["S"]),
    helper.make_node("Mul", ["S", "half"], ["E"]),
    helper.make_node("Softmax", ["E"], ["P"], axis=-1),
    helper.make_node("MatMul", ["P", "V"], ["Y"]),
]
HALF = [numpy_helper.from_array(np.float32(0.5), "half")]
ATTEND = """
import torch
def attend(query, key, value):
    return torch.nn.functional.scaled_dot_product_attention(query, key, value)
def mean(query, key, value):
    return value.mean(-2, keepdim=True).expand_as(query)
def normed(x, gain):
    return torch.nn.functional.gelu(torch.nn.functional.layer_norm(x, (4,), gain))
NUMBER = 3
"""


@pytest.fixture
def save(tmp_path: Path) -> Save:
    def write(name: str, nodes: Sequence[Any], inputs: Sequence[Any] = QKV, initial: Sequence[Any] = ()) -> str:
        free = [f"out {k}" for k in range(len(inputs[0][2]))]
        graph = helper.make_graph(
            nodes,
            "graph",
            [helper.make_tensor_value_info(*each) for each in inputs],
            [helper.make_tensor_value_info("Y", TensorProto.FLOAT, free)],
            list(initial),
        )
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 23)], ir_version=11)
        onnx.save(made, tmp_path / name)
        return str(tmp_path / name)

    return write


@pytest.fixture
def python(tmp_path: Path) -> str:
    (tmp_path / "mine.py").write_text(ATTEND, encoding="utf-8")
    return str(tmp_path / "mine.py")


def test_a_function_against_a_model(save: Save, python: str) -> None:
    stated = save("stated.onnx", BY_HAND, initial=HALF)
    assert format_of(stated) == "onnx"
    right = open_problem(f"{python}:attend", stated)
    assert right.candidate.framework == "torch"
    assert right.names == ("Q", "K", "V")
    assert dict(right.sizes) == {"batch": 2, "n": 3}
    found = judge(right, sizes=False)
    assert found.ok
    assert {verdict.algebra for verdict in found.verdicts} == {"equal"}
    assert judge(open_problem(f"{python}:mean", stated), sizes=False).kind == "formula"


@pytest.mark.parametrize(("axis", "ok"), [(-1, True), (-2, False)])
def test_a_model_against_a_model(axis: int, ok: bool, save: Save) -> None:
    nodes = [*BY_HAND[:3], helper.make_node("Softmax", ["E"], ["P"], axis=axis), BY_HAND[4]]
    new = save("new.onnx", nodes, initial=HALF)
    found = judge(open_problem(new, save("stated.onnx", BY_HAND, initial=HALF), by="evaluator"), sizes=False)
    assert found.ok is ok


def test_attributes_are_decimals_and_erf_is_read(save: Save, python: str) -> None:
    """ε = 1e-5 in single precision would differ from torch's by 1e-13; ``erf`` would be a constant."""
    nodes = [helper.make_node("LayerNormalization", ["x", "gain"], ["a"]), helper.make_node("Gelu", ["a"], ["Y"])]
    stated = save("norm.onnx", nodes, [("x", TensorProto.FLOAT, ["n", 4]), ("gain", TensorProto.FLOAT, [4])])
    found = judge(open_problem(f"{python}:normed", stated), sizes=False)
    assert found.ok, found.text()
    assert not found.unread


def test_the_runtime_is_called_on_the_models_own_formats(save: Save) -> None:
    stated = save("stated.onnx", BY_HAND, initial=HALF)
    problem = open_problem(stated, stated)
    assert "compiled" in problem.candidate.unread
    given = [np.asarray(x, np.float32) for x in problem.drawn(0).values()]
    (one,), (other,) = problem.reference.call(*given), problem.candidate.call(*given)
    assert other.dtype == np.float32
    np.testing.assert_allclose(one, other, rtol=1e-5)


def test_sizes_may_be_chosen(save: Save) -> None:
    stated = save("stated.onnx", BY_HAND, initial=HALF)
    other = open_problem(stated, stated, by="evaluator").at({"n": 7})  # type: ignore[misc] # it is there
    assert other.drawn(0)["K"].shape == (2, 7, 4)
    with pytest.raises(ValueError, match="no free axis 'm'; it has batch, n"):
        open_problem(stated, stated, at={"m": 3})


def test_what_numpy_and_math_make_of_erf_is_the_same(save: Save) -> None:
    nodes = [helper.make_node("Erf", ["x"], ["Y"])]
    proto = onnx.load(save("erf.onnx", nodes, [("x", TensorProto.FLOAT, [3])]))
    x = np.array([-1.0, 0.25, 2.0], np.float32)
    (one,), (other,) = (cls(proto).run(None, {"x": x}) for cls in (Evaluator, onnx.reference.ReferenceEvaluator))
    np.testing.assert_array_equal(one, other)
    assert one.dtype == np.float32


def test_decimals() -> None:
    assert decimal(np.float32(1e-5)) == 1e-5
    assert decimal(0.1) == 0.1  # is none of single precision, and stays
    assert decimal(float("inf")) == float("inf")


def test_bad_files(save: Save, python: str, tmp_path: Path) -> None:
    (tmp_path / "no.onnx").write_bytes(b"\x00 no model")
    stated = save("stated.onnx", BY_HAND, initial=HALF)
    asked = {
        "is no ONNX model": (stated, str(tmp_path / "no.onnx"), {}),
        "are run by onnxruntime or evaluator, not by 'x'": (stated, stated, {"by": "x"}),
        "expected a function of the model's inputs": (f"{python}:NUMBER", stated, {}),
        "has no 'nothing'": (f"{python}:nothing", stated, {}),
        r"takes \('x',\)": (
            save("other.onnx", [helper.make_node("Relu", ["x"], ["Y"])], [("x", TensorProto.FLOAT, [3])]),
            stated,
            {},
        ),
    }
    for said, (candidate, reference, options) in asked.items():
        with pytest.raises(ValueError, match=said):
            open_problem(candidate, reference, **options)
