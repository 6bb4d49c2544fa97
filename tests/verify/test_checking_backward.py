"""Backward passes written by hand: NumPy targets with a function that returns the gradients by our names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import attnproof
from attnproof.reports.commands.main import main
from attnproof.verify.checking.declared import Declaration
from attnproof.verify.checking.making import make_target

QUICK = {"profile": "quick", "properties": ("values",), "dtypes": ("fp64", "fp32"), "framework": "numpy"}

SOURCE = """
import numpy as np

def _weights(q, k):
    s = q @ k.swapaxes(-1, -2)
    e = np.exp(s - s.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)

def attend(q, k, v):
    return _weights(q, k) @ v

def backward(q, k, v, grad_context):
    a = _weights(q, k)
    da = grad_context @ v.swapaxes(-1, -2)
    ds = a * (da - (a * da).sum(-1, keepdims=True))
    return {"query": ds @ k, "key": ds.swapaxes(-1, -2) @ q, "value": a.swapaxes(-1, -2) @ grad_context}

def no_mean(q, k, v, grad_context):
    a = _weights(q, k)
    ds = a * (grad_context @ v.swapaxes(-1, -2))
    return backward(q, k, v, grad_context) | {"key": ds.swapaxes(-1, -2) @ q}

def too_few(q, k, v, grad_context):
    return {"query": backward(q, k, v, grad_context)["query"]}

def a_tuple(q, k, v, grad_context):
    return tuple(backward(q, k, v, grad_context).values())

number = 3
"""
ARGUMENTS = ("query=q", "key=k", "value=v")
SPACE: dict = {}
exec(SOURCE, SPACE)  # noqa: S102 - the same functions in this process and in files


def judged(backward: str, **more):
    return attnproof.check(
        SPACE["attend"], "dot", arguments=ARGUMENTS, backward=SPACE[backward], shrink=False, **(QUICK | more)
    )


def test_a_right_backward_passes_and_a_wrong_one_fails_in_its_gradient_only() -> None:
    right = judged("backward")
    assert right.ok, right.summary()
    assert {"grad.query", "grad.key", "grad.value"} <= {f.quantity for f in right.findings if f.outcome == "pass"}
    assert {f.quantity for f in judged("no_mean").findings if f.outcome == "fail"} == {"grad.key"}


@pytest.mark.parametrize(
    ("name", "says"), [("too_few", "no gradient of key"), ("a_tuple", "expected gradients by name")]
)
def test_what_is_no_gradient_is_an_error_of_the_target(name: str, says: str) -> None:
    verdict = judged(name).verdicts[0]
    assert verdict.outcome == "error"
    assert says in str(verdict.finding.reason)


def test_gradients_come_back_from_the_layout() -> None:
    """Batch and heads behind the positions, and merged; what was repeated for the batch is summed."""

    def attend(q, k, v):
        return np.einsum("bqv->qbv", SPACE["attend"](*(np.einsum("nbd->bnd", a) for a in (q, k, v))))

    def backward(q, k, v, grad_context):
        found = SPACE["backward"](*(np.einsum("nbd->bnd", a) for a in (q, k, v, grad_context)))
        return {name: np.einsum("bnd->nbd", array) for name, array in found.items()}

    layout = "query=q (b h) d, key=k (b h) d, value=k (b h) v, context=q (b h) v"
    for name in ("values", "layout"):  # the second has one key for several elements of the batch
        report = attnproof.check(
            attend,
            "dot",
            arguments=ARGUMENTS,
            layout=layout,
            backward=backward,
            shrink=False,
            **QUICK | {"properties": (name,)},
        )
        assert report.ok, report.summary()
        assert any(f.outcome == "pass" for f in report.findings)


def test_bad_declarations_of_a_backward() -> None:
    with pytest.raises(ValueError, match="differentiates the function itself"):
        judged("backward", framework="torch")
    with pytest.raises(ValueError, match="no output is declared as the context"):
        judged("backward", outputs=("weights=0",))
    with pytest.raises(ValueError, match="expected the name of both"):
        attnproof.check("numpy:exp", "dot", backward=SPACE["backward"], framework="numpy")
    declared = Declaration("numpy:exp", "dot", framework="numpy", backward="math:pi")
    with pytest.raises(ValueError, match="'math:pi' is float; expected a function"):
        make_target(declared)


@pytest.mark.slow
def test_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own.py").write_text(SOURCE, encoding="utf-8")
    rest = ["--score", "dot", "--framework", "numpy", "--profile", "quick", "--property", "values", "--dtype", "fp64"]
    rest += ["--argument", "query=q", "--argument", "key=k", "--argument", "value=v"]
    assert main(["check", "own.py:attend", *rest, "--backward", "own.py:no_mean"]) == 1
    assert "grad.key" in capsys.readouterr().out
    (file,) = Path("attnproof-failures").glob("*.npz")
    assert main(["replay", str(file), "--trust"]) == 1  # the backward function is named in the file too
    assert main(["check", "own.py:attend", *rest, "--backward", "own.py:nowhere"]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_a_backward_need_not_return_a_gradient_of_a_setting() -> None:
    def attend(query, key, value, softcap=None):
        scores = query @ key.swapaxes(-1, -2)
        scores = scores if softcap is None else softcap * np.tanh(scores / softcap)
        powers = np.exp(scores - scores.max(-1, keepdims=True))
        return powers / powers.sum(-1, keepdims=True) @ value

    def backward(query, key, value, grad_context, softcap=None):
        scores = query @ key.swapaxes(-1, -2)
        slope = 1.0 if softcap is None else 1 - np.tanh(scores / softcap) ** 2
        weights = attend(query, key, np.eye(key.shape[-2]), softcap)
        part = grad_context @ value.swapaxes(-1, -2)
        part = weights * (part - (part * weights).sum(-1, keepdims=True)) * slope
        value = weights.swapaxes(-1, -2) @ grad_context
        return {"query": part @ key, "key": part.swapaxes(-1, -2) @ query, "value": value}

    given = {**QUICK, "properties": ("algebra",), "dtypes": ("fp64",), "takes": ("softcap",)}
    report = attnproof.check(attend, "dot", backward=backward, shrink=False, **given)
    assert report.ok, report.summary()
