"""The arithmetic under the exclusive-or certificates: expansions of scores, Farkas' criterion, margins, sizes."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import pytest
from flint import fmpq
from sympy import Add, Rational, Symbol

from attnproof.derivations.claims import x2, x4
from attnproof.derivations.claims.checks import xor, xor_cells
from attnproof.derivations.proof.rules import Contradiction, RuleError

X, Y = {"x": Fraction(1)}, {"y": Fraction(1)}
MINUS_X = {"x": Fraction(-1)}


@pytest.mark.parametrize(
    ("inequalities", "multipliers", "expected"),
    [
        ({"a": X, "b": MINUS_X}, {"a": 1, "b": 1}, True),
        ({"a": X, "b": MINUS_X, "c": Y}, {"a": 2, "b": 2, "c": 0}, True),
        ({"a": {}}, {"a": 1}, True),
        ({"a": X, "b": X}, {"a": 1, "b": -1}, False),  # x > 0 and x > 0 is no contradiction
        ({"a": {}}, {"a": -1}, False),
        ({"a": X, "b": MINUS_X}, {"a": 1, "b": 2}, False),
        ({"a": X, "b": MINUS_X}, {"a": 0, "b": 0}, False),
        ({"a": X, "b": MINUS_X}, {}, False),
        ({"a": X}, {"a": 1, "b": 1}, False),
    ],
)
def test_farkas(inequalities, multipliers, expected):
    symbols_ = {"x": Symbol("x", real=True), "y": Symbol("y", real=True)}
    demands = {n: Add(*(Rational(c.numerator) * symbols_[u] for u, c in f.items())) for n, f in inequalities.items()}
    try:
        found = Contradiction(
            tuple(demands[name] for name in multipliers), tuple(map(Rational, multipliers.values()))
        ).holds()
    except (RuleError, KeyError):  # no multiplier, or one of no demand
        found = False
    assert found is expected


def test_the_expansion_of_the_bilinear_score_is_that_score():
    generator = random.Random("expansion")
    for rows, columns in itertools.product((2, 3), repeat=2):
        weight = tuple(tuple(generator.randint(-9, 9) for _ in range(columns)) for _ in range(rows))
        query, key = (tuple(generator.randint(-9, 9) for _ in range(n)) for n in (rows, columns))
        expanded = sum(c * weight[r][f] for (r, f), c in xor.bilinear(query, key).items())
        assert fmpq(int(expanded)) == xor_cells.Bilinear(weight)(query, key)


@pytest.mark.parametrize("values", [(0, 1), (-1, 1)])
def test_an_odd_score_has_opposite_values_at_opposite_pairs_and_no_other_relation(values):
    points = list(itertools.product(values, repeat=2))
    unknowns = set()
    for query, key in itertools.product(points, repeat=2):
        minus_query, minus_key = (tuple(-x for x in vector) for vector in (query, key))
        here, there = xor.odd(query, key), xor.odd(minus_query, minus_key)
        assert {name: -c for name, c in here.items()} == there
        unknowns |= set(here)
    assert len(unknowns) == {0: 15, -1: 8}[values[0]]  # 16 pairs, one of them 0; 16 pairs, opposite in twos
    assert xor.odd((0, 0), (0, 0)) == {}


@pytest.mark.parametrize("encoding", xor.ENCODINGS)
def test_the_criteria_are_twelve_and_sixteen_inequalities(encoding):
    ranking, threshold = xor.ranking(encoding, xor.anything), xor.threshold(encoding, xor.anything)
    assert (len(ranking), len(threshold)) == (12, 16)
    assert all(sorted(one.values()) == [-1, 1] for one in (*ranking.values(), *threshold.values()))
    assert sum(one[xor.THRESHOLD] == -1 for one in threshold.values()) == 4


def test_sizes_that_do_not_fit_are_an_error():
    with pytest.raises(ValueError, match="zip"):
        x2.SIGNS((1, 1, 1), (1, 1))
    with pytest.raises(ValueError, match="zip"):
        x4.weights(xor.ENCODINGS[0], bias=True)((1, 1, 1), (1, 1))
    with pytest.raises(ValueError, match="shift inside tanh"):
        x4.weights(xor.ENCODINGS[0], bias=False)
