"""A softmax sees differences of logits and nothing else: behind the claims on biases."""

from __future__ import annotations

from functools import partial

from sympy import Eq, Expr, diff, exp, symbols

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.language.notation import N_K, I, J, L, Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.identities import put
from attnproof.derivations.proof.reasoning import same, vanishes
from attnproof.derivations.proof.smt import proves

LOGITS = Tensor("logits", "t", (N_K,))
SHIFTS = Tensor("shifts", "x", (N_K,))
COMMON = Tensor("common", "b", ())
T_I, T_J, X_I, X_J = symbols("t_i t_j x_i x_j", real=True)
E_I, E_J, FACTOR = symbols("E_i E_j F", positive=True)  # exponentials of logits, and of a shift


def weight(key: Expr) -> Expr:
    """The softmax weight of the key at position ``key`` among n_k keys."""
    return exp(LOGITS[key]) / total(exp(LOGITS[L]), (L, N_K))


def shifted(expected: Expr, shift: Tensor = COMMON) -> bool:
    """The weight of key j is ``expected`` at every number of keys, with ``shift`` added: one for all, or one each."""
    return equal(put(weight(J), LOGITS, lambda key: LOGITS[key] + (shift[key] if shift.shape else shift[()])), expected)


def quotient(expected: Expr) -> bool:
    """``α_i / α_j``, at every number of keys."""
    return equal(weight(I), expected * weight(J))


def moved(expected: Expr) -> bool:
    """How far shifts x_i, x_j move the log-odds ``t_i − t_j``."""
    return vanishes((T_I + X_I) - (T_J + X_J) - (T_I - T_J) - expected)


def only_for(value: Expr) -> bool:
    """The log-odds are where they were for ``x_i = value``, and for no other x_i: their slope in x_i is 1."""
    change = (T_I + X_I) - (T_J + X_J) - (T_I - T_J)
    return same(change.subs(X_I, value), T_I - T_I) and same(diff(change, X_I), exp(T_I - T_I))


def at_two_keys(factor: Expr) -> bool:
    """A second road at two keys: times F and ``factor`` the exponentials give the same weight (by SMT solver)."""
    return proves(Eq(FACTOR * E_I / (FACTOR * E_I + factor * E_J), E_I / (E_I + E_J)))


LEMMA = Lemma(
    name="softmax_shift",
    title="A softmax sees differences of logits",
    statement=(
        r"For any number of keys, $\alpha_i/\alpha_j = e^{t_i - t_j}$. Shifts $x_j$ of the logits move the log-odds of "
        r"keys i and j by $x_i - x_j$; they leave all weights unchanged exactly if all $x_j$ are equal."
    ),
    assumptions={"A softmax over the keys alone; finite logits.": "normaliser"},
    steps=(
        Step(
            "a common shift: its exponential factors out above and below, at every number of keys",
            r"\frac{e^{t_j + b}}{\sum_l e^{t_l + b}} => \frac{e^{t_j}}{\sum_l e^{t_l}}",
            partial(shifted, weight(J)),
        ),
        Step(
            "the normaliser is common to both weights",
            r"\alpha_i => e^{t_i - t_j} \alpha_j",
            partial(quotient, exp(LOGITS[I] - LOGITS[J])),
        ),
        Step(
            "log-odds are differences of logits",
            "(t_i + x_i) - (t_j + x_j) - (t_i - t_j) => x_i - x_j",
            partial(moved, X_I - X_J),
        ),
        Step(
            "unchanged weights have unchanged quotients: 0 there, and increasing in the first shift",
            r"x_i - x_j = 0 => \iff x_i = x_j",
            partial(only_for, X_J),
        ),
        Step(
            "a second road at two keys, with F for the exponential of the shift (an SMT solver decides)",
            r"\frac{F E_i}{F E_i + F E_j} => \frac{E_i}{E_i + E_j}",
            partial(at_two_keys, FACTOR),
        ),
    ),
    altered={
        "a shift of its own for each key": partial(shifted, weight(J), SHIFTS),
        "the sum of the logits": partial(quotient, exp(LOGITS[I] + LOGITS[J])),
        "the sum of the shifts": partial(moved, X_I + X_J),
        "no shift but 0": partial(only_for, T_I - T_I),
        "one exponential multiplied, the other not": partial(at_two_keys, exp(T_I - T_I)),
    },
    references=(
        "Blanchard, D. Higham, N. Higham 2021, Accurately computing the log-sum-exp and softmax functions, section 2",
    ),
)
