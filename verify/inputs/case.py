"""A case: one set of inputs for one score, in one format, with the cotangent for its gradients.

Every format's values are float64 values, so a case is held in float64 whatever its format: nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import numpy as np
from sympy import Expr, Integer, Symbol

from attnproof.derivations.attention.extended import FEATURES, extended
from attnproof.derivations.attention.rotary import TABLES
from attnproof.derivations.attention.whole import attention
from attnproof.derivations.calculus.adjoint import adjoint
from attnproof.derivations.language.notation import D_V, N_K, N_Q, Tensor
from attnproof.derivations.language.system import System
from attnproof.derivations.scores.family import ScoreFamily
from attnproof.derivations.scores.own import family
from attnproof.verify.arithmetic.formats import FORMATS, Array

TABLE_NAMES: Final = frozenset(tensor.name for tensor in TABLES)


@dataclass(frozen=True, eq=False)
class Case:
    """Inputs of one score's attention layer.

    score         name of a score family, or ``file.py:name`` (``attnproof.derivations.scores.own``)
    inputs        tensor name -> float64 array, shape ``batch + symbolic shape`` (parameters: without batch). The
                  optional inputs that are given (``softcap``, ``bias``, ``bias_hidden``) are those that take part.
                  ``softcap`` is 0-d and positive; ``bias`` may hold −∞ (the key is masked for that query).
    grad_context  float64, shape ``batch + (n_q, d_v)``: the cotangent of the context
    grad_lse      float64, shape ``batch + (n_q,)``: the cotangent of the log-sum-exp. Given, the case has the output
                  ``lse``
    seeds         further cotangents, float64, shape ``batch + (n_q, n_k)``: of ``weights`` and ``scores``
    dtype         ``fp64``, ``fp32``, ``bf16``, ``fp16``; every value given must be exact in it, but those of tables
                  of rotary positions, which a program may keep in a wider one
    size          name of the size class, for ids
    input_class   name of the input class, for ids

    Raises KeyError for an unknown score and ValueError for: an unknown or missing input, an array that is not float64,
    a wrong number of axes, sizes that clash, batch dimensions that do not broadcast, an empty axis, a soft-cap or
    another positive parameter that is not, a value that the format does not have. NaN and infinities exist in every
    format and are let through: what they mean is for those who use the case to say.
    """

    score: str
    inputs: Mapping[str, Array]
    grad_context: Array
    dtype: str = "fp64"
    size: str = ""
    input_class: str = ""
    grad_lse: Array | None = None
    seeds: Mapping[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.dtype not in FORMATS:
            raise ValueError(f"unknown dtype {self.dtype!r}; known dtypes: {', '.join(FORMATS)}")
        self._check_names()
        for name, array in self._arrays.items():
            _check_array(name, array, "fp64" if name in TABLE_NAMES else self.dtype)
        expected = (*self.batch, self.sizes[N_Q.name], self.sizes[D_V.name])
        if self.grad_context.shape != expected:
            raise ValueError(f"grad_context has shape {self.grad_context.shape}, expected {expected}")
        if self.grad_lse is not None and self.grad_lse.shape != expected[:-1]:
            raise ValueError(f"grad_lse has shape {self.grad_lse.shape}, expected {expected[:-1]}")
        for name, seed in self.seeds.items():
            if name not in ("weights", "scores"):
                raise ValueError(f"unknown seed {name!r}; known seeds: weights, scores")
            if seed.shape != (*self.batch, self.sizes[N_Q.name], self.sizes[N_K.name]):
                raise ValueError(f"the seed of {name} has shape {seed.shape}, expected batch + (n_q, n_k)")
        for name, tensor in self.tensors.items():
            if tensor.positive and not float(self.inputs[name]) > 0:
                raise ValueError(f"{name} must be > 0, got {float(self.inputs[name])}")

    def having(self, **inputs: Array) -> Case:
        """The same with some inputs added or exchanged."""
        return replace(self, inputs={**self.inputs, **inputs})

    @cached_property
    def family(self) -> ScoreFamily:
        """The score; its name is only for other processes, files and messages."""
        return family(self.score)

    @cached_property
    def options(self) -> tuple[str, ...]:
        """Optional inputs that are given, in the order of the system."""
        return tuple(name for name in attention(self.family).options if name in self.inputs)

    @cached_property
    def features(self) -> tuple[str, ...]:
        """What the layer has beyond soft-cap and bias (``attnproof.derivations.attention.extended``): ``rotary``,
        ``sink``, ``dropout``, ``lse``.
        """
        given = {*self.inputs} | ({"lse"} if self.grad_lse is not None else set())
        if not given.isdisjoint(TABLE_NAMES):
            given.add("rotary")
        return tuple(name for name in FEATURES if name in given)

    @cached_property
    def layer(self) -> System:
        """The score and its layer, options still open."""
        return attention(self.family) if not self.features else extended(self.family, self.features)

    @cached_property
    def forward(self) -> System:
        """The system whose values are the truth, every option decided."""
        return self.layer.resolve(*self.options)

    @cached_property
    def outputs(self) -> tuple[str, ...]:
        """``scores``, ``weights``, ``context``, and ``lse`` where it has a cotangent."""
        return ("scores", "weights", "context", *(("lse",) if self.grad_lse is not None else ()))

    @cached_property
    def backward(self) -> System:
        """The gradients of ``Σ grad_context · context`` (plus ``Σ grad_lse · lse`` …) with respect to every input
        given.
        """
        seeds = ("context", *(("lse",) if self.grad_lse is not None else ()), *self.seeds)
        return adjoint(self.forward, seeds, tuple(self.inputs))

    @property
    def cotangents(self) -> Mapping[str, Array]:
        """The cotangents by the names of their tensors."""
        # weights and scores feed other equations, so their cotangents are seeds beside what flows back
        # (``attnproof.derivations.calculus.adjoint``)
        found = {"grad_context": self.grad_context} | {f"seed_{name}": seed for name, seed in self.seeds.items()}
        return found if self.grad_lse is None else {**found, "grad_lse": self.grad_lse}

    @cached_property
    def tensors(self) -> Mapping[str, Tensor]:
        """The inputs' tensors by name, in the order of the resolved system."""
        return {tensor.name: tensor for tensor in self.forward.inputs}

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """Size symbol's name (``n_q``, ``n_k``, ``d`` ...) -> its value here."""
        return {str(symbol): value for symbol, (value, _) in self._sizes.items()}

    @cached_property
    def batch(self) -> tuple[int, ...]:
        """The broadcast leading shape of all inputs."""
        leading = {n: self.inputs[n].shape[: self.inputs[n].ndim - len(t.shape)] for n, t in self.tensors.items()}
        try:
            return np.broadcast_shapes(*leading.values())
        except ValueError:
            given = ", ".join(f"{name} {shape}" for name, shape in leading.items() if shape)
            raise ValueError(f"batch dimensions do not broadcast: {given}") from None

    @property
    def _arrays(self) -> Mapping[str, Array]:
        return {**self.inputs, **self.cotangents}

    def _check_names(self) -> None:
        known = {tensor.name for tensor in self.layer.inputs}
        for name in self.inputs:
            if name not in known:
                raise ValueError(f"{self.score}: unknown input {name!r}; known inputs: {', '.join(sorted(known))}")
        missing = [name for name in self.tensors if name not in self.inputs]
        if missing:
            raise ValueError(f"{self.score}: missing input {missing[0]!r}")

    @cached_property
    def _sizes(self) -> Mapping[Symbol, tuple[int, str]]:
        """Each size symbol with its value and the input it was read from."""
        found: dict[Symbol, tuple[int, str]] = {}
        sums: list[tuple[str, Expr, int]] = []
        for name, tensor in self.tensors.items():
            for axis, length in zip(tensor.shape, _own_shape(tensor, self.inputs[name]), strict=True):
                if not isinstance(axis, Symbol):
                    sums.append((name, axis, length))
                    continue
                value, source = found.setdefault(axis, (length, name))
                if value != length:
                    raise ValueError(f"size {axis}: {source} has {value}, {name} has {length}")
        for name, axis, length in sums:
            wanted = axis.subs({symbol: Integer(value) for symbol, (value, _) in found.items()})
            if not wanted.is_Integer:
                raise ValueError(f"{name}: size {axis} is {wanted}, no whole number, from the other inputs")
            if wanted != length:
                raise ValueError(f"size {axis}: expected {wanted} from the other inputs, {name} has {length}")
        return found


def _own_shape(tensor: Tensor, array: Array) -> tuple[int, ...]:
    """The array's shape without batch dimensions."""
    extra = array.ndim - len(tensor.shape)
    if extra < 0 or (extra > 0 and not tensor.batched):
        wanted = f"{'batch + ' if tensor.batched else ''}({', '.join(map(str, tensor.shape))})"
        raise ValueError(f"{tensor.name} has shape {array.shape}, expected {wanted}")
    return array.shape[extra:]


def _check_array(name: str, array: object, dtype: str) -> None:
    if not isinstance(array, np.ndarray) or array.dtype != np.float64:
        raise ValueError(f"{name} must be a float64 array, got {getattr(array, 'dtype', type(array).__name__)}")
    if 0 in array.shape:
        raise ValueError(f"{name} has shape {array.shape}; every axis needs at least one element")
    wrong = ~FORMATS[dtype].representable(array)
    if wrong.any():
        where = tuple(int(k) for k in np.argwhere(wrong)[0])
        raise ValueError(f"{name}{list(where)} = {float(array[where]).hex()} is not a value of {dtype}")
