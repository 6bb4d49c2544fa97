"""Evidence for C2: parameters, multiply-adds and memory counted while programs run, and the break-even values of d_a
that follow.

Two programs are counted: the generated NumPy code, run on arrays that keep account of every operation (it projects the
keys, so that the claim's formulas hold with query and key exchanged), and scalar loops that are written here and
projects the queries. Each is run with two numbers of hidden units; the break-even is where the straight line through
the two costs meets the bilinear cost, a rational number, and a third number of units shows that the line is straight.
No formula of the claim takes part in the counting.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

import numpy as np

from attnproof.derivations.claims.c2 import FOR_MEMORY, FOR_PARAMETERS, FOR_WORK
from attnproof.derivations.language.notation import D_K, D_Q, N_K, N_Q
from attnproof.verify.evidence.row import axis, exactly, figure, series
from attnproof.verify.options import Options
from attnproof.verify.unit import Result

KINDS: Final = ("parameters", "multiply-adds", "memory")
FORMULAS: Final = dict(zip(KINDS, (FOR_PARAMETERS, FOR_WORK, FOR_MEMORY), strict=True))
#: d_q, d_k, n_q, n_k
LOOPED: Final = ((4, 4, 4, 4), (3, 7, 5, 2), (8, 6, 1, 9))
_TABLED = ((64, 64, 64, 64), (64, 64, 512, 512), (512, 512, 64, 64), (512, 256, 32, 128))
_LONG = ((512, 512, 1024, 1024),)
ARRAYS: Final = {"quick": _TABLED, "standard": _TABLED + _LONG, "thorough": (*_TABLED, *_LONG, (64, 64, 2048, 2048))}
UNITS: Final = (1, 2, 5)  # hidden units: two for the line, one to see that it is one
DRAWN: Final = {
    "quick": (8, 32, 128),
    "standard": (8, 32, 128, 512),
    "thorough": (8, 32, 128, 512, 1024),
}  # d in the figure
LENGTH: Final = 16  # n in the figure

Sizes = tuple[int, int, int, int]
Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass
class Tally:
    """What a program did: multiply-adds, elements held, and elements of its parameters."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))

    def add(self, kind: str, count: int) -> None:
        """Count ``count`` more."""
        self.counts[kind] += count


class Counted(np.ndarray[Any, np.dtype[np.float64]]):
    """An array that enters every operation on it in ``tally``; ``made`` tells results of operations from inputs.

    Held is every result, unless the operation works element by element and an operand of the same shape is itself a
    result: it could be overwritten. Operations other than matrix products, sums and tanh of float64 arrays raise
    ValueError.
    """

    tally: Tally | None
    made: bool

    def __array_finalize__(self, source: Any) -> None:
        """Views and copies belong to the same program."""
        self.tally = getattr(source, "tally", None)
        self.made = getattr(source, "made", False)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        """Do the operation on plain arrays and count it."""
        if method != "__call__" or options or ufunc not in {np.matmul, np.add, np.tanh} or self.tally is None:
            raise ValueError(f"{ufunc.__name__} ({method}) is not counted")
        result = ufunc(*(np.asarray(one) for one in inputs))
        overwritten = any(isinstance(one, Counted) and one.made and one.shape == result.shape for one in inputs)
        if ufunc is np.matmul:
            self.tally.add("multiply-adds", result.size * inputs[0].shape[-1])
        if ufunc is np.matmul or not overwritten:
            self.tally.add("memory", result.size)
        found = result.view(Counted)
        found.tally, found.made = self.tally, True
        return found


def count_arrays(score: str, sizes: Sizes, units: int) -> dict[str, int]:
    """What the generated NumPy program does: costs by kind."""
    tally = Tally()
    arguments = []
    for name, shape in _shapes(score, sizes, units).items():
        array = np.ones(shape).view(Counted)
        array.tally, array.made = tally, False
        arguments.append(array)
        if name not in {"query", "key"}:
            tally.add("parameters", array.size)
    found = importlib.import_module(f"attnproof.impl.generated.numpy.{score}").scores(*arguments)
    if found.shape != (sizes[2], sizes[3]):
        raise ValueError(f"{score}: scores of shape {found.shape} for sizes {sizes}")
    return tally.counts


def _shapes(score: str, sizes: Sizes, units: int) -> dict[str, tuple[int, ...]]:
    d_q, d_k, n_q, n_k = sizes
    common: dict[str, tuple[int, ...]] = {"query": (n_q, d_q), "key": (n_k, d_k)}
    if score == "bilinear":
        return common | {"weight": (d_q, d_k)}
    return common | {"weight_query": (units, d_q), "weight_key": (units, d_k), "v": (units,)}


def count_loops(score: str, sizes: Sizes, units: int) -> dict[str, int]:
    """What scalar loops do that hold every intermediate result in a list: costs by kind."""
    _, costs = loops(score, {name: np.ones(shape) for name, shape in _shapes(score, sizes, units).items()})
    return costs


