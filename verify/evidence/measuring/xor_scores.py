"""The exclusive-or with the weights of X2 and X4: gaps as implementations compute them, and the tables that the claims'
figures show.
"""

from __future__ import annotations

from itertools import product
from typing import Final

import numpy as np
from flint import arb

from attnproof.derivations.claims.checks.xor import Encoding, Vector
from attnproof.derivations.claims.checks.xor_cells import Additive, Bilinear, Cell, Impossible, Possible
from attnproof.verify.arithmetic.backends import arithmetic
from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.evidence import row
from attnproof.verify.implementations.builtin import IMPLEMENTATIONS, Implementation, availability
from attnproof.verify.options import Options
from attnproof.verify.unit import Result

MEASURED: Final = ("generated-numpy", "reference-numpy", "generated-torch", "reference-torch")


def rows(claim: str, cells: tuple[Cell, ...], options: Options) -> list[Result]:
    """For each implementation and format: all gaps of all possible cells, between a query's target and other keys."""
    if "cpu" not in options.devices:
        return []
    possible = tuple(cell for cell in cells if isinstance(cell.ranking, Possible))
    return [_gaps(claim, possible, IMPLEMENTATIONS[name], dtype) for name in MEASURED for dtype in options.dtypes]


def scores(cell: Cell, weights: Bilinear | Additive, implementation: Implementation, dtype: str) -> Array:
    """The 4 × 4 scores of all queries and keys, float64."""
    encoding = cell.encoding
    inputs: dict[str, Array] = {
        "query": np.array([encoding.query(point) for point in encoding.points()], dtype=np.float64),
        "key": np.array([encoding.key(point) for point in encoding.points()], dtype=np.float64),
        "value": np.zeros((4, 1)),
    }
    if isinstance(weights, Bilinear):
        inputs["weight"] = np.array(weights.weight, dtype=np.float64)
    else:
        inputs["weight_query"] = np.array(weights.weight_query, dtype=np.float64)
        inputs["weight_key"] = np.array(weights.weight_key, dtype=np.float64)
        inputs["v"] = np.array(weights.v, dtype=np.float64)
        if weights.bias is not None:
            inputs["bias_hidden"] = np.array(weights.bias, dtype=np.float64)
    return np.asarray(implementation.forward(cell.score, inputs, dtype, "cpu")["scores"])


def gaps(encoding: Encoding, table: dict[tuple[Vector, Vector], arb]) -> list[arb]:
    """Target less other key, for each query and each of its other keys."""
    return [
        table[query, encoding.target(query)] - table[query, key]
        for query, key in product(encoding.points(), repeat=2)
        if key != encoding.target(query)
    ]


def exact(encoding: Encoding, weights: Bilinear | Additive) -> dict[tuple[Vector, Vector], arb]:
    """All 16 scores as balls; whole numbers exactly."""
    return {
        (query, key): arb(weights(encoding.query(query), encoding.key(key)))
        for query, key in product(encoding.points(), repeat=2)
    }


def _gaps(claim: str, cells: tuple[Cell, ...], implementation: Implementation, dtype: str) -> Result:
    """The largest deviation of a computed gap from its exact value; and no gap may fail to be positive."""
    name, where = f"gaps/{implementation.name}/{dtype}", {"implementation": implementation.name, "dtype": dtype}
    what = (
        f"largest deviation of a gap between a target and another key, {len(cells)} encodings with their weights; all "
        "gaps "
        "are positive"
    )
    theory = "0, up to rounding: 2 Σ|v| κ" if cells[0].score == "additive" else "0: whole numbers"
    missing = availability(implementation, cells[0].score, dtype, "cpu")
    if missing is not None:
        return row.unjudged(claim, name, what, theory, *missing, **where)
    worst, slack, wrong = 0.0, 0.0, None
    for cell in cells:
        deviation, least, allowed = _compared(cell, implementation, dtype)
        worst, slack = max(worst, deviation), max(slack, allowed)
        if not (least > 0 and deviation <= allowed):
            wrong = f"{cell.encoding}, bias {cell.bias}: off by {deviation}, least gap {least}"
    return row.judged(claim, name, what, theory, 0.0, worst, slack, wrong, grade="exhaustive", where=where)


def _compared(cell: Cell, implementation: Implementation, dtype: str) -> tuple[float, float, float]:
    """Largest deviation of a gap, least computed gap, and the deviation that rounding allows."""
    assert isinstance(cell.ranking, Possible)
    weights, points = cell.ranking.weights, cell.encoding.points()
    table = scores(cell, weights, implementation, dtype)
    computed = {(points[i], points[j]): arb(float(table[i, j])) for i, j in product(range(4), repeat=2)}
    found, wanted = gaps(cell.encoding, computed), gaps(cell.encoding, exact(cell.encoding, weights))
    deviation = max(float(abs(one - other).upper()) for one, other in zip(found, wanted, strict=True))
    return deviation, min(float(gap.lower()) for gap in found), _rounding(weights, implementation, dtype)


def _rounding(weights: Bilinear | Additive, implementation: Implementation, dtype: str) -> float:
    """How far rounding moves a gap. Bilinear: not at all, every number is a small whole one. Additive: arguments and v
    = ±1 are exact; each of two scores has the errors of its tanh and of three additions, γ = 3u/(1 − 3u), as κ = c + γ
    + cγ for each unit.
    """
    if isinstance(weights, Bilinear):
        return 0.0
    u = FORMATS[dtype].unit_roundoff
    tanh = arithmetic(implementation, dtype).tanh
    c = tanh.relative * u + tanh.absolute * FORMATS[dtype].smallest_subnormal
    gamma = 3 * u / (1 - 3 * u)
    return float(2 * sum(map(abs, weights.v)) * (c + gamma + c * gamma))


def score_matrix(claim: str, cell: Cell, title: str, caption: str) -> Result:
    """The 16 scores, targets marked."""
    assert isinstance(cell.ranking, Possible)
    table, points = exact(cell.encoding, cell.ranking.weights), cell.encoding.points()
    values = [[float(table[query, key].mid()) for key in points] for query in points]
    return _matrix(claim, title, cell.encoding, values, caption)


def multiplier_matrix(claim: str, cell: Cell, title: str, caption: str) -> Result:
    """The multipliers of the ranking's demands, 0 where a demand is not used; targets marked (they make no demand)."""
    assert isinstance(cell.ranking, Impossible)
    points, multipliers = cell.encoding.points(), cell.ranking.multipliers
    values = [[float(multipliers.get((query, key), 0)) for key in points] for query in points]
    return _matrix(claim, title, cell.encoding, values, caption)


def _matrix(claim: str, title: str, encoding: Encoding, values: list[list[float]], caption: str) -> Result:
    points = encoding.points()
    names = [f"({a}, {b})" for a, b in points]
    marked = [(i, points.index(encoding.target(query))) for i, query in enumerate(points)]
    return row.matrix(claim, title, names, names, values, marked, caption=caption)
