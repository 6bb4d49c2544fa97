"""Definitions are put in for the elements that they define, whatever stands as an index."""

from __future__ import annotations

from sympy import Function

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.language.notation import N_K, I, J, L, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.proof.identities import written_out

KEYS, PLACES = Tensor("keys", "k", (N_K,)), Tensor("places", "pi", (N_K,))
LOGITS = Tensor("logits", "t", (N_K,))
SCORE = Function("f", real=True)
DEFINED = Equation(LOGITS, (J,), SCORE(KEYS[J]) + total(KEYS[I], (I, N_K)))


def test_an_element_may_stand_as_an_index() -> None:
    found = written_out(LOGITS[PLACES[I]], DEFINED)
    assert equal(found, SCORE(KEYS[PLACES[I]]) + total(KEYS[L], (L, N_K)))
    assert not equal(found, SCORE(KEYS[I]) + total(KEYS[L], (L, N_K)))
