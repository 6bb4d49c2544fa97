"""The claims X1 to X4: their verdicts, and each certificate by a second road that shares nothing with the first."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from fractions import Fraction

import pytest
from flint import fmpq

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.claims import x1, x2, x3, x4
from attnproof.derivations.claims.checks import xor_cells
from attnproof.derivations.claims.checks.xor_cells import Impossible, Possible
from attnproof.derivations.lemmas import odd_score
from attnproof.derivations.proof.rules import RuleError

MODULES = {"X1": x1, "X2": x2, "X3": x3, "X4": x4}
VERDICTS = {"X1": "proved", "X2": "qualified", "X3": "proved", "X4": "qualified"}
CELLS = {
    (cell.encoding.features, cell.encoding.constant, cell.score, cell.bias): cell for cell in (*x2.CELLS, *x4.CELLS)
}
ROWS = [dict(row) for row in (*x2.CLAIM.cells, *x4.CLAIM.cells)]
BITS, SIGNS = "{0, 1}", "{-1, +1}"


def named(case):
    return "-".join(map(str, case.values() if isinstance(case, dict) else [case])).replace(" ", "")[:40]


def cases(verdict):
    """Every row and criterion with this verdict."""
    return [(row, c) for row in ROWS for c in ("ranking", "threshold") if row[c]["verdict"] == verdict]


@pytest.mark.parametrize("name", MODULES)
def test_the_verdict_is(name):
    claim = MODULES[name].CLAIM
    assert claim.id == name
    assert claim.earned == VERDICTS[name]


def test_the_twelve_cells_and_those_beside_them():
    """By ranking the bilinear score fails for bits without a constant on the query, the odd additive one for signs
    without any.
    """
    impossible = {key for key, cell in CELLS.items() if isinstance(cell.ranking, Impossible)}
    assert len(CELLS) == 24
    assert sum(constant in ("none", "both") for _, constant, _, _ in CELLS) == 12
    assert impossible == {
        (BITS, "none", "bilinear", False),
        (BITS, "key", "bilinear", False),
        (SIGNS, "none", "additive", False),
    }
    by_threshold = {key for key, cell in CELLS.items() if isinstance(cell.threshold, Impossible)}
    assert by_threshold == impossible | {(BITS, "query", "bilinear", False)}


# A second road, from the JSON alone: arithmetic in fractions, and tanh from the series of exp with its remainder.


def enclosed_tanh(x):
    """An interval of two fractions that contains tanh(x) for an integer x: 1 − 2/(exp(2x) + 1), exp between two partial
    sums.
    """
    if x < 0:
        low, high = enclosed_tanh(-x)
        return -high, -low
    y, terms = Fraction(2 * x), 60
    term, total = Fraction(1), Fraction(0)
    for k in range(terms):
        total += term
        term *= y / (k + 1)
    high = total + term / (1 - y / (terms + 1))  # the rest is below a geometric series
    assert y < terms
    return 1 - 2 / (total + 1), 1 - 2 / (high + 1)


def score_of(row, weights, query, key):
    """An interval that contains the score."""
    s = [*query, 1] if row["constant"] in ("both", "query") else list(query)
    h = [*key, 1] if row["constant"] in ("both", "key") else list(key)
    if row["score"] == "bilinear":
        assert set(weights) == {"weight"}
        value = sum(s[r] * weights["weight"][r][f] * h[f] for r in range(len(s)) for f in range(len(h)))
        assert (len(weights["weight"]), len(weights["weight"][0])) == (len(s), len(h))
        return Fraction(value), Fraction(value)
    assert set(weights) == {"weight_query", "weight_key", "v"} | ({"bias"} if row["bias"] else set())
    low = high = Fraction(0)
    for a, v in enumerate(weights["v"]):
        assert (len(weights["weight_query"][a]), len(weights["weight_key"][a])) == (len(s), len(h))
        inside = sum(w * x for w, x in zip(weights["weight_query"][a] + weights["weight_key"][a], s + h, strict=True))
        ends = [v * end for end in enclosed_tanh(inside + (weights["bias"][a] if row["bias"] else 0))]
        low, high = low + min(ends), high + max(ends)
    return low, high


def is_target(query, key):
    return query[0] == key[0] and query[1] != key[1]


def corners(row):
    return list(itertools.product((0, 1) if row["features"] == BITS else (-1, 1), repeat=2))


@pytest.mark.parametrize(("row", "criterion"), cases("possible"), ids=named)
def test_the_weights_do_it_by_the_second_road(row, criterion):
    points, found = corners(row), row[criterion]
    margin = Fraction(found["margin"])
    assert margin > 0
    scores = {(s, h): score_of(row, found["weights"], s, h) for s in points for h in points}
    if criterion == "ranking":
        for s, t, h in itertools.product(points, repeat=3):
            if is_target(s, t) and t != h:
                assert scores[s, t][0] - scores[s, h][1] >= margin
    else:
        level = Fraction(found["threshold"])
        for (s, h), (low, high) in scores.items():
            assert low >= level + margin if is_target(s, h) else high <= level - margin


def any_score(row, generator):
    """A random score of the row's kind as a function of the features, in fractions; for the additive one any odd
    function.
    """
    table = {}

    def number(*name):
        return table.setdefault(name, Fraction(generator.randint(-999, 999), generator.randint(1, 99)))

    def score(query, key):
        s = (*query, 1) if row["constant"] in ("both", "query") else query
        h = (*key, 1) if row["constant"] in ("both", "key") else key
        if row["score"] == "bilinear":
            return sum(number(r, f) * s[r] * h[f] for r in range(len(s)) for f in range(len(h)))
        return number(*s, *h) - number(*(-x for x in (*s, *h)))

    return score


@pytest.mark.parametrize(("row", "criterion"), cases("impossible"), ids=named)
def test_the_multipliers_do_it_by_the_second_road(row, criterion):
    """Their combination of the demands on a random score of the kind is 0; each demand is a number that should be
    positive.
    """
    assert not row["bias"]
    points, multipliers = corners(row), row[criterion]["multipliers"]
    assert min(one["factor"] for one in multipliers) >= 0 < max(one["factor"] for one in multipliers)
    generator = random.Random(f"{named(row)} {criterion}")
    for _ in range(5):
        score, level = any_score(row, generator), Fraction(generator.randint(-99, 99), 7)
        total = Fraction(0)
        for one in multipliers:
            s, h = tuple(one["query"]), tuple(one["key"])
            if criterion == "ranking":
                (t,) = [key for key in points if is_target(s, key)]
                assert h != t
                demand = score(s, t) - score(s, h)
            else:
                demand = score(s, h) - level if is_target(s, h) else level - score(s, h)
            total += one["factor"] * demand
        assert total == 0


# Altered certificates


def holds(rule, cell):
    """Whether the rule holds; one that refuses the certificate, as of another kind, does not."""
    try:
        return rule(cell).holds()
    except RuleError:
        return False


def ranking_decided(cell):
    return holds(xor_cells.ranking_rule, cell)


def threshold_decided(cell):
    return holds(xor_cells.threshold_rule, cell)


@pytest.mark.parametrize("criterion", ["ranking", "threshold"])
@pytest.mark.parametrize("key", CELLS)
def test_an_altered_certificate_is_rejected(key, criterion):
    cell = CELLS[key]
    decided = {"ranking": ranking_decided, "threshold": threshold_decided}[criterion]
    found = getattr(cell, criterion)
    assert decided(cell) is True
    for altered in altered_impossible(found) if isinstance(found, Impossible) else altered_possible(found, criterion):
        changed = replace(cell, **{criterion: altered})
        assert decided(changed) is False, altered
        assert holds(xor_cells.both, changed) is False


def altered_impossible(found):
    for pair, factor in found.multipliers.items():
        yield Impossible({**found.multipliers, pair: -factor})
        if len(found.multipliers) > 1:
            yield Impossible({**found.multipliers, pair: factor + 1})
            yield Impossible({p: m for p, m in found.multipliers.items() if p != pair})
    yield Impossible({})
    yield Impossible(dict.fromkeys(found.multipliers, 0))
    yield Impossible({((5, 5), (5, 5)): 1})


def altered_possible(found, criterion):
    yield replace(found, margin=fmpq(0))
    yield replace(found, margin=fmpq(-1))
    yield replace(found, margin=found.margin * 3)
    weights = found.weights
    name = "weight" if isinstance(weights, xor_cells.Bilinear) else "v"
    flipped = tuple(tuple(-x for x in r) if name == "weight" else -r for r in getattr(weights, name))
    yield replace(found, weights=replace(weights, **{name: flipped}))
    first = flipped[0]
    one = tuple(9 + x for x in first) if name == "weight" else 9
    yield replace(found, weights=replace(weights, **{name: (one, *getattr(weights, name)[1:])}))
    if criterion == "threshold":
        yield replace(found, level=None)
        yield replace(found, level=found.level + 2)


def test_weights_count_only_for_the_score_that_the_cell_names():
    biased, plain = CELLS[SIGNS, "none", "additive", True], CELLS[SIGNS, "none", "additive", False]
    assert not ranking_decided(replace(plain, ranking=biased.ranking))
    bilinear = CELLS[SIGNS, "none", "bilinear", False]
    assert not ranking_decided(replace(plain, ranking=bilinear.ranking))
    assert not ranking_decided(replace(bilinear, ranking=biased.ranking))


def test_the_multipliers_of_an_impossible_cell_show_nothing_about_a_possible_one():
    known = [cell.ranking for cell in CELLS.values() if isinstance(cell.ranking, Impossible)]
    known += [cell.threshold for cell in CELLS.values() if isinstance(cell.threshold, Impossible)]
    for cell in CELLS.values():
        for certificate in known:
            if isinstance(cell.ranking, Possible):
                assert not ranking_decided(replace(cell, ranking=certificate))
            if isinstance(cell.threshold, Possible):
                assert not threshold_decided(replace(cell, threshold=certificate))


ALTERED = {
    "X4 tanh is even": lambda: equal(odd_score.opposite(odd_score.ADDITIVE), odd_score.ADDITIVE),
    "X4 with a bias the score is odd": lambda: equal(odd_score.opposite(odd_score.BIASED), -odd_score.BIASED),
}


@pytest.mark.parametrize("name", ALTERED)
def test_an_altered_statement_is_rejected(name):
    assert ALTERED[name]() is False
