"""Evidence for B2: a bias ``b = t s`` inside tanh with growing t, the exact weights in ball arithmetic, beside the
proved rate.

Two units, four keys, everything dyadic. With a sign s_a for every unit the weights tend to uniform like e^(−2t); with
the bias on one unit alone they tend to the softmax of what the other says.
"""

from __future__ import annotations

from itertools import product
from typing import Any, Final

import numpy as np
from flint import arb, ctx

from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.evidence.measuring.enclosed import BITS, weights
from attnproof.verify.evidence.row import axis, figure, judged, series
from attnproof.verify.implementations.builtin import IMPLEMENTATIONS, availability
from attnproof.verify.options import Options
from attnproof.verify.unit import Result

PRE: Final = np.array([[0.0, 0.5], [1.0, -0.25], [-0.5, 1.0], [0.75, 0.25]])  # z without the bias, by key and unit
V: Final = np.array([1.0, -0.75])
LARGEST: Final = np.abs(PRE).max(axis=0)  # Z_a
N: Final = len(PRE)
SIGNS: Final = tuple(product((1.0, -1.0), repeat=2))
FAR: Final = 24.0  # t at which the leading term is compared
SIZES: Final = {"quick": (0.0, 1.5, 3.0, 6.0, 12.0, 24.0), "standard": tuple(np.arange(0, 24.5, 0.5).tolist())}


def rows(options: Options) -> list[Result]:
    """For each direction: never above the bound, and the leading term; the direction with one bias; the figure."""
    sizes = SIZES.get(options.profile, SIZES["standard"])
    found: list[Result] = []
    for signs in SIGNS:
        found += [below_the_bound(signs, sizes), leading(signs)]
    found += [one_unit(sizes), changes()]
    found.append(drawn(sizes, options))
    return found


def inputs(bias: Array) -> dict[str, Array]:
    """The keys are the pre-activations themselves."""
    return {
        "query": np.zeros((1, 2)),
        "key": PRE,
        "weight_query": np.eye(2),
        "weight_key": np.eye(2),
        "v": V,
        "bias_hidden": bias,
    }


def with_bias(bias: Array) -> list[arb]:
    """The exact weights."""
    found: list[arb] = weights("additive", "B2", **inputs(bias))[0].tolist()
    return found


def from_uniform(found: list[arb]) -> arb:
    """``max_i |α_i − 1/n|``."""
    with ctx.workprec(BITS):
        return _largest([abs(one - arb(1) / N) for one in found])


def _largest(values: list[arb]) -> arb:
    top = values[0]
    for value in values[1:]:
        top = top.max(value)
    return top


def tail(gaps: Array) -> arb:
    """``τ = Σ_a 2 |v_a| e^(−2 gap_a)``."""
    with ctx.workprec(BITS):
        return sum(
            (2 * arb(abs(v)) * (-2 * arb(gap)).exp() for v, gap in zip(V.tolist(), gaps.tolist(), strict=True)), arb(0)
        )


def bound(size: float) -> arb | None:
    """``(e^τ − 1)/n`` where every |b_a| exceeds Z_a, else None."""
    gaps = size - LARGEST
    if not np.all(gaps > 0):
        return None
    with ctx.workprec(BITS):
        return tail(gaps).expm1() / N


def below_the_bound(signs: tuple[float, ...], sizes: tuple[float, ...]) -> Result:
    """The largest distance from uniform over its bound."""
    shares = []
    for size in sizes:
        limit = bound(size)
        if limit is not None:
            with ctx.workprec(BITS):
                shares.append(from_uniform(with_bias(size * np.array(signs))) / limit)
    holds = all(share < 1 for share in shares)
    largest = max(float(share.upper()) for share in shares)
    name = _named(signs)
    what = f"largest |α − 1/{N}| over its bound at {len(shares)} sizes of the bias in the direction {name}"
    theory, wrong = "(e^τ − 1)/n, τ = Σ 2|v_a| e^(−2(|b_a| − Z_a))", None if holds else "the bound does not hold"
    return judged("B2", f"bound/{name}", what, theory, 0.0, largest, 1.0, wrong)


def leading(signs: tuple[float, ...]) -> Result:
    """``e^(2t) |α − 1/n|`` at large t against its limit ``max_i |x_i − mean x|/n``,
    ``x_j = −2 Σ_a v_a s_a e^(−2 s_a z_ja)``.

    With q = e^(−2(t + s z)) the score is ``y = −2 Σ v s q`` up to ``r = 2 Σ |v| q²``; with |y| <= Y <= 1/4 the weight
    is ``1/n + (y_i − mean y)/n`` up to ``4 Y²/((1 − 2Y) n)``: e^y is 1 + y up to y², numerator and denominator each.
    """
    with ctx.workprec(BITS):
        x = [
            sum((-2 * arb(v * s) * (-2 * arb(s * z)).exp() for v, s, z in zip(V, signs, line, strict=True)), arb(0))
            for line in PRE
        ]
        mean = sum(x, arb(0)) / N
        limit = _largest([abs(one - mean) for one in x]) / N
        scale = (2 * arb(FAR)).exp()
        squares = [
            sum((2 * arb(abs(v)) * (-4 * arb(s * z)).exp() for v, s, z in zip(V, signs, line, strict=True)), arb(0))
            for line in PRE
        ]
        rest = _largest(squares) / scale**2  # r
        most = _largest([abs(one) for one in x]) / scale + rest  # Y
        slack = scale * (2 * rest + 4 * most**2 / (1 - 2 * most)) / N
        found = scale * from_uniform(with_bias(FAR * np.array(signs)))
        holds = bool(abs(found - limit) < slack) and bool(most < arb(1) / 4)
        name, theory = f"rate/{_named(signs)}", "max |x − mean x|/n, x = −2 Σ v_a s_a e^(−2 s_a z_a)"
        what = f"e^(2t) times the largest |α − 1/{N}| at t = {FAR:g} in the direction {_named(signs)}"
        expected, wrong = float(limit.mid()), None if holds else "not the leading term"
        within = float(slack.upper()) + 2.0**-51 * expected  # figures in fp64
        return judged("B2", name, what, theory, expected, float(found.mid()), within, wrong)


