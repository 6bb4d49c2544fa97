"""The second road of identities: the finite exponential ring, which knows nothing of SymPy's simplification."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from sympy import Expr, Function, Integer, KroneckerDelta, Symbol, exp, tanh

from attnproof.derivations.claims import CLAIMS
from attnproof.derivations.language.notation import D_K, D_Q, N_K, F, J, L, R, Tensor, index
from attnproof.derivations.language.system import total
from attnproof.derivations.lemmas import LEMMAS
from attnproof.derivations.proof import identities
from attnproof.derivations.proof.in_ring import ring_says
from attnproof.derivations.proof.rules import All, Along, Equal, Rule, equalities

E = Tensor("scores", "e", (N_K,))
Q = Tensor("query", "q", (D_Q,))
K = Tensor("key", "k", (D_K,))
BLOCKS = Tensor("blocks", "w", (D_Q + D_K,))
X = Symbol("x", real=True)
# What the ring does not decide: logarithms beside other numbers (A3), functions that nothing is known of (B3), π (T10),
# and sech² of an expression with a root that it draws at random (T8).
UNDECIDED = {"A3": 3, "B3": 2, "T10": 1, "T8": 2}


def _equalities(rule: Rule) -> Iterator[Equal]:
    if isinstance(rule, Equal):
        yield rule
    for part in rule.parts if isinstance(rule, All) else ():
        yield from _equalities(part)


def _identities() -> Iterator[tuple[str, Expr, Expr]]:
    for shelf in (CLAIMS, LEMMAS):
        for name, subject in shelf.items():
            for step in subject.steps:
                for rule in _equalities(step.by):
                    yield (name, *rule.written_out())


@pytest.mark.slow
def test_the_ring_agrees_with_every_identity_of_the_ledger() -> None:
    """And says so, but for a handful: one that it cannot read at all is a mistake in the identity more often than not,
    as an element beyond the end of its axis was.
    """
    said = [(name, ring_says(left, right)) for name, left, right in _identities()]
    assert len(said) > 200
    assert Counter(name for name, answer in said if answer is None) == UNDECIDED
    assert not [name for name, answer in said if answer is False]


@pytest.mark.slow
def test_the_ring_rejects_every_identity_with_a_term_too_many() -> None:
    said = [(name, ring_says(left, right + 1)) for name, left, right in _identities()]
    assert not [name for name, answer in said if answer is True]
    assert sum(answer is False for _, answer in said) > 0.9 * len(said)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (total(exp(E[L] + X), (L, N_K)), exp(X) * total(exp(E[L]), (L, N_K)), True),
        (total(KroneckerDelta(J, L) * E[J] * E[L], (J, N_K), (L, N_K)), total(E[J] ** 2, (J, N_K)), True),
        (total(KroneckerDelta(J, L) * E[J] * E[L], (J, N_K), (L, N_K)), total(E[J], (J, N_K)) ** 2, False),
        (exp(E[J]) / total(exp(E[L]), (L, N_K)), exp(E[J]), False),  # 1 only at a size of 1
        (total(E[L], (L, N_K)), N_K * E[Integer(0)], False),
        (tanh(2 * X), 2 * tanh(X) / (1 + tanh(X) ** 2), True),
        (tanh(2 * X), 2 * tanh(X), False),
        (total(Q[R] * K[R], (R, D_Q)), total(K[R] * Q[R], (R, D_Q)), None),  # k has no element d_q − 1 where d_k < d_q
        (total(E[L], (L, N_K - 1)) + E[N_K - 1], total(E[L], (L, N_K)), True),
        (2 * BLOCKS[D_Q + F], BLOCKS[D_Q + F] + BLOCKS[D_Q + F], True),  # f < d_k, behind an offset
        (2 * BLOCKS[D_Q + F], 3 * BLOCKS[D_Q + F], False),
        (Function("f")(X), Function("f")(X), None),
        (X * index("h"), X * index("h"), None),  # an index that stands on no axis
    ],
)
def test_answers(left: Expr, right: Expr, expected: bool | None) -> None:
    assert ring_says(left, right) is expected


def test_letters_of_sums_may_be_those_of_free_indices() -> None:
    inner = total(E[J], (J, N_K))
    assert ring_says(E[J] * inner, E[J] * total(E[L], (L, N_K))) is True


def test_a_canonical_form_that_calls_everything_equal_is_overruled(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (identities, equalities):
        monkeypatch.setattr(module, "equal", lambda *_: True)
    assert Equal(total(Q[R], (R, D_Q)), 2 * total(Q[R], (R, D_Q))).holds() is False
    assert Equal(2 * total(K[F], (F, D_K)), total(2 * K[F], (F, D_K))).holds()
    moving = ((Q, Tensor("direction", "p", (D_Q,))),)
    assert Along(total(Q[R], (R, D_Q)), moving, total(Q[R], (R, D_Q))).holds() is False
