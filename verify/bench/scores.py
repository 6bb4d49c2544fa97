"""The scores of the documentation's examples: the kernels made from their equations beside the same in torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn.functional import leaky_relu, normalize

from attnproof.verify.bench.peers import Call, Problem, Way, in_torch, needs

EXAMPLES: Final = Path(__file__).resolve().parents[2] / "docs" / "examples"
COSINE: Final = ("query", "key", "value")


def gatv2(query: Tensor, key: Tensor, value: Tensor, weight_query: Tensor, weight_key: Tensor, v: Tensor) -> Tensor:
    """As a user writes it: (n_q, n_k, d_a) in memory."""
    hidden = (query @ weight_query.T)[:, None] + (key @ weight_key.T)[None]
    return torch.softmax(leaky_relu(hidden, 0.2) @ v, dim=-1) @ value


def scaled_additive(
    query: Tensor, key: Tensor, value: Tensor, weight_query: Tensor, weight_key: Tensor, v: Tensor
) -> Tensor:
    """As a user writes it."""
    hidden = torch.tanh((query @ weight_query.T)[:, None] + (key @ weight_key.T)[None])
    return torch.softmax(hidden @ v / v.shape[0] ** 0.5, dim=-1) @ value


def cosine(query: Tensor, key: Tensor, value: Tensor, temperature: Tensor) -> Tensor:
    """As a user writes it."""
    return torch.softmax(normalize(query, dim=-1) @ normalize(key, dim=-1).T / temperature, dim=-1) @ value


EAGER: Final[Mapping[str, Callable[..., Tensor]]] = MappingProxyType(
    {"gatv2": gatv2, "scaled_additive": scaled_additive, "cosine": cosine}
)


def problem(name: str, n: int, d: int, dtype: str = "fp32") -> Problem:
    """The tensors of one of the examples."""
    whole = Problem.make(n, d, dtype)
    if name != "cosine":
        return whole
    tensors = {one: whole.tensors[one] for one in COSINE} | {"temperature": torch.tensor(0.125, dtype=whole.dtype)}
    return Problem(n, d, whole.dtype, tensors, whole.seed)


def ways(name: str) -> Mapping[str, Way]:
    """The kernel, and torch eager."""
    return {"fused Numba": _fused(name), "torch eager": in_torch(lambda: EAGER[name])}


def _fused(name: str) -> Way:
    def way(given: Problem, *, backward: bool) -> Call:
        needs("numba")
        if not EXAMPLES.is_dir():
            raise RuntimeError("the examples are in the repository only")
        from attnproof.impl.codegen.own import program

        module = program("numba", f"{EXAMPLES}/{name}.py:{name}")
        arrays: dict[str, Any] = {one: tensor.numpy() for one, tensor in given.tensors.items()}
        if not backward:
            return lambda: module.attention(**arrays, threads=1)
        seed = given.seed.numpy()

        def both() -> object:
            forward = module.attention(**arrays, threads=1)
            return module.attention_backward(seed, **arrays, forward=forward, threads=1)

        return both

    return way
