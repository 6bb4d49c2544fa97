"""A softmax sees differences of logits and nothing else: behind the claims on biases."""

from __future__ import annotations

from sympy import Expr, Integer, exp, symbols

from attnproof.derivations.language.notation import N_K, I, J, L, Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.identities import put
from attnproof.derivations.proof.rules import Differentiated, Equal, Sign, Solver
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import Iff, eq

LOGITS = Tensor("logits", "t", (N_K,))
SHIFTS = Tensor("shifts", "x", (N_K,))
COMMON = Tensor("common", "b", ())
E_I, E_J, FACTOR = symbols("E_i E_j F", positive=True)  # exponentials of logits, and of a shift
Y, X_I, X_J = symbols("y x_i x_j", real=True)


def weight(key: Expr) -> Expr:
    """The softmax weight of the key at position ``key`` among n_k keys."""
    return exp(LOGITS[key]) / total(exp(LOGITS[L]), (L, N_K))


def moved(key: Expr, shift: Tensor) -> Expr:
    """The weight with ``shift`` added to the logits: one for all, or one each."""
    return put(weight(key), LOGITS, lambda at: LOGITS[at] + (shift[at] if shift.shape else shift[()]))


def shifted(expected: Expr, shift: Tensor = COMMON) -> bool:
    """The weight of key j is ``expected`` at every number of keys, with ``shift`` added."""
    return Equal(moved(J, shift), expected).holds()


def at_two_keys(factor: Expr) -> Solver:
    """A second road at two keys: times F and ``factor`` the exponentials give the same weight."""
    return Solver(eq(FACTOR * E_I / (FACTOR * E_I + factor * E_J), E_I / (E_I + E_J)))


QUOTIENT = exp(LOGITS[I] - LOGITS[J]) * weight(J)
MOVED = exp(LOGITS[I] - LOGITS[J] + SHIFTS[I] - SHIFTS[J]) * moved(J, SHIFTS)

LEMMA = Lemma(
    name="softmax_shift",
    title="A softmax sees differences of logits",
    statement=(
        r"For any number of keys, $\alpha_i/\alpha_j = e^{t_i - t_j}$. Shifts $x_j$ of the logits move the log-odds of "
        r"keys i and j by $x_i - x_j$; they leave all weights unchanged exactly if all $x_j$ are equal."
    ),
    assumptions={"A softmax over the keys alone; finite logits.": "normaliser"},
    steps=(
        closed("a common shift: its exponential factors out above and below", Equal(moved(J, COMMON), weight(J))),
        closed("the normaliser is common to both weights", Equal(weight(I), QUOTIENT)),
        closed("so log-odds are differences of logits, which shifts move", Equal(moved(I, SHIFTS), MOVED)),
        closed("the exponential grows", Differentiated(exp(Y), Y, exp(Y))),
        closed("everywhere, so it is 1 at 0 alone", Sign(ZERO, "<", exp(Y))),
        closed(
            "unchanged weights have unchanged quotients: exp(x_i − x_j) = 1",
            Solver(Iff(eq(X_I - X_J, ZERO), eq(X_I, X_J))),
        ),
        closed("a second road at two keys, with F for the exponential of the shift", at_two_keys(FACTOR)),
    ),
    altered={
        "a shift of its own for each key": Equal(moved(J, SHIFTS), weight(J)),
        "the sum of the logits": Equal(weight(I), exp(LOGITS[I] + LOGITS[J]) * weight(J)),
        "the sum of the shifts": Equal(
            moved(I, SHIFTS), exp(LOGITS[I] - LOGITS[J] + SHIFTS[I] + SHIFTS[J]) * moved(J, SHIFTS)
        ),
        "no shift but 0": Solver(Iff(eq(X_I - X_J, ZERO), eq(X_I, ZERO))),
        "one exponential multiplied, the other not": at_two_keys(Integer(1)),
    },
    references=(
        "Blanchard, D. Higham, N. Higham 2021, Accurately computing the log-sum-exp and softmax functions, section 2",
    ),
)
