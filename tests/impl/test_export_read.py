"""Exported files under ``attnproof check``: every score in NumPy, torch and JAX equals the derivation exactly."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import attnproof
from attnproof.derivations.scores import FAMILIES
from attnproof.impl.export.score import exported
from attnproof.verify.checking.report import Report
from attnproof.verify.outcome import FAIL, PASS

LIBRARIES = ("numpy", "torch", "jax")
EACH = [(score, library) for score in FAMILIES for library in LIBRARIES]
FAST = {("additive", "numpy"), ("scaled_dot", "torch"), ("dot", "jax")}


def module(score: str, library: str, folder: Path, right: str = "", wrong: str = "") -> ModuleType:
    text = exported(score, library)
    assert right in text
    path = folder / f"{score}_{library}.py"
    path.write_text(text.replace(right, wrong) if right else text, "utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def read(score: str, library: str, found: ModuleType) -> Report:
    declared: dict[str, Any] = {"backward": found.attention_backward} if library == "numpy" else {}
    return attnproof.check(
        found.attention,
        score,
        framework=library,
        outputs=("context=context", "weights=weights", "scores=scores"),
        takes=("bias", "softcap", *(("bias_hidden",) if score == "additive" else ())),
        profile="quick",
        properties=["algebra"],
        shrink=False,
        **declared,
    )


@pytest.mark.parametrize(
    ("score", "library"), [pytest.param(*each, marks=() if each in FAST else pytest.mark.slow) for each in EACH]
)
def test_an_exported_file_equals_the_derivation(score: str, library: str, tmp_path: Path) -> None:
    pytest.importorskip(library)
    report = read(score, library, module(score, library, tmp_path))
    assert report.ok
    assert {each.outcome for each in report.findings} == {PASS}, report.summary()
    of = {each.quantity for each in report.findings}
    assert {"scores", "weights", "context", "grad.query", "grad.key", "grad.value", "grad.bias", "grad.softcap"} <= of


def test_an_exported_file_that_was_changed_does_not(tmp_path: Path) -> None:
    changed = module("scaled_dot", "torch", tmp_path, "grad_weights - row_dot[..., None]", "grad_weights")
    report = read("scaled_dot", "torch", changed)
    failed = {each.quantity for each in report.findings if each.outcome == FAIL}
    assert {"grad.query", "grad.key", "grad.bias", "grad.softcap"} <= failed
    assert not failed & {"scores", "weights", "context", "grad.value"}
