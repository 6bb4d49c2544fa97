"""Additive attention: this project's targets and their peers."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from torch import Tensor

from verify.bench.peers import PEERS, Call, Problem, differentiated


def _generated_torch(problem: Problem, *, backward: bool) -> Call:
    from impl.generated.torch import additive

    def context(**given: Tensor) -> Tensor:
        found: Tensor = additive.attention(**given).context
        return found

    return differentiated(context, problem, backward=backward)


def _generated_numpy(problem: Problem, *, backward: bool) -> Call:
    from impl.generated.numpy import additive

    arrays: dict[str, Any] = {name: tensor.numpy() for name, tensor in problem.tensors.items()}
    if not backward:
        return lambda: additive.attention(**arrays)
    return lambda: additive.attention_backward(problem.seed.numpy(), **arrays)


def _fused_numba(problem: Problem, *, backward: bool) -> Call:
    if importlib.util.find_spec("numba") is None:
        raise RuntimeError("numba is not installed")
    from impl.generated.numba import additive

    arrays: dict[str, Any] = {name: tensor.numpy() for name, tensor in problem.tensors.items()}
    if not backward:
        return lambda: additive.attention(**arrays)
    seed = problem.seed.numpy()

    def both() -> object:
        return additive.attention_backward(seed, **arrays, forward=additive.attention(**arrays))

    return both


OURS: Final[Mapping[str, Callable[..., Call]]] = MappingProxyType(
    {"fused Numba": _fused_numba, "generated torch": _generated_torch, "generated NumPy": _generated_numpy}
)


def side(name: str, problem: Problem, *, backward: bool) -> Call:
    """One way to compute the problem, ready to be called. Raises KeyError for an unknown one, RuntimeError for one that cannot run here."""
    return ({**OURS, **PEERS})[name](problem, backward=backward)
