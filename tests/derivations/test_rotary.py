"""Rotary positions: gradients by the second roads, the theorem on relative positions, and both again by numbers."""

from __future__ import annotations

import cmath
import random
from dataclasses import replace
from fractions import Fraction

import pytest
from made_rules import FAILS, HOLDS
from sympy import Indexed

from attnproof.derivations.attention.extended import extended
from attnproof.derivations.attention.rotary import TABLES, half_split_order, rotary
from attnproof.derivations.calculus.adjoint import adjoint
from attnproof.derivations.language.system import Equation
from attnproof.derivations.lemmas.rotary_relative import LEMMA as RELATIVE
from attnproof.derivations.proof.claim import prove
from attnproof.derivations.recheck.recheck import recheck

EXACT = ({"n_q": 2, "n_k": 3, "d": 4, "d_v": 2}, {"n_q": 1, "n_k": 2, "d": 16, "d_v": 1})
SCALAR = ({"n_q": 1, "n_k": 2, "d": 4, "d_v": 1},)


@pytest.mark.parametrize("score", ["dot", "scaled_dot"])
@pytest.mark.parametrize("features", [(), ("sink", "lse")], ids=["plain", "sink+lse"])
def test_the_gradients_hold_by_the_second_roads(score, features):
    forward = extended(score, ("rotary", *features)).resolve("bias")
    outputs = ("context", "lse") if features else ("context",)
    rows = recheck(forward, adjoint(forward, outputs), outputs, exact_sizes=EXACT, scalar_sizes=SCALAR)
    assert {row.quantity for row in rows} == {f"grad_{tensor.name}" for tensor in forward.inputs}
    assert {table.name for table in TABLES} <= {tensor.name for tensor in forward.inputs}
    assert [row for row in rows if not row.holds] == []


def test_a_rotation_the_other_way_round_is_seen():
    forward = extended("dot", ("rotary",)).resolve()
    backward = adjoint(forward, ("context",))
    wrong = tuple(
        Equation(e.target, e.indices, e.rhs.xreplace({x: -x for x in e.rhs.atoms(Indexed) if str(x).startswith("S_k")}))
        for e in backward.equations
    )
    rows = recheck(forward, replace(backward, equations=wrong), exact_sizes=EXACT[:1], scalar_sizes=())
    assert {row.quantity for row in rows if not row.holds} == {"grad_key"}


def test_the_theorem_holds_and_its_alterations_do_not():
    found = prove(RELATIVE, lambda name: False)
    assert found.holds
    assert len(RELATIVE.altered) >= 7


@pytest.mark.parametrize("number", range(len(RELATIVE.steps)))
def test_without_any_one_step_it_falls(number):
    steps = tuple(replace(step, by=HOLDS if k != number else FAILS) for k, step in enumerate(RELATIVE.steps))
    assert prove(replace(RELATIVE, steps=steps, altered={}), lambda name: True).failed == (number,)


def scores(query, key, angles, width):
    """Plain Python: pairs g and d/2 + g as complex numbers."""
    half = width // 2

    def turned(x, angle):
        return [complex(x[g], x[half + g]) * cmath.exp(1j * angle[g]) for g in range(half)]

    return [
        [
            sum((a * b.conjugate()).real for a, b in zip(turned(q, angles[i]), turned(k, angles[j]), strict=True))
            for j, k in enumerate(key)
        ]
        for i, q in enumerate(query)
    ]


@pytest.mark.parametrize(("power", "relative"), [(1, True), (2, False)])
def test_one_query_and_one_key_everywhere_score_by_their_distance(power, relative):
    rng = random.Random(0)
    query, key = ([[rng.uniform(-1, 1) for _ in range(6)]] * 5 for _ in range(2))
    angles = [[p**power * w for w in (1.0, 0.1, 0.01)] for p in range(5)]
    found = scores(query, key, angles, 6)
    spread = max(abs(found[i][j] - found[i + 1][j + 1]) for i in range(4) for j in range(4))
    assert (spread < 1e-14) is relative


def test_the_system_is_the_rotation_in_fractions():
    """The equations, read by hand, at a rational point of the circle (3/5, 4/5): lengths stay."""
    third, fourth = Fraction(3, 5), Fraction(4, 5)
    a, b = Fraction(7), Fraction(-2)
    turned = (a * third - b * fourth, b * third + a * fourth)
    assert turned[0] ** 2 + turned[1] ** 2 == a**2 + b**2
    texts = [str(equation.rhs) for equation in rotary("dot").equations[:2]]
    assert texts == ["C_q[i, g]*q[i, g] - S_q[i, g]*q[i, d/2 + g]", "C_q[i, g]*q[i, d/2 + g] + S_q[i, g]*q[i, g]"]


def test_interleaved_pairs_become_half_split_ones():
    assert half_split_order(6) == (0, 2, 4, 1, 3, 5)
    for width in (2, 4, 10):
        order = half_split_order(width)
        assert sorted(order) == list(range(width))
        assert all((order[g], order[width // 2 + g]) == (2 * g, 2 * g + 1) for g in range(width // 2))
    for width in (0, 1, 7):
        with pytest.raises(ValueError, match="even width"):
            half_split_order(width)


def test_a_score_that_is_no_product_is_refused():
    with pytest.raises(ValueError, match="'additive' has no rotary positions"):
        extended("additive", ("rotary",))
