"""Other normalisers than the softmax: right ones equal the derivation, wrong ones are told from it, masks weigh 0."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pytest
import torch

import attnproof
from attnproof.derivations.scores.following import followed
from attnproof.reports.commands import main as cli
from attnproof.verify.arithmetic.backends import backend
from attnproof.verify.bounds import bounds
from attnproof.verify.checking.declared import Declaration
from attnproof.verify.checking.reads import read
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import SETTINGS
from attnproof.verify.oracle import certified

ASKED: Final[dict[str, Any]] = {
    "profile": "quick",
    "dtypes": ("fp64",),
    "properties": ("algebra", "masks"),
    "takes": ("mask",),
    "shrink": False,
}


def logits(query, key, mask):
    found = query @ key.mT / query.shape[-1] ** 0.5
    return found if mask is None else found.masked_fill(~mask, -math.inf)


def sigmoid(query, key, value, mask=None):
    return torch.sigmoid(logits(query, key, mask)) @ value


def sigmoid_log_n(query, key, value, mask=None):
    return torch.sigmoid(logits(query, key, mask) - math.log(key.shape[-2])) @ value


def softmax(query, key, value, mask=None):
    return torch.softmax(logits(query, key, mask), -1) @ value


def masked_half(query, key, value, mask=None):
    weights = torch.sigmoid(logits(query, key, None))
    return (weights if mask is None else weights.masked_fill(~mask, 0.5)) @ value


@pytest.mark.parametrize(("right", "normaliser"), [(sigmoid, "sigmoid"), (sigmoid_log_n, "sigmoid-log(n)")])
def test_right_ones(right: Any, normaliser: str) -> None:
    report = attnproof.check(right, "scaled_dot", normaliser=normaliser, **ASKED)
    assert report.ok, report.summary()
    assert f"as scaled_dot | {normaliser}: NO FAULT FOUND" in report.diagnosis
    found = read(report)
    assert found is not None
    assert found.keys is None  # how many coefficients are enough is known of a softmax
    assert found.equal > 10


@pytest.mark.parametrize(
    ("wrong", "normaliser"),
    [(softmax, "sigmoid"), (sigmoid, "softmax"), (sigmoid, "sigmoid-log(n)"), (masked_half, "sigmoid")],
)
def test_wrong_ones(wrong: Any, normaliser: str) -> None:
    report = attnproof.check(wrong, "scaled_dot", normaliser=normaliser, **ASKED)
    assert "FAULT FOUND (algebra)" in report.diagnosis, report.summary()


@pytest.mark.parametrize("dtype", ["fp64", "fp32", "fp16"])
@pytest.mark.parametrize("normaliser", ["sigmoid", "sigmoid-log(n)"])
@pytest.mark.parametrize("input_class", ["normal", "large", "shifted"])
def test_values_and_gradients_are_within_their_bounds(dtype: str, normaliser: str, input_class: str) -> None:
    """Autograd of sigmoid, with keys that are masked and a row without any."""
    setting = replace(SETTINGS["base"], mask="row", bias=True)
    case = make_case(followed("scaled_dot", normaliser), setting, input_class, dtype, 1)
    kind = {"fp64": torch.float64, "fp32": torch.float32, "fp16": torch.float16}[dtype]
    given = {name: torch.tensor(value, dtype=kind, requires_grad=True) for name, value in case.inputs.items()}
    scores = given["query"] @ given["key"].mT / case.sizes["d"] ** 0.5
    shift = math.log(case.sizes["n_k"]) if "log" in normaliser else 0.0
    weights = torch.sigmoid(scores + given["bias"] - shift)
    context = weights @ given["value"]
    parts = torch.autograd.grad(context, list(given.values()), torch.tensor(case.grad_context, dtype=kind))
    got = {"weights": weights, "context": context} | {f"grad.{n}": p for n, p in zip(given, parts, strict=True)}
    limits = bounds(case, backend("torch", dtype, "cpu", documented=True))
    exact = certified(case, {name: limits[name].bound for name in got})
    for name, value in got.items():
        array = value.detach().numpy().astype(np.float64)
        assert exact[name].within(array, limits[name].bound).all(), name
    masked = np.isneginf(case.inputs["bias"])
    assert (limits["weights"].bound[..., masked] == 0).all()
    if input_class == "normal":
        assert all(limits[name].meaningful for name in got)
        unit = {"fp64": 2.0**-53, "fp32": 2.0**-24, "fp16": 2.0**-11}[dtype]
        off = weights.detach().numpy().astype(np.float64) * (1 + 64 * unit)
        assert not exact["weights"].within(off, limits["weights"].bound).all()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"normaliser": "sigmod"}, "did you mean sigmoid"),
        ({"normaliser": "sigmoid", "takes": ("sink",)}, "sink is of a softmax"),
        ({"normaliser": "sigmoid", "always": ("sink=0",)}, "sink is of a softmax"),
        ({"normaliser": "sigmoid", "outputs": ("context=0", "lse=1")}, "lse is of a softmax"),
    ],
)
def test_what_has_no_meaning_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Declaration("a:b", "dot", **changes)


TARGET: Final = """
import torch
def f(query, key, value): return torch.softmax(query @ key.mT, -1) @ value
def g(query, key, value): return torch.sigmoid(query @ key.mT) @ value
"""


@pytest.mark.slow
def test_the_command_line_and_its_replay_file(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "target.py").write_text(TARGET, encoding="utf-8")
    words = [
        "--score",
        "dot",
        "--normaliser",
        "sigmoid",
        "--profile",
        "quick",
        "--dtype",
        "fp64",
        "--property",
        "values",
    ]
    assert cli.main(["check", "target.py:f", *words]) == 1
    said = capsys.readouterr().out
    assert "try  --normaliser softmax" in said
    (file,) = (tmp_path / "attnproof-failures").iterdir()
    for target, status in (("f", 1), ("g", 0)):
        assert cli.main(["replay", str(file), f"target.py:{target}"]) == status
        assert "as dot | sigmoid" in capsys.readouterr().out
