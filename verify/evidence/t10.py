"""Evidence for T10: E[Σα²] by two integrals that the proof says are the same, between the two ends that it proves, and
what heads see.

By integration by parts ``1 − E[Σα²] = E[Σ α Z]/σ``. The left side is the integral of
``attnproof.verify.tables.saturation.average``, the right side another one,
``n ∫ E[Z e^(y + σZ) exp(−e^(y + σZ))] E[exp(−e^(y + σZ))]^(n−1) dy``, evaluated here with a proven error of its own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

import numpy as np
from flint import acb, arb, ctx

from attnproof.verify.evidence.row import axis, figure, judged, series
from attnproof.verify.options import Options
from attnproof.verify.tables.saturation.average import (
    LOWER_TAIL,
    REACH,
    STEP,
    UPPER_TAIL,
    grid,
    head_mean_squares,
    mean_squares,
)
from attnproof.verify.tables.saturation.theory import STRIP, UNIT_ROUNDOFF, Expectation
from attnproof.verify.unit import Result

COUNTS: Final = (2, 16, 256, 4096)
SIGMAS: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
WIDTHS: Final = (8, 16, 32, 64, 128, 256, 512, 1024)
DRAWN: Final = (16, 256, 4096)  # in the figures
DIGITS: Final = 4  # certified at least
BITS: Final = 100  # of the balls
BALLS: Final = {"implementation": "trapezoid rules and ball arithmetic", "dtype": "fp64"}
END: Final = 12  # where the integral of the maximum is cut; what is left out is in the ball


def rows(options: Options) -> list[Result]:
    """Rows for every number of keys and spread, rows for heads, and the two figures."""
    found = []
    for sigma in SIGMAS:
        squares, fields = mean_squares(sigma, COUNTS), weighted_means(sigma, COUNTS)
        for n in COUNTS:
            found.append(two_integrals(n, sigma, squares[n], fields[n]))
            if sigma > edge(n):
                found.append(between(n, sigma, squares[n]))
    widths = WIDTHS[1:6:2] if options.profile == "quick" else WIDTHS
    heads = {width: head_mean_squares(width, DRAWN) for width in widths}
    found += [head(width, n, heads[width][n]) for width in widths for n in DRAWN]
    return [*found, *spread_figure(), head_figure(heads)]


def edge(n: int) -> float:
    """``s = √(2 ln n)``."""
    return math.sqrt(2 * math.log(n))


@cache
def largest_mean(n: int) -> arb:
    """``E[max Z_i]`` of n independent standard normal variables: ``∫_0 (1 − Φ^n) − ∫^0 Φ^n`` in ball arithmetic.

    Beyond ±12 no more than ``(n + 1) φ(12)/12²`` is left: there 1 − Φ is at most φ(x)/x (lemma ``normal_tail``).
    """
    with ctx.workprec(BITS):
        root = acb(2).sqrt()

        def power(x: acb) -> acb:
            return ((1 + (x / root).erf()) / 2) ** n

        upper = acb.integral(lambda x, _: 1 - power(x), 0, END).real
        lower = acb.integral(lambda x, _: power(x), -END, 0).real
        tail = (n + 1) * (-(arb(END) ** 2) / 2).exp() / END**2
        return upper - lower + arb(0, tail)


def ends(n: int, sigma: float) -> tuple[arb, arb]:
    """The proved ends of ``1 − E[Σα²]`` for σ > s: ``(σM − s²)/(σ (σ − s))`` and ``M/σ``."""
    with ctx.workprec(BITS):
        s, largest = (2 * arb(n).log()).sqrt(), largest_mean(n)
        return (sigma * largest - s**2) / (sigma * (sigma - s)), largest / sigma


def weighted_means(sigma: float, counts: Sequence[int], step: float = STEP) -> Mapping[int, Expectation]:
    """``E[Σ α_i Z_i]`` for every number of keys, by trapezoid rules over y and over the scores, whose grids have the
    same step.

    Errors. Over y: on the line Im y = θ the integrand of one outcome is at most ``Σ |z_i| X_i |e^y| exp(−S Re e^y)``,
    with the integral ``Σ α_i |z_i| / cos θ <= max |z| / cos θ``. Over one score: at Im(σz) <= θ the weights grow by at
    most 1/cos θ, so that Σ α z is at most ``K = (|z| + |Im z| + m)/cos θ`` in size, m the mean of the other maxima, and
    the rule is off by at most ``2 e^(a²/2) E[K]/(e^(2πa/h) − 1)`` on the line Im z = a = θ/σ; besides, the sum ends at
    ±R and is divided by its total mass.
    """
    z, mass, w = grid(sigma, counts, step)
    half = len(z) // 2
    grown = np.exp(np.minimum(w, 40.0))
    decay = np.exp(-grown)
    phi0 = np.convolve(decay, mass, "valid")
    phi1 = np.convolve(
        grown * decay, (z * mass)[::-1], "valid"
    )  # a sum over w + σz: the convolution turns its second sequence round

    a = min(STRIP / sigma, 2 * math.pi * sigma / step)
    cosine = math.cos(min(a * sigma, STRIP))
    rule = 2 * math.exp(a**2 / 2) / math.expm1(min(2 * math.pi * a * sigma / step, 700.0))
    tail = math.erfc(half * step / sigma / math.sqrt(2)) + math.exp(-((half * step / sigma) ** 2) / 2)
    found = {}
    for n in counts:
        value = n * step * float(phi1 @ phi0 ** (n - 1))
        largest = (2 * REACH + a + edge(2 * n)) / cosine  # above K at every score up to R, and above its mean
        over_y = 2 * (2 * REACH) / math.cos(STRIP) / math.expm1(2 * math.pi * STRIP / step)
        cut = 2 * REACH * (math.exp(-LOWER_TAIL) + math.exp(-math.exp(UPPER_TAIL)))
        rounding = 2 * UNIT_ROUNDOFF * (n * (len(mass) + 2 * float(np.abs(w).max()) + 250) + len(phi0)) * REACH
        found[n] = Expectation(value, n * largest * (3 * rule + 4 * tail) + over_y + cut + rounding)
    return found


def two_integrals(n: int, sigma: float, squares: Expectation, field: Expectation) -> Result:
    """Integration by parts, measured: both sides with their proven errors; the value itself to at least four digits."""
    theory, measured = 1 - squares.value, field.value / sigma
    slack = squares.error + field.error / sigma
    wrong = _few_digits(squares)
    if wrong is None and not abs(theory - measured) <= slack:
        wrong = f"{theory:.10g} and {measured:.10g} differ by more than {slack:.2g}"
    what = (
        f"1 − E[Σα²] of {n} keys at σ = {sigma:g}, from the weighted mean of the scores: {1 / squares.value:.5g} keys "
        "seen"
    )
    formula, where = (
        "1 − n ∫ t E[X² e^(−tX)] E[e^(−tX)]^(n−1) dt = E[Σ α Z]/σ",
        {"implementation": "trapezoid rules", "dtype": "fp64"},
    )
    name, numbers = f"by parts/n={n}/sigma={sigma:g}", (theory, measured, slack, wrong)
    return judged("T10", name, what, formula, *numbers, seen=2 * slack, where=where)


def _few_digits(squares: Expectation) -> str | None:
    return None if squares.error < 10.0**-DIGITS * squares.value / 2 else f"fewer than {DIGITS} digits"


def between(n: int, sigma: float, squares: Expectation) -> Result:
    """The certified value lies between the proved ends."""
    low, high = ends(n, sigma)
    measured = 1 - squares.value
    inside = bool(low <= measured + squares.error) and bool(high >= measured - squares.error)
    middle, within = float((low + high) / 2), float((high - low) / 2) + squares.error
    wrong = None if inside else f"{measured:.8g} outside [{float(low):.8g}, {float(high):.8g}]"
    what = f"1 − E[Σα²] of {n} keys at σ = {sigma:g} between the proved ends; its limit s/σ is {edge(n) / sigma:.5f}"
    theory = "(σM − s²)/(σ(σ − s)) ≤ 1 − E[Σα²] ≤ M/σ, s = √(2 ln n), M = E[max Z]; value: the middle"
    name, numbers = f"ends/n={n}/sigma={sigma:g}", (middle, measured, within, wrong)
    return judged("T10", name, what, theory, *numbers, seen=2 * within, where=BALLS)


def head(width: int, n: int, squares: Expectation) -> Result:
    """Keys that an unscaled head of this width sees: the mean over |q|, certified, beside its bound ``M/√(d − 2)``."""
    with ctx.workprec(BITS):
        bound = largest_mean(n) / arb(width - 2).sqrt()
    measured = 1 - squares.value
    wrong = _few_digits(squares)
    if wrong is None and not bound >= measured - squares.error:
        wrong = f"{measured:.8g} is above {float(bound):.8g}"
    what = (
        f"1 − E[Σα²] of an unscaled head of width {width} with {n} keys, averaged over |q|: it sees "
        f"{1 / squares.value:.5g} of them"
    )
    seen, numbers = float(bound) - measured + squares.error, (float(bound), measured, squares.error, wrong)
    return judged(
        "T10", f"head/d={width}/n={n}", what, "at most M/√(d − 2), M = E[max Z]", *numbers, seen=seen, where=BALLS
    )


def spread_figure() -> list[Result]:
    """Keys seen against σ: the integral, the law as a bound, the other integral as points."""
    lines = []
    sigmas = [2.0 ** (k / 4) for k in range(-8, 21)]
    values = {sigma: mean_squares(sigma, DRAWN) for sigma in sigmas}
    points = {sigma: weighted_means(sigma, DRAWN) for sigma in SIGMAS}
    for n in DRAWN:
        frozen = [sigma for sigma in sigmas if sigma > 1.05 * edge(n)]
        lines.append(series(f"n = {n}", sigmas, [1 / values[sigma][n].value for sigma in sigmas]))
        law = [1 / (1 - edge(n) / sigma) for sigma in frozen]
        lines.append(series(f"limit 1/(1 − √(2 ln n)/σ), n = {n}", frozen, law, "bound"))
        seen = [1 / (1 - points[sigma][n].value / sigma) for sigma in SIGMAS]
        lines.append(series(f"by parts, n = {n}", SIGMAS, seen, "points"))
    caption = "The limit for many keys is an upper bound at every n; up to n = 4096 the integral stays well below it."
    axes = axis("σ, spread of the scores", "log2"), axis("keys seen, 1/E[Σα²]", "log2")
    return [figure("T10", "Keys effectively seen against the spread of the scores", *axes, lines, caption)]


def head_figure(heads: Mapping[int, Mapping[int, Expectation]]) -> Result:
    """Keys seen against the width."""
    lines = [series(f"n = {n}", list(heads), [1 / found[n].value for found in heads.values()]) for n in DRAWN]
    caption = "A wide unscaled head sees about one key at any practical length; a narrow one sees more with more keys."
    axes = axis("d, width of the head", "log2"), axis("keys seen, 1/E[Σα²]", "log2")
    return figure("T10", "Keys that an unscaled head effectively sees", *axes, lines, caption)
