"""Evidence for A3: no distribution has a larger expected score plus entropy than softmax, in ball arithmetic.

For each distribution p the distance of ``⟨p, e⟩ + τ H(p)`` from ``τ ln Σ exp(e/τ)`` is enclosed twice: directly, and as
``τ KL(p‖α)``. Distributions are rational, so that they sum to 1 exactly; single keys and the edges between them have
zero entries.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from fractions import Fraction

from flint import arb, ctx, fmpq

from attnproof.verify.evidence.row import axis, figure, judged, series
from attnproof.verify.options import Options
from attnproof.verify.unit import Result

BITS = 200
CLOSE = 2.0**-150  # to which the two enclosures must agree; balls of 200 bits of sums of a few terms are far narrower
CASES = ((2, Fraction(1)), (5, Fraction(1)), (5, Fraction(1, 4)), (20, Fraction(3)))  # keys, temperature
COUNT = {"quick": 40, "standard": 200, "thorough": 2000}  # random distributions


def rows(options: Options) -> list[Result]:
    """Two rows for each number of keys and temperature, and a figure for two keys."""
    found = []
    with ctx.workprec(BITS):
        for keys, temperature in CASES:
            found += _case(keys, temperature, options)
        return [*found, _figure()]


def distributions(
    keys: int, count: int, draw: random.Random, e: Sequence[Fraction], tau: Fraction
) -> Iterator[list[Fraction]]:
    """Single keys, uniform pairs, random ones, and ones near softmax: each sums to 1 exactly."""
    for k in range(keys):
        yield [Fraction(j == k) for j in range(keys)]
        yield [Fraction((j == k) + (j == (k + 1) % keys), 2) for j in range(keys)]
    for _ in range(count):
        yield _normalised([Fraction(draw.randint(0, 1000)) for _ in range(keys - 1)] + [Fraction(1)])
    weights = [(arb(fmpq(x.numerator, x.denominator)) / _ball(tau)).exp() for x in e]
    near = [Fraction(int(float((w / sum(weights, arb(0))).mid()) * 2**40)) for w in weights]
    for size in (2**20, 2**30):
        for k in range(keys):
            yield _normalised([one + size * (j == k) for j, one in enumerate(near)])


def shortfall(p: Sequence[Fraction], e: Sequence[Fraction], tau: Fraction) -> arb:
    """``τ ln Σ exp(e/τ) − ⟨p, e⟩ − τ H(p)``, enclosed; 0 ln 0 = 0."""
    t = _ball(tau)
    value = t * sum(((_ball(x) / t).exp() for x in e), arb(0)).log()
    entropy = -sum((_ball(x) * _ball(x).log() for x in p if x), arb(0))
    return value - sum((_ball(x) * _ball(y) for x, y in zip(p, e, strict=True)), arb(0)) - t * entropy


def divergence(p: Sequence[Fraction], e: Sequence[Fraction], tau: Fraction) -> arb:
    """``τ Σ p ln(p/α)``, enclosed, α from its definition."""
    t = _ball(tau)
    powers = [(_ball(x) / t).exp() for x in e]
    whole = sum(powers, arb(0))
    return t * sum((_ball(x) * (_ball(x) / (w / whole)).log() for x, w in zip(p, powers, strict=True) if x), arb(0))


def _case(keys: int, tau: Fraction, options: Options) -> list[Result]:
    draw = random.Random(f"{options.seed} A3 {keys} {tau}")
    # different scores: with equal ones softmax itself may be rational and among the distributions
    e = [Fraction(x, 1000) for x in draw.sample(range(-4000, 4001), keys)]
    found = list(distributions(keys, COUNT[options.profile], draw, e, tau))
    gaps = [(shortfall(p, e, tau), divergence(p, e, tau)) for p in found]
    above = [number for number, (gap, _) in enumerate(gaps) if not gap > 0]
    apart = max(float((gap - other).abs_upper()) for gap, other in gaps)
    least = min(float(gap.abs_lower()) for gap, _ in gaps)
    name = f"n={keys}/tau={tau}"
    where = f"{keys} keys, τ = {tau}, {len(found)} distributions other than softmax"
    wrong = f"distribution {above[0]} is not certainly below" if above else None
    what = f"distributions that reach the log-sum-exp; the nearest stays {least:.3g} below it ({where})"
    none = "none: softmax is the only maximiser"
    beside = f"largest difference between the shortfall and τ KL(p‖α) ({where})"
    theory = "τ ln Σ exp(e/τ) − ⟨p, e⟩ − τ H(p) − τ KL(p‖α) = 0"
    off = None if apart <= CLOSE else f"{apart:.3g} apart"
    return [
        judged("A3", f"{name}/shortfall", what, none, 0.0, float(len(above)), 0.0, wrong, seen=1.0),
        judged("A3", f"{name}/divergence", beside, theory, 0.0, apart, CLOSE, off),
    ]


def _figure() -> Result:
    """Two keys with scores 1 and 0: the objective over the share of the first."""
    e = (Fraction(1), Fraction(0))
    shares = [Fraction(k, 40) for k in range(41)]
    lines = []
    for tau in (Fraction(1, 2), Fraction(1), Fraction(2)):
        t = _ball(tau)
        top = t * sum(((_ball(x) / t).exp() for x in e), arb(0)).log()
        objective = [float((top - shortfall((p, 1 - p), e, tau)).mid()) for p in shares]
        best = (1 / (1 + (-1 / t).exp())).mid()
        lines.append(series(f"τ = {float(tau):g}", [float(p) for p in shares], objective))
        lines.append(series(f"softmax, τ = {float(tau):g}", [float(best)], [float(top.mid())], "points"))
    return figure(
        "A3",
        "Expected score plus entropy of two keys with scores 1 and 0",
        axis("share of the first key"),
        axis("⟨p, e⟩ + τ H(p)"),
        lines,
        caption="Each curve is highest at the softmax weights of its temperature, where it reaches τ times "
        "log-sum-exp.",
    )


def _ball(x: Fraction) -> arb:
    return arb(fmpq(x.numerator, x.denominator))


def _normalised(masses: Sequence[Fraction]) -> list[Fraction]:
    whole = sum(masses, Fraction(0))
    return [mass / whole for mass in masses]
