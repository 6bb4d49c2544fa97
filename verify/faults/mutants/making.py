"""Mutants as targets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from types import SimpleNamespace
from typing import Any

import numpy as np

from impl.generated.numpy._runtime import sum_to
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

    @cached_property
    def target(self) -> Target:
        """The altered program."""
        module = program(self.score, self.altered)
        return target(self.score, self.name, module, alone=self.altered.function == "scores")


@cache
def mutants(score: str) -> tuple[Mutant, ...]:
    """Every mutant of the generated NumPy module of a score, in the order of its source."""
    found: dict[str, Mutant] = {}
    for function, tree in functions(score).items():
        for altered in alterations(tree):
            name = wanted = f"{FORMULAS[function]}: {altered.kind} {altered.words} (line {altered.line})"
            count = 1
            while name in found:  # the same words twice in a line
                count += 1
                name = f"{wanted} #{count}"
            found[name] = Mutant(score, name, altered.kind, altered)
    return tuple(found.values())


def unaltered(mutant: Mutant) -> Target:
    """The program that the mutant was made from."""
    return target(mutant.score, "as it is", program(mutant.score), alone=mutant.altered.function == "scores")


def target(score: str, name: str, module: SimpleNamespace, *, alone: bool = False) -> Target:
    """The generated module of a score, altered or as it is, behind the interface of targets; ``alone``: its function ``scores``."""
    return Target(
        f"{score}: {name}",
        score,
        "numpy",
        (lambda request: _scores(module, request)) if alone else (lambda request: _attention(module, request)),
        (*(() if alone else ("bias", "softcap")), *(("bias_hidden",) if score == "additive" else ())),
        ("scores",) if alone else OUTPUTS,
        gradients=not alone,
        contract=Contract(
            masked_row=OURS.masked_row,
            softcap=OURS.softcap,
            tanh_derivative="sech2",
            masked_nan="leaks",
        ),
        dtypes=("fp64", "fp32"),
        seeds=() if alone else OUTPUTS,
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
    seeds = {}
    for name, seed in request.case.cotangents.items():
        output = name.removeprefix("grad_").removeprefix("seed_")
        # Exact: the seeds of weights and scores are zero but for one element of the batch (``verify.properties.combinations``).
        seeds[f"grad_{output}"] = sum_to(seed.astype(NUMPY_DTYPES[request.dtype]), getattr(found, output))
    gradients = module.attention_backward(**seeds, **given)
    return Answer(outputs, {name: np.asarray(gradients[name], dtype=np.float64) for name in wanted})
