"""Every counterexample is run, and the numbers that it prints are those that refute or qualify the usual claim.

NumPy shows eight digits after the point, so that a printed number is within 5e-9 of the computed one.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from math import exp, isnan, sqrt, tanh

import pytest

from attnproof.derivations.claims import CLAIMS

NUMBER = re.compile(r"True|False|nan|-?\d+\.?\d*(?:e[+-]?\d+)?")
WORDS = {"True": 1.0, "False": 0.0}
SHOWN = 1e-8
WITH = {name: claim for name, claim in CLAIMS.items() if claim.counterexample}


@cache
def printed(name: str) -> tuple[float, ...]:
    """The numbers that the counterexample prints, in order; True is 1."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(WITH[name].counterexample or "", {})  # noqa: S102 - it is there to be pasted and run
    return tuple(WORDS[word] if word in WORDS else float(word) for word in NUMBER.findall(output.getvalue()))


def near(found: Sequence[float], *expected: float, by: float = SHOWN) -> bool:
    """As many numbers, each within ``by``."""
    return len(found) == len(expected) and all(abs(a - b) <= by for a, b in zip(found, expected, strict=True))


def weights(*logits: float) -> tuple[float, ...]:
    """Softmax in plain Python."""
    return tuple(exp(t) / sum(map(exp, logits)) for t in logits)


def x2(n: Sequence[float]) -> bool:
    """The bilinear scores of XOR: 2 for every target, at most 0 elsewhere."""
    scores = [x * h - y * g for x, y in CORNERS for h, g in CORNERS]
    return near(n, *scores, 2, 2, 2, 2, 0) and [n[4 * i : 4 * i + 4].index(2) for i in range(4)] == [1, 0, 3, 2]


CORNERS = ((-1, -1), (-1, 1), (1, -1), (1, 1))


def x4(n: Sequence[float]) -> bool:
    """The gaps of s and −s are opposite: not all of them positive."""
    return near(n[:3], *(-x for x in reversed(n[3:]))) and min(n) < 0


def x6(n: Sequence[float]) -> bool:
    """Within truncation and rounding, 16 roundings for each of four units allowed; the small steps are the worse
    ones.
    """
    places = [(h, u) for u in (2.0**-24, 2.0**-53) for h in (1e-1, 1e-2, 1e-4, 1e-6)]
    if len(n) != len(places):
        return False
    bounded = all(0 < x <= 82 / 45 * h**2 + 4 * 16 * u / (3 * h**2) for x, (h, u) in zip(n, places, strict=True))
    return bounded and 1 < n[2] < n[3] and n[6] < n[7]


def c2(n: Sequence[float]) -> bool:
    """Additive over bilinear with 32 hidden units and 16 tokens; only parameters and multiply-adds at 64 are near 1."""
    expected = []
    for d in (64, 512, 4096):
        counts = ((32 * (2 * d + 1), d * d), (32 * 16 * (2 * d + 16), 16 * d * (d + 16)), (32 * 16 * 18, 16 * d))
        expected += [d, *(a / b for a, b in counts)]
    return near(n, *expected, by=0.0051) and n[1] > 1 > max(n[9:])  # shown to two digits


def t3(n: Sequence[float]) -> bool:
    """The variance is d, that of unit vectors times d is 1, within six deviations of a sample variance.

    With n samples of excess kurtosis κ that deviation is √((κ + 2)/n) times the variance; here κ = 6/d, n = 4000, and
    unit vectors have a smaller one.
    """
    if len(n) != 9:
        return False
    rows = zip((4, 64, 1024), n[::3], n[1::3], n[2::3], strict=True)
    return all(
        d == width and max(abs(var / d - 1), abs(unit - 1)) <= 6 * sqrt((6 / d + 2) / 4000)
        for d, width, var, unit in rows
    )


def t4(n: Sequence[float]) -> bool:
    """1, 3, 64 and 1.5, each within six deviations of a sample variance (20000 samples; excess kurtosis 6 for xy, at
    most 6).
    """
    return len(n) == 4 and all(
        abs(x / wanted - 1) <= 6 * sqrt(8 / 20000) for x, wanted in zip(n, (1, 3, 64, 1.5), strict=True)
    )


