"""Rows about tanh: the mean of sech² against the spread of the pre-activations, with and without layer normalisation.

sech²(z_a) is read from the implementation's own gradients: with W_h = 1 and W_s q = 0 the pre-activations are the keys,
and ``grad.key[j,a] / grad.bias[j] = v_a sech²(k[j,a])`` whatever the weights are. Theory for normal pre-activations of
deviation σ:

    E[sech²(σZ)] = ∫ sech²(σz) exp(-z²/2) / √(2π) dz

and after layer normalisation (no gain, no ε) of d independent normal units, whatever σ: the unit's value is √(d-1) t
with t one coordinate of a uniform point on the sphere in R^(d-1), so with t = sin φ

    E[sech²(z)] = ∫ cos(φ)^(d-3) sech²(√(d-1) sin φ) dφ / ∫ cos(φ)^(d-3) dφ,   φ from -π/2 to π/2

both enclosed by ball arithmetic. For every input the mean of sech² over layer-normalised units is at least sech²(1): x
-> sech²(√x) is convex and decreasing, and the mean of z² is at most 1 (claim T8); a vector of ±1 attains it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import flint
import numpy as np
import numpy.typing as npt

from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.implementations.builtin import IMPLEMENTATIONS, Implementation, availability
from attnproof.verify.inputs.make import WITH_TANH
from attnproof.verify.options import Options
from attnproof.verify.outcome import FAIL, PASS
from attnproof.verify.rows.tables import SaturationRow
from attnproof.verify.tables.rounding import Rounding, rounding_of
from attnproof.verify.tables.rows import Columns, no_measurement
from attnproof.verify.tables.saturation.judge import sampled
from attnproof.verify.tables.saturation.stats import ALPHA, bounded_mean_interval
from attnproof.verify.tables.saturation.theory import Expectation
from attnproof.verify.unit import Unit, generator

Array = npt.NDArray[np.float64]

UNITS: Final = 64  # hidden units
V: Final = 2.0**-4  # |v_a|: the scores stay of order one
PAIRS: Final = {"quick": 64, "standard": 384, "thorough": 2048}  # pairs of keys, each a vector of UNITS pre-activations
SIGMAS: Final = {"quick": (0.25, 4.0), "standard": (0.25, 1.0, 4.0, 16.0), "thorough": (0.25, 0.5, 1.0, 2.0, 4.0, 16.0)}


def plan_tanh(options: Options) -> list[Unit]:
    """One unit for each score with a tanh and each spread."""
    return [
        Unit(
            f"saturation/tanh/{score}/sigma={sigma:g}",
            "saturation",
            "attnproof.verify.tables.saturation.tanh:run",
            {"score": score, "sigma": sigma},
            cost=1.0,
        )
        for score in WITH_TANH
        if score in options.scores
        for sigma in (SIGMAS[options.profile] if score == "additive" else SIGMAS["quick"][-1:])
    ]


def _value(ball: Any, known: float = 0.0) -> Expectation:
    middle = float(ball.mid())
    return Expectation(middle, float(ball.rad()) + abs(middle) * 2.0**-52 + known)


@cache
def mean_sech2(sigma: float) -> Expectation:
    """E[sech²(σZ)], enclosed."""
    scale = flint.arb(sigma)

    def integrand(z: Any, _: bool) -> Any:
        return (scale * z).sech() ** 2 * (-z * z / 2).exp()

    with flint.ctx.workprec(80):
        total = 2 * flint.acb.integral(integrand, 0, 9).real / (2 * flint.arb.pi()).sqrt()
    return _value(total, known=1e-18)  # P(|Z| > 9) < 3e-19


@cache
def mean_sech2_normalised(units: int) -> Expectation:
    """E[sech²(z)] of one of ``units`` (>= 4) normal units after layer normalisation, enclosed."""
    if units < 4:
        raise ValueError(f"the density needs at least 4 units, got {units}")
    root = flint.arb(units - 1).sqrt()

    def density(phi: Any, _: bool) -> Any:
        return phi.cos() ** (units - 3)

    def integrand(phi: Any, _: bool) -> Any:
        return phi.cos() ** (units - 3) * (root * phi.sin()).sech() ** 2

    with flint.ctx.workprec(80):
        end = flint.arb.pi() / 2
        ratio = flint.acb.integral(integrand, 0, end).real / flint.acb.integral(density, 0, end).real
    return _value(ratio)


def layer_norm(x: Array) -> Array:
    """(x - mean) / deviation over the last axis: no gain, no ε; the input must not be constant."""
    centred = x - x.mean(axis=-1, keepdims=True)
    return np.asarray(centred / np.sqrt(np.mean(centred**2, axis=-1, keepdims=True)))


def run(arguments: Mapping[str, Any], options: Options) -> list[SaturationRow]:
    """Rows of one score and spread: every implementation, format and device."""
    score, sigma = str(arguments["score"]), float(arguments["sigma"])
    rng = generator(options.seed, "saturation", "tanh", score, f"{sigma:g}")
    raw = sigma * rng.standard_normal((PAIRS[options.profile], 2, UNITS))
    normalised = layer_norm(raw)
    extreme = np.where(np.arange(UNITS) % 2 == 0, 1.0, -1.0)
    normalised[0, 0] = extreme  # attains the guarantee
    rows: list[SaturationRow] = []
    for implementation in IMPLEMENTATIONS.values():
        for dtype in options.dtypes:
            for device in options.devices:
                common: Columns = {
                    "kind": "tanh",
                    "score": score,
                    "d": UNITS,
                    "n": 2,
                    "setting": sigma,
                    "spread": sigma,
                }
                common |= {"implementation": implementation.name, "dtype": dtype, "device": device}
                stem = f"saturation/tanh/{score}/sigma={sigma:g}"
                place = f"{implementation.name}/{dtype}/{device}"
                unavailable = availability(implementation, score, dtype, device, ("bias",))
                if unavailable is not None:
                    row = no_measurement(*unavailable)
                    rows.append(SaturationRow(id=f"{stem}/all/{place}", quantity="all", **common, **row))
                    continue
                for quantity, row in _measure(implementation, score, raw, normalised, sigma, dtype, device):
                    name = quantity.replace(" ", "-")
                    rows.append(SaturationRow(id=f"{stem}/{name}/{place}", quantity=quantity, **common, **row))
    return rows


def _measure(
    implementation: Implementation, score: str, raw: Array, normalised: Array, sigma: float, dtype: str, device: str
) -> list[tuple[str, Columns]]:
    rounding = rounding_of(implementation, dtype, device)
    plain = read_sech2(implementation, score, raw, dtype, device)
    after = read_sech2(implementation, score, normalised, dtype, device)
    moved, moved_after = (sech2_bound(implementation, rounding, z) for z in (raw, normalised))
    theory, theory_after = mean_sech2(sigma), mean_sech2_normalised(UNITS)
    others = (mean_sech2(sigma / 2).value, mean_sech2(2 * sigma).value)
    reach = max(abs(other - theory.value) for other in others)
    text = f"E[sech²(σZ)], σ = {sigma:g}"
    text_after = f"E[sech²(z)], z one of {UNITS} layer-normalised normal units"
    exact, exact_after = sech2(raw), sech2(normalised)
    first = _sampled(text, theory, exact.ravel(), plain.ravel(), moved.ravel(), reach)
    # one vector is one independent value; the vector put in by hand is left out
    ideal, got, slack = (array.mean(axis=-1).ravel()[1:] for array in (exact_after, after, moved_after))
    second = _sampled(text_after, theory_after, ideal, got, slack, abs(theory.value - theory_after.value))
    return [
        ("mean sech2", first),
        ("mean sech2 after layer norm", second),
        ("least mean sech2 after layer norm", _guarantee(after, moved_after)),
    ]


def sech2(z: Array) -> Array:
    """``4 e^(-2|z|) / (1 + e^(-2|z|))²``: relatively accurate at every z."""
    small = np.exp(-2 * np.abs(z))
    return np.asarray(4 * small / (1 + small) ** 2)


def sech2_bound(implementation: Implementation, rounding: Rounding, z: Array) -> Array:
    """Bound on |computed - exact| of sech² elementwise, z rounded to the format first.

    The slope of sech² is at most 2 sech²; the ratio of the two gradients takes at most six roundings and, by its own
    form, two elementary functions; 1 - tanh² has their absolute error in place of the relative one. The last term is
    underflow in grad.key, divided by v_a·grad.bias, of which at least half is left after rounding.
    """
    shifted = 2 * rounding.unit * np.abs(z) * sech2(np.abs(z) * (1 - rounding.unit))
    relative = sech2(z) * (4 * rounding.elementary + 8 * rounding.unit)
    absolute = 0.0
    if implementation.tanh_derivative == "one_minus_tanh2":
        absolute = 2 * rounding.elementary + 2 * rounding.unit
    lost = 4 * rounding.tiny / (V * exact_grad_bias(z) / 2)
    return np.asarray(shifted + relative + absolute + lost[:, None, None])


def signed_v(units: int) -> Array:
    """The output weights v of the samples, (units,): ±V, as many of either sign."""
    return np.where(np.arange(units) % 4 < 2, V, -V)


def exact_grad_bias(z: Array) -> Array:
    """|grad.bias| of each pair (pairs,), for the upstream gradient (1, -1): ``2 α_1 α_2 = sech²((e_1 - e_2)/2)/2``."""
    scores = np.tanh(z) @ signed_v(z.shape[-1])
    return np.asarray(sech2((scores[:, 0] - scores[:, 1]) / 2) / 2)


def read_sech2(implementation: Implementation, score: str, z: Array, dtype: str, device: str) -> Array:
    """sech² of every pre-activation (pairs, 2, units) from the implementation's gradients."""
    pairs, keys, units = z.shape
    v = signed_v(units)
    inputs = {
        "query": np.zeros((pairs, 1, 1)),
        "key": FORMATS[dtype].round(z),
        "value": np.broadcast_to(np.eye(keys), (pairs, keys, keys)),
        "v": v,
        "bias": np.zeros((pairs, 1, keys)),
    }
    if score == "concat":
        inputs["weight_concat"] = np.hstack([np.zeros((units, 1)), np.eye(units)])
    else:
        inputs |= {"weight_query": np.zeros((units, 1)), "weight_key": np.eye(units)}
    upstream = np.broadcast_to(np.array([1.0, -1.0]), (pairs, 1, keys))
    found = implementation.gradients(score, inputs, upstream, dtype, device)
    return np.asarray(found["key"] / (found["bias"][:, 0, :, None] * v))