def one_unit(sizes: tuple[float, ...]) -> Result:
    """The bias on the first unit alone: the weights are within ``tanh(τ/4)`` of the softmax of the second, which is not
    uniform.

    The first unit's parts lie within τ of each other, so after a common shift every logit is off by at most τ/2.
    """
    with ctx.workprec(BITS):
        grown = [(arb(V[1]) * arb(z).tanh()).exp() for z in PRE[:, 1].tolist()]
        limit = [one / sum(grown, arb(0)) for one in grown]
        shares = []
        for size in sizes:
            gap = size - LARGEST[0]
            if gap > 0:
                tau = 2 * arb(abs(V[0])) * (-2 * arb(gap)).exp()
                apart = _largest([abs(a - b) for a, b in zip(with_bias(np.array([size, 0.0])), limit, strict=True)])
                shares.append(apart / (tau / 4).tanh())
        spread = from_uniform(limit)
        holds = all(share < 1 for share in shares) and bool(spread > arb(2) ** -10)
        what = (
            "the bias on one unit alone: distance from the other unit's softmax over tanh(τ/4); that is "
            f"{float(spread.mid()):.4g} from uniform"
        )
        theory = "the softmax of the unit without bias, within tanh(τ/4)"
        wrong = None if holds else "not the softmax of the unit without bias, or that is uniform"
        largest = max(float(share.upper()) for share in shares)
        return judged("B2", "one-unit", what, theory, 0.0, largest, 1.0, wrong)


def changes() -> Result:
    """A bias of 1 on every unit changes the weights."""
    with ctx.workprec(BITS):
        pairs = zip(with_bias(np.ones(2)), with_bias(np.zeros(2)), strict=True)
        apart = _largest([abs(a - b) for a, b in pairs])
        wrong = None if apart > 0 else "the enclosures meet"
        measured, radius = float(apart.lower()), float(apart.rad())
        return judged(
            "B2", "changes", "largest change of a weight by the bias (1, 1)", "not 0", None, measured, radius, wrong
        )


def drawn(sizes: tuple[float, ...], options: Options) -> Result:
    """Distance from uniform against t: bound, exact, and as computed in two formats, which stop at their resolution."""
    both = np.ones(2)
    limits = [(size, bound(size)) for size in sizes]
    kept = [(size, float(limit.mid())) for size, limit in limits if limit is not None]
    exact = [float(from_uniform(with_bias(size * both)).mid()) for size in sizes]
    alone = [float(from_uniform(with_bias(size * np.array([1.0, 0.0]))).mid()) for size in sizes]
    lines = [
        series("bound (e^τ − 1)/n", [x for x, _ in kept], [y for _, y in kept], "bound"),
        series("exact, both units biased", sizes, exact),
        series("exact, one unit biased", sizes, alone),
    ]
    one = IMPLEMENTATIONS["generated-numpy"]
    for dtype in ("fp64", "fp32"):
        if dtype in options.dtypes and availability(one, "additive", dtype, "cpu", ("bias_hidden",)) is None:
            x, y = computed(one.forward, dtype, sizes)
            lines.append(series(f"computed, {dtype}", x, y, "points"))
    return figure(
        "B2",
        "A bias inside tanh",
        axis("bias t on the units"),
        axis("largest |α − 1/n|", "log10"),
        lines,
        (
            "Biased in every unit, the weights become uniform like e^(−2t), until the format no longer tells them from "
            "uniform; one unit without bias prevents it."
        ),
    )


def computed(forward: Any, dtype: str, sizes: tuple[float, ...]) -> tuple[list[float], list[float]]:
    """Computed distances from uniform that are not 0, and their t."""
    found = []
    for size in sizes:
        result = forward("additive", inputs(size * np.ones(2)) | {"value": np.ones((N, 1))}, dtype, "cpu")
        found.append((size, float(np.abs(result["weights"] - 1 / N).max())))
    kept = [(x, y) for x, y in found if y > 0]
    return [x for x, _ in kept], [y for _, y in kept]


def _named(signs: tuple[float, ...]) -> str:
    return "-".join("plus" if s > 0 else "minus" for s in signs)
