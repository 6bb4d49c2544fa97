"""Lemmas: statements that several proofs rest on, each proved once, in a small file of its own named by it.

A lemma may rest on lemmas that stand before it in ``ORDER`` and on no others, so that the graph has no cycle.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from attnproof.derivations.language.shelf import Shelf
from attnproof.derivations.proof.claim import Lemma, Proof, lemmas_used, prove
from attnproof.derivations.statements.words import objection

ORDER: Final[tuple[str, ...]] = (
    "cauchy_schwarz",
    "cumulants_add",
    "mehler",
    "product_moments",
    "sphere_coordinate",
    "odd_score",
    "rounding",
    "softmax_shift",
    "softmax_condition",
    "tanh_product",
    "iterated_differences",
    "tanh_derivatives",
    "tanh_powers",
    "bernstein",
    "sech_squared_convex",
    "sech_squared_odd_width",
    "tanh_rounds_to_one",
    "exponential_tangent",
    "normal_exponential",
    "jensen_logarithm",
    "log_sum_exp",
    "normal_by_parts",
    "normal_tail",
    "largest_normal",
    "rounding_as_factor",
    "perturbed_product",
    "exponentials_in_range",
    "growth_of_roundings",
    "order_of_summation",
    "perturbed_factors",
    "mean_value_tanh",
    "sech_squared_formula",
    "softmax_error",
    "log_sum_exp_error",
    "rotary_relative",
    "ring_degree",
    "ring_equality",
)


LEMMAS: Final[Mapping[str, Lemma]] = Shelf[Lemma](__name__, "LEMMA", ORDER)


@cache
def proof(name: str) -> Proof:
    """The lemma's proof, checked once in a process. Raises ValueError when it uses a lemma that stands after it."""
    lemma = LEMMAS[name]
    for used in lemmas_used(lemma):
        if used not in ORDER or ORDER.index(used) >= ORDER.index(name):
            raise ValueError(f"lemma {name!r} uses {used!r}; expected one that stands before it")
    return prove(lemma, holds, needs)


def needs(name: str) -> tuple[str, ...]:
    """The assumptions of a lemma. Raises KeyError for an unknown name."""
    return tuple(LEMMAS[name].assumptions)


def holds(name: str) -> bool:
    """Whether every step of the lemma checks, with those of the lemmas below, and its statement is the one that was
    held to its propositions. Raises KeyError for an unknown name.
    """
    return bool(LEMMAS[name].steps) and proof(name).holds and objection(LEMMAS[name]) is None