def _sampled(theory: str, expected: Expectation, exact: Array, measured: Array, moved: Array, reach: float) -> Columns:
    interval = bounded_mean_interval(np.clip(exact, 0.0, 1.0), ALPHA)
    rounding, mean = float(moved.mean()) + 1e-12, float(measured.mean())
    weak = "the alternative is too near"
    return {**sampled(theory, expected, interval, mean, rounding, reach, weak), "trials": len(exact)}


def _guarantee(measured: Array, moved: Array) -> Columns:
    """The least mean over the units, among all vectors, against sech²(1); the vector of ±1 attains it."""
    means, slack = measured.mean(axis=-1).ravel(), moved.mean(axis=-1).ravel() + 1e-15
    least, floor = int(np.argmin(means)), 1 / math.cosh(1) ** 2
    verdict, reason = PASS, None
    if not np.all(means >= floor - slack):
        verdict, reason = FAIL, f"a layer-normalised vector has mean sech² {means[least]:.6g} < sech²(1)"
    elif not means[0] <= floor + slack[0]:
        verdict, reason = FAIL, f"the vector of ±1 has mean sech² {means[0]:.6g}, not sech²(1)"
    return {
        "theory": "min over vectors of the mean of sech²(z) = sech²(1), attained by ±1",
        "theory_value": floor,
        "measured": float(means[least]),
        "uncertainty": float(slack[least]),
        "detectable": 2 * float(slack[least]),
        "trials": len(means),
        "sampling": 0.0,
        "rounding": float(slack[least]),
        "deviation": float(abs(means[least] - floor)),
        "grade": "bound",
        "verdict": verdict,
        "reason": reason,
    }
