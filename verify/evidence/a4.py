"""Evidence for A4: partial softmax results merged in trees of many shapes, in rounded arithmetic, against the proved
bound.

Operations and exponentials are correctly rounded (``attnproof.verify.evidence.measuring.rounded``), so ε = u; the exact
context is computed in ball arithmetic. Trees: left comb, right comb, balanced, and random ones. Scores within [0, 4],
so that no exponential underflows.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import numpy as np
from flint import arb, ctx

from attnproof.verify.arithmetic.formats import FORMATS, Array, Format
from attnproof.verify.evidence.measuring.rounded import BITS, Rounded
from attnproof.verify.evidence.row import judged
from attnproof.verify.options import Options
from attnproof.verify.rows.tables import Grade
from attnproof.verify.unit import Result, generator

KEYS: Final = 24
TREES: Final = {"quick": 3, "standard": 12, "thorough": 64}  # random ones
COLUMNS: Final = 8  # components of the values
SPREAD: Final = 4.0  # of the scores
VALUES: Final = (0.1, 0.2, 0.3)  # of the three keys that show that the order matters

Tree = int | tuple["Tree", "Tree"]
State = tuple[Array, Array, Array]  # maximum (1,), sum (1,), weighted sum (COLUMNS,)


def rows(options: Options) -> list[Result]:
    """Error against bound and exchange of arguments for every format; the example of an order that matters."""
    found = [row for dtype in options.dtypes for row in of_format(FORMATS[dtype], options)]
    return [*found, *orders()]


def of_format(fmt: Format, options: Options) -> Iterator[Result]:
    """The largest error over its bound, over trees and components; how often exchanging the arguments changes a bit."""
    rng = generator(options.seed, "A4", fmt.name)
    scores = fmt.round(rng.uniform(0, SPREAD, KEYS))
    value = fmt.round(rng.standard_normal((KEYS, COLUMNS)))
    exact, sizes = context(scores, value)
    worst, bits, results = 0.0, 0, set()
    trees = [comb(range(KEYS)), mirrored(comb(range(KEYS))), balanced(0, KEYS)]
    trees += [random_tree(list(range(KEYS)), rng) for _ in range(TREES[options.profile])]
    for tree in trees:
        got = quotient(fmt, run(fmt, tree, scores, value))
        limit = bound(fmt, depth(tree), float(np.ptp(scores)))
        with ctx.workprec(BITS):
            errors = [abs(arb(float(x)) - e) / (s * limit) for x, e, s in zip(got, exact, sizes, strict=True)]
        worst = max(worst, *(float(error.upper()) for error in errors))
        exchanged = quotient(fmt, run(fmt, mirrored(tree), scores, value))
        bits += int(np.sum(exchanged != got))
        results.add(got.tobytes())
    seen = 0 < worst <= 1
    yield _row(
        f"error/{fmt.name}",
        f"largest error over its bound, {len(trees)} trees over {KEYS} keys",
        "at most 1: |ĉ − c| ≤ (e^(2B + u/(1 − u)) − 1) Σ α |V|",
        1.0,
        worst,
        seen,
        fmt.name,
        slack=1.0,
    )
    yield _row(
        f"exchanged/{fmt.name}",
        f"components of the context that change when the arguments of every merge are exchanged, {len(trees)} trees",
        "none: the merge is commutative with rounding",
        0.0,
        float(bits),
        bits == 0,
        fmt.name,
    )
    yield _row(
        f"orders/{fmt.name}",
        f"different contexts that {len(trees)} trees give for the same keys",
        "more than one: the merge is not associative with rounding",
        2.0,
        float(len(results)),
        len(results) > 1,
        fmt.name,
        slack=float(len(trees)),
    )


def orders() -> list[Result]:
    """Three keys of score 0 in double precision, exactly: both orders are off, not alike, each within its bound."""
    found = []
    truth = sum((Fraction(x) for x in VALUES), Fraction(0)) / 3
    fmt = FORMATS["fp64"]
    limit = Fraction(bound(fmt, 2, 0.0)) * truth  # Σ α |V| is the mean itself: no value is negative
    trees: dict[str, Tree] = {"(xy)z": ((0, 1), 2), "x(yz)": (0, (1, 2))}
    results = {
        name: float(quotient(fmt, run(fmt, tree, np.zeros(3), np.array(VALUES)[:, None]))[0])
        for name, tree in trees.items()
    }
    for name, result in results.items():
        error = abs(Fraction(result) - truth)
        others = [other for other in results.values() if other != result]
        found.append(
            _row(
                f"associative/{name}",
                f"the context of three keys of score 0 with the values 0.1, 0.2, 0.3, merged as {name}, against the "
                "exact mean",
                "within its bound of it, and not the result of the other order",
                float(truth),
                result,
                error <= limit and len(others) == 1,
                "fp64",
                "exact",
                slack=float(limit),
            )
        )
    return found


def bound(fmt: Format, merges: int, spread: float) -> float:
    """``e^(2B + u/(1 − u)) − 1``, ``B = D (2u' + ε') + u (max e − min e)``, rounded up: u' = ε' = u/(1 − u)."""
    u = fmt.unit_roundoff
    with ctx.workprec(BITS):
        factor = arb(u) / (1 - arb(u))
        b = 3 * merges * factor + arb(u) * arb(spread)
        return float((2 * b + factor).expm1().upper())


def context(scores: Array, value: Array) -> tuple[list[arb], list[arb]]:
    """The exact ``Σ α V`` and ``Σ α |V|`` of every component."""
    with ctx.workprec(BITS):
        grown = [arb(float(e)).exp() for e in scores]
        whole = sum(grown, arb(0))
        parts = [[a * arb(float(x)) for a, x in zip(grown, column, strict=True)] for column in value.T]
        return [sum(column, arb(0)) / whole for column in parts], [
            sum((abs(term) for term in column), arb(0)) / whole for column in parts
        ]


def run(fmt: Format, tree: Tree, scores: Array, value: Array) -> State:
    """The tree's partial result."""
    if isinstance(tree, int):
        return scores[tree : tree + 1], np.ones(1), value[tree]
    return merge(fmt, run(fmt, tree[0], scores, value), run(fmt, tree[1], scores, value))


