"""Additive attention: this project's targets and their peers."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import torch
from torch import Tensor

from attnproof.verify.bench.peers import PEERS, Call, Problem, differentiated


def _generated_torch(problem: Problem, *, backward: bool) -> Call:
    from attnproof.impl.generated.torch import additive

    def context(**given: Tensor) -> Tensor:
        found: Tensor = additive.attention(**given).context
        return found

    return differentiated(context, problem, backward=backward)


def _separated_torch(problem: Problem, *, backward: bool) -> Call:
    return differentiated(_separated_context, problem, backward=backward)


def _separated_compiled(problem: Problem, *, backward: bool) -> Call:
    if shutil.which("c++") is None and shutil.which("g++") is None:
        raise RuntimeError("torch.compile needs a C++ compiler")
    return differentiated(torch.compile(_separated_context, fullgraph=True), problem, backward=backward)


def _separated_context(**given: Tensor) -> Tensor:
    from attnproof.impl.generated.torch_separated import additive

    found: Tensor = additive.attention(**given).context
    return found


def _separated_jax(problem: Problem, *, backward: bool) -> Call:
    if importlib.util.find_spec("jax") is None:
        raise RuntimeError("jax is not installed")
    import jax

    from attnproof.impl.generated.jax_separated import additive

    if problem.dtype == torch.float64:
        jax.config.update("jax_enable_x64", True)
    tensors = {name: jax.numpy.asarray(tensor.numpy()) for name, tensor in problem.tensors.items()}
    seed = jax.numpy.asarray(problem.seed.numpy())

    def context(given: Mapping[str, Any]) -> Any:
        return additive.attention(**given).context

    def gradients(given: Mapping[str, Any], upstream: Any) -> Any:
        return jax.vjp(context, given)[1](upstream)

    compiled = jax.jit(gradients) if backward else jax.jit(context)
    arguments = (tensors, seed) if backward else (tensors,)
    return lambda: jax.block_until_ready(compiled(*arguments))


def _generated_numpy(problem: Problem, *, backward: bool) -> Call:
    from attnproof.impl.generated.numpy import additive

    arrays: dict[str, Any] = {name: tensor.numpy() for name, tensor in problem.tensors.items()}
    if not backward:
        return lambda: additive.attention(**arrays)
    return lambda: additive.attention_backward(problem.seed.numpy(), **arrays)


def _fused_numba(problem: Problem, *, backward: bool) -> Call:
    if importlib.util.find_spec("numba") is None:
        raise RuntimeError("numba is not installed")
    from attnproof.impl.generated.numba import additive

    arrays: dict[str, Any] = {name: tensor.numpy() for name, tensor in problem.tensors.items()}
    if not backward:
        return lambda: additive.attention(**arrays)
    seed = problem.seed.numpy()

    def both() -> object:
        return additive.attention_backward(seed, **arrays, forward=additive.attention(**arrays))

    return both


OURS: Final[Mapping[str, Callable[..., Call]]] = MappingProxyType(
    {
        "fused Numba": _fused_numba,
        "separated torch": _separated_torch,
        "separated torch, compiled": _separated_compiled,
        "separated JAX": _separated_jax,
        "generated torch": _generated_torch,
        "generated NumPy": _generated_numpy,
    }
)


def side(name: str, problem: Problem, *, backward: bool) -> Call:
    """One way to compute the problem, ready to be called. Raises KeyError for an unknown one, RuntimeError for one that
    cannot run here.
    """
    return ({**OURS, **PEERS})[name](problem, backward=backward)
