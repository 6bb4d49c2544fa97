"""Mutants as targets."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from verify.contract import OURS, Contract
from verify.faults.mutants.operators import Altered, alterations
from verify.faults.mutants.sources import FORMULAS, functions, program
from verify.implementations import NUMPY_DTYPES
from verify.targets.target import Answer, Request, Target

OUTPUTS = ("context", "weights", "scores")


@dataclass(frozen=True, eq=False)
class Mutant:
    """One altered formula.

    name    stable as long as the generated module is: ``forward: wrong axis -2 in softmax(…) (line 246)``
    kind    ``dropped term``, ``wrong sign`` …
    """

    score: str
    name: str
    kind: str
    altered: Altered
    target: Target


def mutants(score: str) -> Iterator[Mutant]:
    """Every mutant of the generated NumPy module of a score, in the order of its source."""
    names: dict[str, int] = {}
    for function, tree in functions(score).items():
        for altered in alterations(tree):
            name = f"{FORMULAS[function]}: {altered.kind} {altered.words} (line {altered.line})"
            names[name] = names.get(name, 0) + 1
            if names[name] > 1:
                name += f" #{names[name]}"
            yield Mutant(score, name, altered.kind, altered, target(score, name, altered.function))


def target(score: str, name: str, altered: ast.FunctionDef | None = None) -> Target:
    """The generated module of a score, altered or as it is, behind the interface of targets."""
    module = program(score, altered)
    alone = altered is not None and altered.name == "scores"
    return Target(
        f"{score}: {name}",
        score,
        "numpy",
        (lambda request: _scores(module, request)) if alone else (lambda request: _attention(module, request)),
        ("bias", "softcap", *(("bias_hidden",) if score == "additive" else ())),
        ("scores",) if alone else OUTPUTS,
        gradients=not alone,
        contract=Contract(
            masked_row=OURS.masked_row,
            softcap=OURS.softcap,
            tanh_derivative="sech2",
            masked_nan="leaks",
        ),
        dtypes=("fp64", "fp32"),
        seeds=OUTPUTS,
    )


def _given(request: Request) -> dict[str, Any]:
    return {name: np.asarray(value).astype(NUMPY_DTYPES[request.dtype]) for name, value in request.given.items()}


def _scores(module: SimpleNamespace, request: Request) -> Answer:
    given = {name: value for name, value in _given(request).items() if name not in ("value", "softcap", "bias")}
    return Answer({"scores": np.asarray(module.scores(**given), dtype=np.float64)})


def _attention(module: SimpleNamespace, request: Request) -> Answer:
    given = _given(request)
    found = module.attention(**given)
    outputs = {name: np.asarray(getattr(found, name), dtype=np.float64) for name in OUTPUTS}
    wanted = tuple(given) if request.gradients is None else request.gradients
    if not wanted:
        return Answer(outputs)
    seeds = {
        f"grad_{name.removeprefix('grad_').removeprefix('seed_')}": seed.astype(NUMPY_DTYPES[request.dtype])
        for name, seed in request.case.cotangents.items()
    }
    gradients = module.attention_backward(**seeds, **given)
    return Answer(outputs, {name: np.asarray(gradients[name], dtype=np.float64) for name in wanted})
