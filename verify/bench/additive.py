"""Additive attention: this project's targets and their peers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from attnproof.verify.bench.peers import PEERS, Call, Problem, Way, generated, in_jax, in_torch, needs


def _generated_numpy(problem: Problem, *, backward: bool) -> Call:
    from attnproof.impl.generated.numpy import additive

    arrays: dict[str, Any] = {name: tensor.numpy() for name, tensor in problem.tensors.items()}
    if not backward:
        return lambda: additive.attention(**arrays)
    return lambda: additive.attention_backward(problem.seed.numpy(), **arrays)


def _fused_numba(problem: Problem, *, backward: bool) -> Call:
    needs("numba")
    from attnproof.impl.generated.numba import additive

    arrays: dict[str, Any] = {name: tensor.numpy() for name, tensor in problem.tensors.items()}
    if not backward:
        return lambda: additive.attention(**arrays)
    seed = problem.seed.numpy()

    def both() -> object:
        return additive.attention_backward(seed, **arrays, forward=additive.attention(**arrays))

    return both


OURS: Final[Mapping[str, Way]] = MappingProxyType(
    {
        "fused Numba": _fused_numba,
        "separated torch": in_torch(generated("torch_separated")),
        "separated torch, compiled": in_torch(generated("torch_separated"), compiled=True),
        "separated JAX": in_jax(generated("jax_separated")),
        "generated torch": in_torch(generated("torch")),
        "generated NumPy": _generated_numpy,
    }
)


def side(name: str, problem: Problem, *, backward: bool) -> Call:
    """One way to compute the problem, ready to be called. Raises KeyError for an unknown one, RuntimeError for one that
    cannot run here.
    """
    return ({**OURS, **PEERS})[name](problem, backward=backward)
