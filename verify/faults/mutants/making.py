"""Mutants as targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from types import SimpleNamespace
from typing import Any, Final

import numpy as np
import torch

from attnproof.impl.generated.numpy._runtime import sum_to
from attnproof.verify.arithmetic.function_errors import NUMPY_DTYPES
from attnproof.verify.arithmetic.torch_dtypes import TORCH_DTYPES
from attnproof.verify.faults.mutants.operators import Altered, alterations
from attnproof.verify.faults.mutants.sources import FORMULAS, Program, functions, loaded
from attnproof.verify.targets.contract import OURS, Contract
from attnproof.verify.targets.target import Answer, Request, Target

OUTPUTS: Final = ("context", "weights", "scores")
ALONE: Final = ("scores", "_scores_forward", "_scores_backward")  # functions that only the scores alone are made with


@dataclass(frozen=True, eq=False)
class Mutant:
    """One altered formula.

    program  which generated program it is of: ``numpy``, ``torch``
    name     stable as long as the generated module is: ``forward: wrong axis -2 in softmax(…) (line 246)``
    kind     ``dropped term``, ``wrong sign`` …
    """

    score: str
    program: Program
    name: str
    kind: str
    altered: Altered

    @cached_property
    def target(self) -> Target:
        """The altered program."""
        module = loaded(self.score, self.program, self.altered)
        return target(self.score, self.name, module, self.program, alone=self.altered.function in ALONE)


@cache
def mutants(score: str, program: Program = "numpy") -> tuple[Mutant, ...]:
    """Every mutant of a generated module of a score, in the order of its source."""
    found: dict[str, Mutant] = {}
    for function, tree in functions(score, program).items():
        for altered in alterations(tree):
            name = wanted = f"{FORMULAS[program][function]}: {altered.kind} {altered.words} (line {altered.line})"
            count = 1
            while name in found:  # the same words twice in a line
                count += 1
                name = f"{wanted} #{count}"
            found[name] = Mutant(score, program, name, altered.kind, altered)
    return tuple(found.values())


def unaltered(mutant: Mutant) -> Target:
    """The program that the mutant was made from."""
    module = loaded(mutant.score, mutant.program)
    return target(mutant.score, "as it is", module, mutant.program, alone=mutant.altered.function in ALONE)


def target(
    score: str, name: str, module: SimpleNamespace, program: Program = "numpy", *, alone: bool = False
) -> Target:
    """The generated module of a score, altered or as it is, behind the interface of targets; ``alone``: its scores
    only.

    A torch program is asked through ``forward`` and ``backward`` of its autograd Functions, without autograd: that
    would bring a gradient of a wrong shape into its input's.
    """
    gradients = program == "torch" or not alone
    seeds = ("scores",) if alone and gradients else () if alone else OUTPUTS
    return Target(
        f"{score}: {name}",
        score,
        program,
        _asked(module, program, alone=alone),
        (*(() if alone else ("bias", "softcap")), *(("bias_hidden",) if score == "additive" else ())),
        ("scores",) if alone else OUTPUTS,
        gradients=gradients,
        constant=("value",) if alone else (),
        contract=Contract(
            masked_row=OURS.masked_row,
            softcap=OURS.softcap,
            tanh_derivative="sech2",
            masked_nan="leaks",
        ),
        dtypes=("fp64", "fp32"),
        seeds=seeds,
    )


def _asked(module: SimpleNamespace, program: Program, *, alone: bool) -> Callable[[Request], Answer]:
    if program == "torch":
        function = module._ScoresFunction if alone else module._AttentionFunction
        return lambda request: _torch(function, ("scores",) if alone else OUTPUTS, request)
    return (lambda request: _scores(module, request)) if alone else (lambda request: _attention(module, request))


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
        f"grad_{output}": sum_to(seed.astype(NUMPY_DTYPES[request.dtype]), getattr(found, output))
        for output, seed in _seeds(request).items()
    }
    gradients = module.attention_backward(**seeds, **given)
    return Answer(outputs, {name: np.asarray(gradients[name], dtype=np.float64) for name in wanted})


def _seeds(request: Request) -> Mapping[str, Any]:
    """The cotangents by their outputs. Where an output has fewer batch dimensions than the case, all but one element of
    the batch are zero, so that their sum is exact (``attnproof.verify.properties.combinations``).
    """
    return {name.removeprefix("grad_").removeprefix("seed_"): seed for name, seed in request.case.cotangents.items()}


@dataclass
class _Context:
    """What a Function keeps between forward and backward."""

    needs_input_grad: tuple[bool, ...]
    saved_tensors: tuple[torch.Tensor | None, ...] = ()
    shape: tuple[int, ...] = field(default=())

    def set_materialize_grads(self, value: bool) -> None:
        """Gradients of outputs that were not used stay None here."""
        del value

    def save_for_backward(self, *tensors: torch.Tensor | None) -> None:
        """Keep what backward reads."""
        self.saved_tensors = tensors


@torch.no_grad()
def _torch(function: Any, outputs: Sequence[str], request: Request) -> Answer:
    dtype = TORCH_DTYPES[request.dtype]
    given = {name: torch.tensor(value, dtype=dtype) for name, value in request.given.items()}
    wanted = tuple(given) if request.gradients is None else request.gradients
    context = _Context(tuple(name in wanted for name in function.ARGUMENTS))
    result = function.forward(context, *(given.get(name) for name in function.ARGUMENTS))
    found = dict(zip(outputs, result if isinstance(result, tuple) else (result,), strict=True))
    answered = {name: _array(value) for name, value in found.items()}
    seeds = {name: seed for name, seed in _seeds(request).items() if name in found}
    if not wanted or not seeds:
        return Answer(answered)
    passed = [
        torch.tensor(sum_to(seeds[name], answered[name]), dtype=dtype) if name in seeds else None for name in outputs
    ]
    gradients = dict(zip(function.ARGUMENTS, function.backward(context, *passed), strict=True))
    return Answer(answered, {name: _array(gradients[name]) for name in wanted})


def _array(tensor: torch.Tensor) -> Any:
    return tensor.to(torch.float64).numpy()
