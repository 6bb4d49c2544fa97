"""Evidence for A2: in how many orders a graph-attention score puts the keys over many queries, counted in exact
rationals.

Beside the proof's SymPy stands a plain evaluation with ``fractions``: scores of numbers, sorted. GATv2 is that of the
claim, whose score is ``-(1 - λ)|s - h|``: over queries that visit every gap between the midpoints of the keys 0 … n −
1, the order changes at each of the ``2n − 3`` midpoints, so that ``2n − 2`` orders occur.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from fractions import Fraction

from attnproof.verify.evidence.row import exactly, matrix
from attnproof.verify.options import Options
from attnproof.verify.unit import Result

SLOPES = (Fraction(1, 5), Fraction(1, 100), Fraction(0))
KEYS = 6
PARAMETERS = {"quick": 6, "standard": 40, "thorough": 400}  # sets of GAT parameters
QUERIES = 50
WIDTH = 3

Vector = Sequence[Fraction]
Score = Callable[[Vector, Vector], Fraction]


def rows(options: Options) -> list[Result]:
    """GAT with random parameters, GATv2 with the parameters of the claim and with one hidden unit."""
    found = [gat(slope, options) for slope in SLOPES]
    found += [gat_v2(slope) for slope in SLOPES]
    found += [one_unit(slope) for slope in SLOPES if slope > 0]
    return [*found, _figure()]


def leaky_relu(x: Fraction, slope: Fraction) -> Fraction:
    """``x`` for x >= 0, else ``slope x``."""
    return x if x >= 0 else slope * x


def orders(score: Score, queries: Sequence[Vector], keys: Sequence[Vector]) -> int:
    """How many different orders of the keys the queries give; ties are an order of their own."""
    return len({_ranks([score(query, key) for key in keys]) for query in queries})


def reversals(score: Score, queries: Sequence[Vector], keys: Sequence[Vector]) -> int:
    """Pairs of keys of which one query scores the first, another one the second strictly higher."""
    scores = [[score(query, key) for key in keys] for query in queries]
    pairs = [(i, j) for j in range(len(keys)) for i in range(j)]
    return sum(any(row[i] > row[j] for row in scores) and any(row[i] < row[j] for row in scores) for i, j in pairs)


def _ranks(scores: Sequence[Fraction]) -> tuple[int, ...]:
    places = sorted(set(scores), reverse=True)
    return tuple(places.index(one) for one in scores)


def gat(slope: Fraction, options: Options) -> Result:
    """Most orders, and with slope 0 most reversed pairs, over all sets of parameters; the claim says 1 and 0."""
    draw = random.Random(f"{options.seed} A2")
    strict = slope > 0
    most = 0
    for _ in range(PARAMETERS[options.profile]):
        of_query, of_key = _vector(draw, WIDTH), _vector(draw, WIDTH)

        def score(query: Vector, key: Vector, a: Vector = of_query, b: Vector = of_key) -> Fraction:
            return leaky_relu(_dot(a, query) + _dot(b, key), slope)

        queries, keys = ([_vector(draw, WIDTH) for _ in range(count)] for count in (QUERIES, KEYS))
        most = max(most, (orders if strict else reversals)(score, queries, keys))
    what = "different orders of the keys" if strict else "pairs of keys whose order is reversed"
    return exactly(
        "A2",
        f"gat/slope={slope}",
        f"GAT, slope {slope}: most {what} over {QUERIES} queries, for {PARAMETERS[options.profile]} sets of parameters",
        "one order for every query" if strict else "no pair is reversed",
        Fraction(strict),
        Fraction(most),
        seen=1.0,
    )


def gat_v2(slope: Fraction) -> Result:
    """GATv2 with the two units of the claim, a query in every gap between midpoints of keys."""
    return exactly(
        "A2",
        f"gatv2/slope={slope}",
        f"GATv2 with the claim's two units, slope {slope}: different orders of {KEYS} keys, a query between any two "
        "midpoints of keys",
        "2n − 2 orders",
        Fraction(2 * KEYS - 2),
        Fraction(orders(lambda query, key: v2(query, key, slope), _between_midpoints(), _keys())),
        seen=1.0,
    )


def one_unit(slope: Fraction) -> Result:
    """GATv2 with a single hidden unit."""

    def score(query: Vector, key: Vector) -> Fraction:
        return -leaky_relu(key[0] - query[0], slope)

    return exactly(
        "A2",
        f"gatv2-one-unit/slope={slope}",
        f"GATv2 with one hidden unit, slope {slope}: different orders of {KEYS} keys",
        "one order for every query",
        Fraction(1),
        Fraction(orders(score, _between_midpoints(), _keys())),
        seen=1.0,
    )


def v2(query: Vector, key: Vector, slope: Fraction) -> Fraction:
    """``aᵀ LeakyReLU(W [s; h])`` with W = ((1, −1), (−1, 1)), a = (−1, −1)."""
    z = query[0] - key[0]
    return -leaky_relu(z, slope) - leaky_relu(-z, slope)


def _keys() -> list[Vector]:
    return [(Fraction(k),) for k in range(KEYS)]


def _between_midpoints() -> list[Vector]:
    """The midpoints of two keys are 1/2, 1, … n − 3/2: one query before, between and after them."""
    return [(Fraction(2 * k + 1, 4),) for k in range(2 * KEYS - 2)]


def _figure() -> Result:
    queries, keys = _between_midpoints(), _keys()
    slope = SLOPES[0]
    scores = [[v2(query, key, slope) for key in keys] for query in queries]
    return matrix(
        "A2",
        "GATv2 scores of six keys for ten queries",
        [str(float(query[0])) for query in queries],
        [str(int(key[0])) for key in keys],
        [[float(score) for score in row] for row in scores],
        [(i, row.index(max(row))) for i, row in enumerate(scores)],
        caption="Two units suffice: each query's best key, marked, is the one nearest to it; for GAT the marks would "
        "stand in one column.",
    )


def _vector(draw: random.Random, width: int) -> Vector:
    return [Fraction(draw.randint(-50, 50), draw.randint(1, 20)) for _ in range(width)]


def _dot(a: Vector, b: Vector) -> Fraction:
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))
