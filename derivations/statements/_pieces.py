"""Pieces of propositions that several claims share: arrays made of two blocks, one element moved, softmax weights."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from sympy import Add, Expr, Integer, KroneckerDelta, Symbol, exp

from attnproof.derivations.language.indexing import substitute
from attnproof.derivations.language.notation import D_K, D_Q, N_K, A, F, J, L, R, Tensor
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.proof.identities import put, written_out
from attnproof.derivations.propositions.proposition import Both, Every, Index, Proposition, eq

LETTERS = (A, F, R)
STEP = Symbol("t", real=True)  # how far an element is moved


def scores(system: System) -> Expr:
    """The score of query i and key j, written out in the system's inputs."""
    return written_out(system.equations[-1].rhs, *system.equations[:-1])


def moved(expr: Expr, tensor: Tensor, *where: Expr) -> Expr:
    """``expr`` with ``t`` added to the element of ``tensor`` at ``where``."""
    return put(expr, tensor, lambda *at: tensor[at] + STEP * prod(map(KroneckerDelta, at, where)))


def beside(whole: Callable[[Expr], Expr], left: Callable[[Expr], Expr], right: Callable[[Expr], Expr]) -> Proposition:
    """``whole = [left right]``: first the places of the query, then those of the key."""
    return Both(
        (
            Every((Index(R, D_Q),), eq(whole(R), left(R))),
            Every((Index(F, D_K),), eq(whole(D_Q + F), right(F))),
        )
    )


def weights(target: Tensor, logit: Expr) -> Equation:
    """Softmax over the keys of ``logit``, which is that of key j."""
    return Equation(target, (J,), exp(logit) / total(exp(substitute(logit, {J: L})), (L, N_K)))


def count_of_parameters(system: System) -> Expr:
    """One for each element of the arrays that are parameters."""
    return Add(
        *(
            total(Integer(1), *zip(LETTERS, tensor.shape, strict=False))
            for tensor in system.inputs
            if tensor.role == "parameter"
        )
    )