def merge(fmt: Format, x: State, y: State) -> State:
    """Both to the larger maximum, then added, every operation rounded."""
    do = Rounded(fmt)
    m = np.maximum(x[0], y[0])
    f, g = (do.exp(do(np.subtract, part[0], m)) for part in (x, y))

    def added(k: int) -> Array:
        return do(np.add, do(np.multiply, x[k], f), do(np.multiply, y[k], g))

    return m, added(1), added(2)


def quotient(fmt: Format, state: State) -> Array:
    """The context: one division at the end."""
    return Rounded(fmt)(np.divide, state[2], state[1])


def comb(keys: range) -> Tree:
    """One key after the other."""
    tree: Tree = keys[0]
    for key in keys[1:]:
        tree = (tree, key)
    return tree


def mirrored(tree: Tree) -> Tree:
    """The arguments of every merge exchanged."""
    return tree if isinstance(tree, int) else (mirrored(tree[1]), mirrored(tree[0]))


def balanced(first: int, count: int) -> Tree:
    """Halves, and halves of halves."""
    if count == 1:
        return first
    half = count // 2
    return balanced(first, half), balanced(first + half, count - half)


def random_tree(keys: list[int], rng: np.random.Generator) -> Tree:
    """Two random parts are merged until one is left: any shape, any order of the keys."""
    parts: list[Tree] = list(keys)
    while len(parts) > 1:
        one = parts.pop(int(rng.integers(len(parts))))
        other = parts.pop(int(rng.integers(len(parts))))
        parts.append((one, other))
    return parts[0]


def depth(tree: Tree) -> int:
    """The most merges above a key."""
    return 0 if isinstance(tree, int) else 1 + max(depth(tree[0]), depth(tree[1]))


def _row(
    name: str, what: str, theory: str, expected: float, measured: float, good: bool, dtype: str,
    grade: Grade = "sampled", *, slack: float = 0.0,
) -> Result:  # fmt: skip
    wrong = None if good else f"{measured:.6g}, where theory says {theory}"
    where = {"implementation": "correctly rounded", "dtype": dtype}
    return judged(
        "A4", name, what, theory, expected, measured, slack, wrong, grade=grade, seen=slack or 1.0, where=where
    )
