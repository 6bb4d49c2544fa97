"""What the variance table expects: the mean of each statistic and the variance it needs for its test, from the
calculus.

Per sample (two scores e_1, e_2 of one query; μ, σ² their exact mean and variance):

    mean              e_1 − μ                        variance σ²
    variance          (e_1 − μ)² − σ²                variance μ_4 − σ⁴
    excess kurtosis   ((e_1 − μ)/σ)⁴ − 3 − κ         variance (μ_8 − μ_4²)/σ⁸
    shared part       (e_1 − μ)(e_2 − μ) − Cov       variance E[(e_1−μ)²(e_2−μ)²] − Cov²
    half difference   ½ (e_1 − e_2)² − E             variance E[¼ (e_1−e_2)⁴] − E²

All are exact under the hypothesis, so the kurtosis is taken about the exact mean in units of the exact deviation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sympy import Integer, Rational

from attnproof.derivations.language.notation import D
from attnproof.derivations.moments import additive, bilinear, calculus
from attnproof.derivations.moments.calculus import Undefined, Value
from attnproof.derivations.moments.distributions import laplace, normal, rademacher, student_t, uniform
from attnproof.derivations.moments.quadratic import layer_norm_moment, sphere_moment
from attnproof.derivations.moments.scores import DotScore, correlated_dot, dot
from attnproof.verify.tables.variance.integrals import shared_moment, tanh_moment

Array = NDArray[np.float64]

STATISTICS: Final = ("mean", "variance", "excess kurtosis", "shared part", "half difference")
DEGREE: Final[Mapping[str, int]] = MappingProxyType(
    {"mean": 1, "variance": 2, "excess kurtosis": 0, "shared part": 2, "half difference": 2}
)
"""A score multiplied by c multiplies the statistic by c^degree."""

MU_Q, MU_K, RHO = Rational(1), Rational(1, 2), Rational(1, 2)

DOTS: Final[Mapping[str, Callable[[object], DotScore]]] = MappingProxyType(
    {
        "normal": lambda d: dot(normal(), normal(), d),
        "uniform": lambda d: dot(uniform(), uniform(), d),
        "rademacher": lambda d: dot(rademacher(), rademacher(), d),
        "laplace": lambda d: dot(laplace(), laplace(), d),
        "student_t9": lambda d: dot(student_t(9), student_t(9), d),
        "normal_means": lambda d: dot(normal(MU_Q), normal(MU_K), d),
        "correlated": lambda d: correlated_dot(RHO, d),
    }
)
COMPONENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "normal": "normal(0, 1)",
        "uniform": "uniform(-1, 1)",
        "rademacher": "Rademacher",
        "laplace": "Laplace(1)",
        "student_t9": "Student-t, nu = 9",
        "normal_means": f"normal, means {MU_Q} (query) and {MU_K} (key), variances 1",
        "sphere": "uniform on the unit sphere",
        "layer_norm": "normal(0, 1), layer-normalised",
        "correlated": f"normal pairs, every key with correlation {RHO} to the query",
    }
)


@dataclass(frozen=True)
class Null:
    """What is true of one score if the theory is.

    mean, variance  μ and σ² of a score
    value           the theoretical value of each statistic
    spread          an upper bound of the variance of each statistic's sample value
    formula         each statistic's formula as text
    error           how far ``value`` may be off, where it is the middle of an enclosure; 0 where nothing is given
    """

    mean: float
    variance: float
    value: Mapping[str, float]
    spread: Mapping[str, float]
    formula: Mapping[str, str]
    error: Mapping[str, float] = field(default_factory=dict)

    def centred(self, statistic: str, first: Array, second: Array) -> Array:
        """The sample values of ``statistic`` minus their theoretical mean; ``first`` and ``second`` have one shape."""
        return per_sample(statistic, first, second, self.mean, self.variance) - self.value[statistic]

    def scale(self, statistic: str) -> float:
        """Deviations above this are too large to be of use: a test that finds no smaller ones has no power."""
        if statistic == "mean":
            return max(abs(self.mean), float(np.sqrt(self.variance)))
        if statistic == "excess kurtosis":
            return abs(self.value[statistic]) or 1.0
        return self.value[statistic] or self.variance


def per_sample(statistic: str, first: Array, second: Array, mean: float, variance: float) -> Array:
    """The sample values whose average estimates ``statistic``."""
    if statistic == "mean":
        return np.asarray(first, dtype=np.float64)
    if statistic == "variance":
        return np.asarray((first - mean) ** 2)
    if statistic == "excess kurtosis":
        return np.asarray(((first - mean) ** 2 / variance) ** 2 - 3)
    if statistic == "shared part":
        return np.asarray((first - mean) * (second - mean))
    if statistic == "half difference":
        return np.asarray(0.5 * (first - second) ** 2)
    raise KeyError(f"unknown statistic {statistic!r}; known: {', '.join(STATISTICS)}")


def per_sample_bound(statistic: str, first: Array, second: Array, null: Null, error: Array, other: Array) -> Array:
    """How far ``per_sample`` moves when e_1 moves by at most ``error`` and e_2 by at most ``other``."""
    a, b = np.abs(first - null.mean), np.abs(second - null.mean)
    if statistic == "mean":
        return error
    if statistic == "variance":
        return np.asarray((2 * a + error) * error)
    if statistic == "excess kurtosis":
        # (a + error)⁴ − a⁴ without its cancellation
        return np.asarray(error * (2 * a + error) * (2 * a * (a + error) + error**2) / null.variance**2)
    if statistic == "shared part":
        return np.asarray(a * other + b * error + error * other)
    if statistic == "half difference":
        gap = error + other
        return np.asarray((np.abs(first - second) + 0.5 * gap) * gap)
    raise KeyError(f"unknown statistic {statistic!r}; known: {', '.join(STATISTICS)}")


def number(value: Value) -> float:
    """A float64 of an exact number. Raises ValueError for a moment that does not exist."""
    if isinstance(value, Undefined):
        raise ValueError(f"no number: {value}")
    return float(value)


def dot_null(law: str, width: int) -> Null:
    """The dot score of ``width`` components of a law of ``DOTS``; all orders that are used exist (eighth at most)."""
    score = DOTS[law](Integer(width))
    central = [number(m) for m in calculus.central_moments(score.cumulants(8))]
    joint = score.joint(4)
    centre = {**joint, (1, 0): Integer(0), (0, 1): Integer(0)}
    both = number(calculus.joint_moments(centre)[2, 2])
    gap = calculus.raw_moments(calculus.difference(joint, 4))
    return null_from(
        number(score.mean),
        central,
        shared=number(joint[1, 1]),
        both=both,
        gap_fourth=number(gap[4]),
        formula=dot_formulas(law),
    )


@lru_cache(maxsize=16)
def dot_formulas(law: str) -> Mapping[str, str]:
    """The formulas at symbolic d, as text."""
    score = DOTS[law](D)
    values = (score.mean, score.variance, score.excess_kurtosis, score.shared, score.half_difference)
    return {name: str(value) for name, value in zip(STATISTICS, values, strict=True)}


def null_from(
    mean: float,
    central: Sequence[float],
    shared: float,
    both: float,
    gap_fourth: float,
    formula: Mapping[str, str],
    shared_error: float = 0.0,
) -> Null:
    """A ``Null`` from central moments up to order 8, Cov(e_1, e_2), E[(e_1−μ)²(e_2−μ)²] and E[(e_1−e_2)⁴] (or bounds of
    these two).

    Cov(e_1, e_2) may be off by ``shared_error``; the variances of what depends on it are then upper bounds.
    """
    variance, fourth, eighth = central[2], central[4], central[8]
    half = variance - shared
    return Null(
        mean,
        variance,
        {
            "mean": mean,
            "variance": variance,
            "excess kurtosis": fourth / variance**2 - 3,
            "shared part": shared,
            "half difference": half,
        },
        {
            "mean": variance,
            "variance": fourth - variance**2,
            "excess kurtosis": (eighth - fourth**2) / variance**4,
            "shared part": both - max(abs(shared) - shared_error, 0.0) ** 2,
            "half difference": gap_fourth / 4 - max(half - shared_error, 0.0) ** 2,
        },
        formula,
        {"shared part": shared_error, "half difference": shared_error},
    )


def direction_null(law: str, width: int) -> Null:
    """Dot score of ``sphere`` (unit vectors) or ``layer_norm`` vectors (length √d, mean 0), all directions isotropic.

    Given q the scores of two keys are independent with a law that does not depend on q, so that they are independent.
    Raises KeyError for another law; layer normalisation needs ``width >= 2``.
    """
    moment = {"sphere": sphere_moment, "layer_norm": layer_norm_moment}[law]
    central = [number(moment(Integer(width), m)) for m in range(9)]
    symbolic = moment(D, 2).factor()
    kurtosis = (moment(D, 4) / moment(D, 2) ** 2 - 3).factor()
    formula = dict(zip(STATISTICS, ("0", str(symbolic), str(kurtosis), "0", str(symbolic)), strict=True))
    second = central[2] ** 2
    return null_from(0.0, central, 0.0, second, 2 * central[4] + 6 * second, formula)


def bilinear_random_null(d_q: int, d_k: int) -> Null:
    """q, k standard normal and W normal of variance 1/d_q, all random; e_1 and e_2 share q and W.

    Given g = Wᵀq the scores are independent N(0, |g|²): ``E[e_1² e_2²] = E|g|⁴``, ``E[(e_1−e_2)⁴] = 12 E|g|⁴``, and
    ``E|g|⁴ = E[e⁴]/3``.
    """
    w = Rational(1, d_q)
    central = [
        number(bilinear.normal_moment(Integer(1), Integer(d_q), Integer(d_k), m) * w ** (m // 2)) for m in range(9)
    ]
    return null_from(
        0.0,
        central,
        0.0,
        central[4] / 3,
        4 * central[4],
        {
            "mean": "0",
            "variance": "sigma_W**2*d_q*d_k, sigma_W**2 = 1/d_q",
            "excess kurtosis": "3*(d_q + 2)*(d_k + 2)/(d_q*d_k) - 3",
            "shared part": "0",
            "half difference": "sigma_W**2*d_q*d_k, sigma_W**2 = 1/d_q",
        },
    )


def bilinear_fixed_null(weight: Array) -> Null:
    """W (d_q, d_k) fixed, q and k standard normal: ``κ_{2m} = (2m−1)! tr((W Wᵀ)^m)``; e_1 and e_2 share q.

    ``E|Wᵀq|⁴ = 2 tr(M²) + tr(M)²`` with M = W Wᵀ. Traces in float64: relative error far below any half-width.
    """
    product = weight @ weight.T
    trace = [0.0] + [float(np.trace(np.linalg.matrix_power(product, m))) for m in range(1, 5)]
    kappa = [Integer(0)] * 9
    for m, factorial in ((1, 1), (2, 6), (3, 120), (4, 5040)):
        kappa[2 * m] = factorial * Rational(trace[m])
    central = [number(m) for m in calculus.central_moments(tuple(kappa))]
    fourth = 2 * trace[2] + trace[1] ** 2
    formula = {
        "mean": "0",
        "variance": "tr(W W^T)",
        "excess kurtosis": "6*tr((W W^T)^2)/tr(W W^T)^2",
        "shared part": "0",
        "half difference": "tr(W W^T)",
    }
    return null_from(0.0, central, 0.0, fourth, 12 * fourth, formula)


def additive_null(units: int, v: float | None, query_variance: float, key_variance: float) -> Null:
    """Additive score of independent ``z_a = A_a + B_a``, A ~ N(0, query_variance) shared by both keys, B ~ N(0,
    key_variance).

    v: the value of every v_a, or None for independent standard normal v_a. The moments of tanh are certified to more
    than 30 digits and enter as their midpoints; the shared part's enclosure is wide where the correlation is near 1.
    ``E[e_1² e_2²] <= E[e⁴]`` and ``E[(e_1−e_2)⁴] <= 16 E[e⁴]`` (Cauchy-Schwarz, convexity) are bounds, which is all
    that the test needs.
    """
    total = query_variance + key_variance
    sigma = float(np.sqrt(total))
    kappa = (
        additive.random_v(normal(), Integer(units), 8)
        if v is None
        else additive.equal_v(Rational(v), Integer(units), 8)
    )
    digits = {
        additive.tanh_symbol(m): Rational(tanh_moment(m, sigma).mid().str(40, radius=False)) for m in (2, 4, 6, 8)
    }
    central = [number(calculus.combine(lambda m: m.subs(digits), m)) for m in calculus.central_moments(kappa)]
    weight = units * (1.0 if v is None else v * v)
    enclosure = shared_moment(sigma, query_variance / total)
    shared, shared_error = weight * float(enclosure.mid()), weight * float(enclosure.rad())
    square = "d_a*sigma_v**2" if v is None else "|v|^2"
    t2, t4 = "E[tanh(sigma*Z)^2]", "E[tanh(sigma*Z)^4]"
    kurtosis = "3*(T4/T2^2 - 1)/d_a" if v is None else "(T4/T2^2 - 3)/d_a"
    formula = {
        "mean": "0",
        "variance": f"{square}*{t2}",
        "excess kurtosis": f"{kurtosis}, T2 = {t2}, T4 = {t4}",
        "shared part": f"{square}*E[tanh(X)*tanh(X')], correlation {query_variance / total:.6g}",
        "half difference": f"{square}*({t2} - E[tanh(X)*tanh(X')])",
    }
    return null_from(0.0, central, shared, central[4], 16 * central[4], formula, shared_error)