def loops(score: str, inputs: dict[str, Array]) -> tuple[list[list[float]], dict[str, int]]:
    """The scores of numbers by scalar loops, (n_q, n_k), and what it took. The bilinear one projects queries."""
    tally = Tally()
    given: dict[str, Any] = {name: array.tolist() for name, array in inputs.items()}
    tally.add("parameters", sum(array.size for name, array in inputs.items() if name not in {"query", "key"}))

    def product(left: list[float], right: list[float]) -> float:
        total = 0.0
        for a, b in zip(left, right, strict=True):
            total += a * b
            tally.add("multiply-adds", 1)
        tally.add("memory", 1)  # the sum, which is kept
        return total

    query, key = given["query"], given["key"]
    if score == "bilinear":
        columns = [list(column) for column in zip(*given["weight"], strict=True)]
        projected = [[product(q, column) for column in columns] for q in query]
        return [[product(p, k) for k in key] for p in projected], tally.counts
    of_query = [[product(q, row) for row in given["weight_query"]] for q in query]
    of_key = [[product(k, row) for row in given["weight_key"]] for k in key]
    pairs = [[[a + b for a, b in zip(s, h, strict=True)] for h in of_key] for s in of_query]
    tally.add("memory", sum(len(units) for row in pairs for units in row))
    for row in pairs:
        for units in row:
            units[:] = [math.tanh(z) for z in units]  # in place
    return [[product(units, given["v"]) for units in row] for row in pairs], tally.counts


def break_even(counter: Callable[[str, Sizes, int], dict[str, int]], sizes: Sizes) -> dict[str, Fraction | None]:
    """d_a at which the additive score costs what the bilinear one does, by kind; None where its cost is not a straight
    line in d_a.
    """
    first, second, third = (counter("additive", sizes, units) for units in UNITS)
    bilinear = counter("bilinear", sizes, 1)
    found: dict[str, Fraction | None] = {}
    for kind in KINDS:
        slope = Fraction(second[kind] - first[kind], UNITS[1] - UNITS[0])
        straight = slope > 0 and third[kind] == second[kind] + slope * (UNITS[2] - UNITS[1])
        found[kind] = UNITS[0] + (bilinear[kind] - first[kind]) / slope if straight else None
    return found


def predicted(kind: str, sizes: Sizes, *, keys_projected: bool) -> Fraction:
    """The claim's break-even; query and key exchanged for a program that projects the keys."""
    d_q, d_k, n_q, n_k = (sizes[1], sizes[0], sizes[3], sizes[2]) if keys_projected else sizes
    value = FORMULAS[kind].subs({D_Q: d_q, D_K: d_k, N_Q: n_q, N_K: n_k})
    return Fraction(int(value.p), int(value.q))


def rows(options: Options) -> list[Result]:
    """A row for each program, sizes and kind of cost, and the figure."""
    found = []
    for name, counter, cases in (
        ("scalar-loops", count_loops, LOOPED),
        ("generated-numpy", count_arrays, ARRAYS[options.profile]),
    ):
        for sizes in cases:
            measured = break_even(counter, sizes)
            found += [_row(name, kind, sizes, measured[kind]) for kind in KINDS]
    return [*found, _figure(DRAWN[options.profile])]


def _row(program: str, kind: str, sizes: Sizes, measured: Fraction | None) -> Result:
    expected = predicted(kind, sizes, keys_projected=program == "generated-numpy")
    what = "break-even d_a for {}, d_q = {}, d_k = {}, n_q = {}, n_k = {}: {} counted"
    name = f"{program}/{kind}/" + "x".join(map(str, sizes))
    theory = _FORMULA[kind] + (", query and key exchanged" if program == "generated-numpy" else "")
    what = what.format(kind, *sizes, "none" if measured is None else measured)
    return exactly("C2", name, what, theory, expected, measured, where={"implementation": program})


_FORMULA: Final = {
    "parameters": "d_q d_k/(d_q + d_k + 1)",
    "multiply-adds": "n_q d_k (d_q + n_k)/(n_q d_q + n_k d_k + n_q n_k)",
    "memory": "n_q d_k/(n_q + n_k + n_q n_k)",
}


def _figure(widths: tuple[int, ...]) -> Result:
    """The three break-evens over d at n = 16: the claim's curves and what was counted."""
    curve = [2 ** (k / 2) for k in range(4, 21)]
    lines = []
    for kind in KINDS:
        values = [FORMULAS[kind].subs({D_Q: d, D_K: d, N_Q: LENGTH, N_K: LENGTH}) for d in curve]
        lines.append(series(kind, curve, [float(value) for value in values]))
        counted = {d: break_even(count_arrays, (d, d, LENGTH, LENGTH))[kind] for d in widths}
        points = {d: float(value) for d, value in counted.items() if value is not None}
        lines.append(series(f"{kind}, counted", list(points), list(points.values()), "points"))
    return figure(
        "C2",
        f"Break-even number of hidden units, {LENGTH} queries and {LENGTH} keys",
        axis("width d of queries and keys", "log2"),
        axis("d_a at equal cost", "log2"),
        lines,
        caption="Below a curve the additive score is the cheaper one: at a fixed d_a that is so, in all three counts, "
        "for every large d.",
    )