def t8(n: Sequence[float]) -> bool:
    """A fine mean over a dead unit; the guarantee attained; a gain of 8 lost."""

    def slope(z: float) -> float:
        return 1 - tanh(z) ** 2

    dead = 4 * exp(-2 * sqrt(400))  # sech²(z) to leading order, z = √400
    return (
        len(n) == 5
        and near(n[:1], 400 / 401 * slope(1 / sqrt(400)), by=1e-12)
        and abs(n[1] / dead - 1) < 1e-12
        and near(n[2:4], slope(1), slope(1), by=1e-12)
        and abs(n[4] / (4 * exp(-16)) - 1) < 1e-6
    )


def t9(n: Sequence[float]) -> bool:
    """Without and with the shift: overflow and underflow are repaired, masked rows and +∞ are not."""
    overflow, underflow = (None, 0, 1, 0), (None, None, 0.5, 0.5)
    masked, infinite = (None,) * 4, (None, 0, None, None)
    return tuple(None if isnan(x) else x for x in n) == (*overflow, *underflow, *masked, *infinite)


def g2(n: Sequence[float]) -> bool:
    """Negative gates; the same scores by the logistic gate; a factor that stays within ±1."""
    scores = [tanh(z) * (1 - 2) for z in (-0.5, 0.7, 1.5)]
    return near(n, tanh(-0.5), tanh(-0.5), *scores, *scores, 1, -1, -1) and max(n[:2]) < 0


def a4(n: Sequence[float]) -> bool:
    """Merging is commutative, not associative, in floating point."""
    return len(n) == 3 and n[0] != n[1] and near(n[:2], 0.2, 0.2, by=2**-52) and n[2] == 1


PREDICATES: Mapping[str, Callable[[Sequence[float]], bool]] = {
    "X2": x2,
    "X4": x4,
    "X5": lambda n: near(n, 0, -0.28, by=5e-7),  # 82/45 h² R⁴ at h = 1e-3, R = 0.7, and rounding over h²
    "X6": x6,
    "C2": c2,
    "T2": lambda n: near(n, 1, -1, by=2 * exp(-30)),
    "T3": t3,
    "T4": t4,
    "T6": lambda n: n == (1,),
    "T8": t8,
    "T9": t9,
    # one of 16 keys at width 256; at width 2 a fair part of 16 keys, and many more of 4096
    "T10": lambda n: len(n) == 3 and 1 <= n[0] < 1.5 and 3 < n[1] < 16 and 10 * n[1] < n[2] < 4096,
    "G2": g2,
    "B1": lambda n: near(n, *weights(tanh(1), 0), *weights(tanh(2), tanh(1)), *weights(1, 0), 0.5, 0.5),
    "B2": lambda n: near(n, 9, 9, *weights(2 * tanh(9), 2 * tanh(10)), 9, 0, *weights(tanh(9), tanh(10) + tanh(1))),
    "B4": lambda n: near(n, *weights(1, 0) * 2, *weights(1, 0), *weights(1, 1 / sqrt(2))),
    "A1": lambda n: (
        near(n[:4], *weights(1 / sqrt(2), 3 / sqrt(2)), *weights(0, -4 / (2 * sqrt(2))))
        and near(n[4:], 0, 0, by=2**-51)
    ),
    "A2": lambda n: n == (0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0),
    "A3": lambda n: near(n, 1 / 3, 1 / 3, 0.5, 0.5, 0.5, 0.5),
    "A4": a4,
    "A6": lambda n: n == (64, 8, 128, 8),
}


def test_every_counterexample_has_its_predicate() -> None:
    assert set(PREDICATES) == set(WITH)


@pytest.mark.parametrize("name", WITH)
def test_the_counterexample_shows_what_it_says(name: str) -> None:
    assert PREDICATES[name](printed(name)), printed(name)


@pytest.mark.parametrize("name", WITH)
def test_every_number_counts(name: str) -> None:
    """Another number in any one place, or one less, is rejected."""
    found = printed(name)
    assert not PREDICATES[name](found[:-1])
    for place in range(len(found)):
        assert not PREDICATES[name]((*found[:place], 0.37, *found[place + 1 :])), (place, found)


@pytest.mark.parametrize("name", WITH)
def test_it_is_ten_lines_at_most(name: str) -> None:
    assert len((WITH[name].counterexample or "").splitlines()) <= 10
