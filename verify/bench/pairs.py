"""Pairs: how this project does something, and the other way to the same thing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import _lru_cache_wrapper, partial
from typing import Final

import numpy as np
import torch
from flint import ctx
from mpmath import iv
from sympy import Add, Integer, Symbol, diff, expand, log, symbols, tanh
from sympy.core.cache import clear_cache

from attnproof.derivations.attention.whole import attention
from attnproof.derivations.calculus.adjoint import adjoint
from attnproof.derivations.language.notation import D
from attnproof.derivations.moments.calculus import Value
from attnproof.derivations.moments.distributions import normal
from attnproof.derivations.moments.scores import dot
from attnproof.impl.generated.torch import additive as generated
from attnproof.impl.reference import torch_attention as reference
from attnproof.verify.inputs.case import Case
from attnproof.verify.oracle import enclose
from attnproof.verify.tables.variance.samplers import brute, normal_law
from attnproof.verify.unit import generator

OURS: Final = "this project"  # the name of each pair's fast side
WIDTH = 4096  # of the sampled dot scores
SIDE = 64  # queries, keys and widths of the enclosures
BITS = 128
CUMULANTS = 8  # order of the last one
COMPONENTS = 4  # of the elements that gradients are taken for


@dataclass(frozen=True)
class Pair:
    """Two ways to the same thing: ``slow`` does ``share`` of what ``fast`` does (rows left out to save time)."""

    name: str
    fast: Callable[[], object]
    slow: Callable[[], object]
    share: float = 1.0


def forget() -> None:
    """Empty SymPy's cache and those of every module of ``derivations``: what has been derived once is else only looked
    up.
    """
    clear_cache()
    for name, module in list(sys.modules.items()):
        if name.startswith("attnproof.derivations."):
            for found in list(vars(module).values()):
                if isinstance(found, _lru_cache_wrapper):
                    found.cache_clear()


def law_against_brute_force() -> Pair:
    """Scores of normal vectors of width 4096: by their law √(2G) Z, and by drawing the vectors."""
    rng = generator(0, "bench", "law")
    count = 4096
    part = 64
    law, vectors = normal_law(WIDTH), brute("normal", WIDTH)
    return Pair(f"sample dot scores, d = {WIDTH}", lambda: law(rng, count), lambda: vectors(rng, part), part / count)


def oracle_against_mpmath() -> Pair:
    """Dot attention forward with n = d = 64 at 128 bits: the oracle, and mpmath's interval arithmetic (4 of 64
    rows).
    """
    rng = generator(0, "bench", "oracle")
    inputs = {name: rng.standard_normal((SIDE, SIDE)) for name in ("query", "key", "value")}
    case = Case("dot", inputs, np.ones((SIDE, SIDE)))
    rows = 4

    def intervals() -> object:
        iv.prec = BITS
        query, key, value = (
            [[iv.mpf(float(x)) for x in row] for row in inputs[name]] for name in ("query", "key", "value")
        )
        context = []
        for q in query[:rows]:
            powers = [iv.exp(sum((a * b for a, b in zip(q, k, strict=True)), iv.mpf(0))) for k in key]
            whole = sum(powers, iv.mpf(0))
            weights = [power / whole for power in powers]
            context.append(
                [sum((a * v[p] for a, v in zip(weights, value, strict=True)), iv.mpf(0)) for p in range(SIDE)]
            )
        return context

    def oracle() -> object:
        with ctx.workprec(BITS):
            return enclose(case, BITS, ("scores", "weights", "context"))

    return Pair(f"enclose dot attention, n = d = {SIDE}, {BITS} bits", oracle, intervals, rows / SIDE)


def derived_against_autograd() -> Pair:
    """Additive attention forward and backward in fp32: derived backward, and autograd through the textbook formula."""
    torch.manual_seed(0)
    shapes = {
        "query": (256, 64),
        "key": (256, 64),
        "value": (256, 64),
        "weight_query": (64, 64),
        "weight_key": (64, 64),
    }
    tensors = {name: torch.randn(shape) / 8 for name, shape in shapes.items()} | {"v": torch.randn(64)}
    seed = torch.randn(256, 64)

    def derived() -> object:
        leaves = {name: tensor.clone().requires_grad_() for name, tensor in tensors.items()}
        context = generated.attention(**leaves).context
        return torch.autograd.grad(context, list(leaves.values()), seed)

    return Pair(
        "additive forward and backward, n = d = 64·4", derived, lambda: reference.gradients("additive", tensors, seed)
    )


def cumulants_by_calculus_against_derivatives() -> Pair:
    """Cumulants up to order 8 of q·k at symbolic width, means and deviations: the calculus, and SymPy's derivatives of
    log E[e^(t q·k)].

    ``E[e^(t x y)] = (1 − σ²τ²t²)^(−1/2) exp((2 μ ν t + (μ²τ² + ν²σ²) t²) / (2 (1 − σ²τ²t²)))`` for independent normal x
    and y. Each side begins with an empty cache.
    """
    mu, nu = symbols("mu_q mu_k", real=True)
    sigma, tau = symbols("sigma_q sigma_k", positive=True)
    t = Symbol("t", real=True)

    def calculus() -> tuple[Value, ...]:
        clear_cache()
        return dot(normal(mu, sigma), normal(nu, tau), D).cumulants(CUMULANTS)

    def derivatives() -> tuple[Value, ...]:
        clear_cache()
        rest = 1 - sigma**2 * tau**2 * t**2
        generating = D * (-log(rest) / 2 + (2 * mu * nu * t + (mu**2 * tau**2 + nu**2 * sigma**2) * t**2) / (2 * rest))
        found: list[Value] = [Integer(0)]
        for _ in range(CUMULANTS):
            generating = generating.diff(t)
            found.append(expand(generating.subs(t, 0)))
        return tuple(found)

    return Pair(f"cumulants of q·k to order {CUMULANTS}, normal, symbolic d", calculus, derivatives)


def derivation_against_components(n: int) -> Pair:
    """Gradients of ``Σ ē e`` of the additive score for every input: derived once for all sizes, and by SymPy with one
    symbol for each element.

    The other way differentiates with respect to COMPONENTS of the ``4 n² + n`` elements, n keys, queries and widths
    each. Every side begins with empty caches, SymPy's and this project's own.
    """
    letters = {name: {(i, j): Symbol(f"{name}{i}_{j}") for i in range(n) for j in range(n)} for name in "qkst"}
    v = [Symbol(f"v{a}") for a in range(n)]
    elements = n * n * len(letters) + n

    def components() -> object:
        clear_cache()
        q, k, s, t = (letters[name] for name in "qkst")
        steps = range(n)
        loss = Add(
            *(
                Symbol(f"e{i}_{j}") * v[a] * tanh(Add(*(s[a, r] * q[i, r] + t[a, r] * k[j, r] for r in steps)))
                for i in steps
                for j in steps
                for a in steps
            )
        )
        chosen = [q[0, 0], k[n - 1, 0], s[0, n - 1], v[0]]
        return [diff(loss, symbol) for symbol in chosen]

    def derived() -> object:
        forget()
        return adjoint(attention("additive").resolve())

    return Pair(
        f"gradients of additive scores, n = {n} of {elements} elements", derived, components, COMPONENTS / elements
    )


PAIRS: Final[tuple[Callable[[], Pair], ...]] = (
    law_against_brute_force,
    oracle_against_mpmath,
    derived_against_autograd,
    cumulants_by_calculus_against_derivatives,
    *(partial(derivation_against_components, n) for n in (3, 4, 8)),
)
