"""B1, formally: a bias shared by all keys."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, Symbol, exp, tanh

from attnproof.derivations.language.notation import N_K, I, L
from attnproof.derivations.language.sigmoid import sigmoid
from attnproof.derivations.language.system import total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    If,
    Index,
    Number,
    Size,
    Some,
    Stated,
    eq,
    lt,
    ne,
)
from attnproof.derivations.statements._b1_rounding import ROUNDING
from attnproof.derivations.statements._parts import SCORES, weight_of

B, CAP, SINK, SCORE = (Symbol(name, real=True) for name in ("b", "kappa", "c", "x"))


def capped(score: Expr) -> Expr:
    """A score after the soft-cap."""
    return CAP * tanh(score / CAP)


def beside_sink(shift: Expr) -> Expr:
    """The weight of key i with a further term c in the denominator."""
    return exp(SCORES[I] + shift) / (total(exp(SCORES[L] + shift), (L, N_K)) + SINK)


STATEMENT: Final = (
    Stated(
        "unchanged",
        "a bias added to the logits of all keys leaves the weights unchanged",
        Every(
            (Size(N_K), Array(SCORES), Number(B), Index(I, N_K)),
            eq(weight_of(SCORES[L] + B, I), weight_of(SCORES[L], I)),
        ),
    ),
    Stated(
        "before_softcap",
        "before a soft-cap, every bias other than 0 changes the weights of some scores of two keys or more",
        Every(
            (Size(N_K, 2), Number(CAP), Number(B)),
            If(
                Both((lt(Integer(0), CAP), ne(B, Integer(0)))),
                Some(
                    (Array(SCORES), Index(I, N_K)),
                    ne(weight_of(capped(SCORES[L] + B), I), weight_of(capped(SCORES[L]), I)),
                ),
            ),
        ),
    ),
    Stated(
        "with_sink",
        "with a sink term c in the denominator it changes every weight",
        Every(
            (Size(N_K), Array(SCORES), Number(SINK), Number(B), Index(I, N_K)),
            If(
                Both((lt(Integer(0), SINK), ne(B, Integer(0)))),
                ne(beside_sink(B), beside_sink(Integer(0))),
            ),
        ),
    ),
    Stated(
        "with_sigmoid",
        "and with a sigmoid in place of the softmax",
        Every((Number(SCORE), Number(B)), If(ne(B, Integer(0)), ne(sigmoid(SCORE + B), sigmoid(SCORE)))),
    ),
    *ROUNDING,
)

OUTSIDE: Final = ()
