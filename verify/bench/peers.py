"""What a user would otherwise take for additive attention: the textbook formula in the libraries' usual ways.

Every peer computes ``softmax(Σ_a v_a tanh(W_s q_i + W_h k_j)_a) V`` from the same tensors (one head, no batch), forward
or with the gradients of all six. ``peers`` makes each ready for one problem; what it cannot be made ready for is named
with its reason.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

NAMES: Final = ("query", "key", "value", "weight_query", "weight_key", "v")
CHUNK: Final = 128  # queries that are recomputed together where gradients are checkpointed
Call = Callable[[], Any]
Way = Callable[..., Call]  # (problem, *, backward): what makes a side ready for a problem


@dataclass(frozen=True)
class Problem:
    """Tensors of additive attention, and what flows back.

    n     queries and keys; d  every width
    """

    n: int
    d: int
    dtype: torch.dtype
    tensors: Mapping[str, Tensor]
    seed: Tensor

    @classmethod
    def make(cls, n: int, d: int, dtype: str = "fp32") -> Problem:
        """Standard normal values, projections that keep their size."""
        kind = {"fp32": torch.float32, "fp64": torch.float64}[dtype]
        rng = torch.Generator().manual_seed(0)

        def normal(*shape: int) -> Tensor:
            return torch.randn(shape, generator=rng, dtype=torch.float64)

        tensors = {
            "query": normal(n, d),
            "key": normal(n, d),
            "value": normal(n, d),
            "weight_query": normal(d, d) / d**0.5,
            "weight_key": normal(d, d) / d**0.5,
            "v": normal(d),
        }
        return cls(n, d, kind, {name: t.to(kind) for name, t in tensors.items()}, normal(n, d).to(kind))


def eager(query: Tensor, key: Tensor, value: Tensor, weight_query: Tensor, weight_key: Tensor, v: Tensor) -> Tensor:
    """The textbook formula, written out: (n_q, n_k, d_a) in memory."""
    a, b = query @ weight_query.T, key @ weight_key.T
    return torch.softmax(torch.tanh(a[:, None] + b[None]) @ v, dim=-1) @ value


def chunked(query: Tensor, key: Tensor, value: Tensor, weight_query: Tensor, weight_key: Tensor, v: Tensor) -> Tensor:
    """The same for CHUNK queries at a time, recomputed in the backward pass."""
    parts = [
        checkpoint(eager, part, key, value, weight_query, weight_key, v, use_reentrant=False)
        for part in torch.split(query, CHUNK)
    ]
    return torch.cat(parts)


def keops(query: Tensor, key: Tensor, value: Tensor, weight_query: Tensor, weight_key: Tensor, v: Tensor) -> Tensor:
    """KeOps: no large array; it has no tanh, which is 1 − 2/(1 + exp 2z)."""
    from pykeops.torch import LazyTensor

    a, b = LazyTensor((query @ weight_query.T)[:, None]), LazyTensor((key @ weight_key.T)[None])
    hyperbolic = 1 - 2 / (1 + (2 * (a + b)).exp())
    scores = (LazyTensor(v[None, None]) * hyperbolic).sum(-1)
    context: Tensor = scores.sumsoftmaxweight(LazyTensor(value[None]), axis=1)
    return context


def differentiated(function: Callable[..., Tensor], problem: Problem, *, backward: bool) -> Call:
    """A call of a torch function forward, or forward and backward with respect to all of its tensors."""
    if not backward:

        def forward() -> Tensor:
            with torch.no_grad():
                return function(**problem.tensors)

        return forward
    leaves = {name: tensor.clone().requires_grad_() for name, tensor in problem.tensors.items()}

    def both() -> tuple[Tensor, ...]:
        return torch.autograd.grad(function(**leaves), tuple(leaves.values()), problem.seed)

    return both


def in_torch(context: Callable[[], Callable[..., Tensor]], *, compiled: bool = False) -> Way:
    """A side in torch, as it stands or compiled whole; ``context`` gives the function when the side is made."""

    def way(problem: Problem, *, backward: bool) -> Call:
        if compiled:
            needs_compiler("torch.compile")
        function = torch.compile(context(), fullgraph=True) if compiled else context()
        return differentiated(function, problem, backward=backward)

    return way


def in_jax(context: Callable[[], Callable[..., Any]]) -> Way:
    """A side in JAX, compiled; ``context`` gives the function when the side is made."""

    def way(problem: Problem, *, backward: bool) -> Call:
        needs("jax")
        import jax

        if problem.dtype == torch.float64:
            jax.config.update("jax_enable_x64", True)
        tensors = {name: jax.numpy.asarray(tensor.numpy()) for name, tensor in problem.tensors.items()}
        seed = jax.numpy.asarray(problem.seed.numpy())

        function = context()

        def forward(given: Mapping[str, Any]) -> Any:
            return function(**given)

        def gradients(given: Mapping[str, Any], upstream: Any) -> Any:
            return jax.vjp(forward, given)[1](upstream)

        compiled = jax.jit(gradients) if backward else jax.jit(forward)
        arguments = (tensors, seed) if backward else (tensors,)
        return lambda: jax.block_until_ready(compiled(*arguments))

    return way


def generated(target: str, score: str = "additive") -> Callable[[], Callable[..., Any]]:
    """What imports a generated program, and gives the function that returns its context."""

    def imported() -> Callable[..., Any]:
        attention = importlib.import_module(f"attnproof.impl.generated.{target}.{score}").attention
        return lambda **given: attention(**given).context

    return imported


def needs(package: str) -> None:
    """Raise RuntimeError where a package is not installed."""
    if importlib.util.find_spec(package) is None:
        raise RuntimeError(f"{package} is not installed")


def needs_compiler(what: str) -> None:
    """Raise RuntimeError where there is no C++ compiler."""
    if shutil.which("c++") is None and shutil.which("g++") is None:
        raise RuntimeError(f"{what} needs a C++ compiler")


def _keops(problem: Problem, *, backward: bool) -> Call:
    needs("pykeops")
    needs_compiler("KeOps")
    return differentiated(keops, problem, backward=backward)


def keras_on_torch(dtype: torch.dtype) -> Any:
    """Keras with torch below it. Raises RuntimeError where it is absent, runs on another backend, or would compute in
    another format.
    """
    needs("keras")
    if dtype == torch.float64:
        raise RuntimeError("Keras 3.15 on torch computes fp64 in fp32")  # measured: 2e-7 off, also with its floatx set
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    if keras.backend.backend() != "torch":
        raise RuntimeError(f"Keras runs on {keras.backend.backend()} here; set KERAS_BACKEND=torch")
    return keras


def _keras(problem: Problem, *, backward: bool) -> Call:
    keras = keras_on_torch(problem.dtype)

    base: Any = keras.layers.AdditiveAttention

    class Layer(base):  # type: ignore[misc]
        """With the problem's v as its scale."""

        def attend(
            self, query: Tensor, key: Tensor, value: Tensor, weight_query: Tensor, weight_key: Tensor, v: Tensor
        ) -> Tensor:
            self._v = v
            context: Tensor = self.call([(query @ weight_query.T)[None], value[None], (key @ weight_key.T)[None]])
            return context[0]

        @property
        def scale(self) -> Tensor:
            return self._v

        @scale.setter
        def scale(self, value: object) -> None:
            del value

    layer = Layer(use_scale=True)
    layer.built = True
    return differentiated(layer.attend, problem, backward=backward)


def _textbook_jax() -> Callable[..., Any]:
    import jax

    def context(query: Any, key: Any, value: Any, weight_query: Any, weight_key: Any, v: Any) -> Any:
        a, b = query @ weight_query.T, key @ weight_key.T
        return jax.nn.softmax(jax.numpy.tanh(a[:, None] + b[None]) @ v, axis=-1) @ value

    return context


PEERS: Final[Mapping[str, Way]] = MappingProxyType(
    {
        "torch eager": in_torch(lambda: eager),
        "torch.compile": in_torch(lambda: eager, compiled=True),
        "chunks, checkpointed": in_torch(lambda: chunked),
        "JAX jit": in_jax(_textbook_jax),
        "Keras AdditiveAttention": _keras,
        "KeOps": _keops,
    }
)
