"""Evidence for A6: scores of normalised queries and keys in every format and implementation, against their bound and a
rounding term.

Vectors are normalised in double precision and rounded to the format. Each component is then within
``(1 + u)(1 + (d + 8) u64)`` of the exact one (d additions, d products, a division by d, a root, a quotient, and what
precedes them), u the unit roundoff of the format, plus half its smallest subnormal η; so the norm grows at most by that
factor and by ``√d η/2`` (whatever vector was divided by its norm: it need not be exactly centred). The exact score of
what is stored is then at
most the bound times the factor squared (and the terms with η), and the computed one off by no more than
``attnproof.verify.bounds`` allows. Equal and opposite queries and keys attain the bound, so that one smaller by more
than twice the rounding term would be seen to be too small.

The soft-cap is looked at from outside: two keys whose scores are far apart get logits in [−κ, κ], so that no weight
exceeds ``1/(1 + exp(−2κ))``; without a cap it would be 1.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from attnproof.verify.arithmetic.formats import FP64, Array
from attnproof.verify.bounds.api import bounds
from attnproof.verify.evidence.measuring.places import Measured, measured
from attnproof.verify.evidence.row import unjudged
from attnproof.verify.inputs.case import Case
from attnproof.verify.options import Options
from attnproof.verify.outcome import ABSTAIN, FAIL, PASS
from attnproof.verify.unit import Result, generator

D: Final = {"quick": (16,), "standard": (4, 64), "thorough": (4, 64, 256)}
COUNT: Final = 8  # random vectors beside those that attain the bound
GAIN: Final = 2.0
NORMALISATIONS: Final = ("l2", "rms", "layer")
SCORES: Final = ("dot", "scaled_dot")
CAP: Final = 1.0
FAR: Final = 8.0  # a score of ±64: tanh of it is 1 in every format


def rows(options: Options) -> list[Result]:
    """For each implementation, format and device: a row for each normalisation, and the soft-cap; one row where the
    device is absent.
    """
    found: list[Result] = []
    for place, missing in measured(options, "dot", ("softcap",), "scores"):
        if missing is None:
            found += [normalised(place, kind, options) for kind in NORMALISATIONS]
            found.append(soft_cap(place))
        else:
            what = "normalised and soft-capped scores"
            found.append(unjudged("A6", f"all/{place.name}", what, "bounded", *missing, **place.where))
    return found


def normalise(kind: str, x: Array) -> Array:
    """Each row divided by its norm (``l2``), its root mean square (``rms``), or that of the row less its mean
    (``layer``); no ε.
    """
    if kind == "layer":
        x = x - x.mean(axis=-1, keepdims=True)
    squares = (x**2).sum(axis=-1, keepdims=True)
    return np.asarray(x / np.sqrt(squares if kind == "l2" else squares / x.shape[-1]))


def limit(kind: str, score: str, width: int) -> float:
    """The bound of the claim: |g| for L2, ``G d`` for the others (G the gains' product), and divided by √d for the
    scaled score.
    """
    plain = GAIN if kind == "l2" else GAIN * width
    return plain / math.sqrt(width) if score == "scaled_dot" else plain


def _vectors(kind: str, width: int, options: Options) -> Array:
    """Random rows and, first, one of ±1 with mean 0."""
    drawn = generator(options.seed, "A6", kind, str(width)).normal(size=(COUNT, width)) * 10
    signs = np.tile([1.0, -1.0], width // 2)
    return normalise(kind, np.vstack([signs, drawn]))


def normalised(place: Measured, kind: str, options: Options) -> Result:
    """The largest |score| as a share of the claim's bound, over scores and widths: where it comes nearest to bound and
    rounding term.
    """
    form = place.form
    found = []
    for width in D[options.profile]:
        vectors = _vectors(kind, width, options)
        query = form.round(GAIN * vectors)  # the gain, a power of 2, is exact
        key = form.round(np.vstack([vectors, -vectors]))  # equal and opposite keys attain the bound
        for score in SCORES:
            inputs = {"query": query, "key": key, "value": np.ones((len(key), 1))}
            case = Case(score, inputs, np.ones((len(query), 1)), place.dtype, "evidence", "A6")
            bound = limit(kind, score, width)
            allowed = float(np.max(bounds(case, place.arithmetic)["scores"].bound))
            term = stored_excess(bound, width, form.unit_roundoff, form.smallest_subnormal) + allowed
            largest = float(
                np.max(np.abs(place.implementation.forward(score, inputs, place.dtype, place.device)["scores"]))
            )
            found.append((largest / bound, term / bound, f"{score}, d = {width}"))
    share, term, where = max(found, key=lambda one: one[0] - one[1])
    verdict, reason = PASS, None
    if not all(0 <= term < 1 for _, term, _ in found):
        verdict, reason = ABSTAIN, "the rounding term is no smaller than the bound"
    elif not all(share <= 1 + term for share, term, _ in found):
        verdict, reason = FAIL, f"|e| is {share:.6g} of its bound ({where}), with a rounding term of {term:.3g}"
    name = kind if kind == "layer" else kind.upper()
    what = (
        f"largest |e| as a share of the bound, {name} normalisation with gain {GAIN:g}, dot and scaled dot scores "
        f"({where})"
    )
    theory = "at most 1, the bound being " + ("|g|" if kind == "l2" else "G d") + " (over √d for the scaled score)"
    return _row(place, kind, what, theory, 1.0, share, term, verdict, reason)


def stored_excess(bound: float, width: int, unit: float, subnormal: float) -> float:
    """By how much the exact score of the stored vectors may exceed ``bound``: see above. Rounded up by 2^-40."""
    factor = (1 + unit) * (1 + (width + 8) * FP64.unit_roundoff)
    # |q̂| <= a factor + √d η/2 and |k̂| <= b factor + √d η/2 with a b = bound (times √d when scaled) and a, b <= 2 √d
    norm_term = math.sqrt(width) * subnormal / 2
    excess = bound * (factor**2 - 1) + norm_term * 4 * math.sqrt(width) * factor + norm_term**2
    return excess * (1 + 2.0**-40)


def soft_cap(place: Measured) -> Result:
    """Two keys whose scores are ±64: the larger weight against ``1/(1 + exp(−2κ))``."""
    inputs = {"query": np.array([[FAR]]), "key": np.array([[FAR], [-FAR]]), "value": np.ones((2, 1))}
    case = Case("dot", inputs | {"softcap": np.array(CAP)}, np.ones((1, 1)), place.dtype, "evidence", "A6")
    bound = 1 / (1 + math.exp(-2 * CAP))
    allowed = float(np.max(bounds(case, place.arithmetic)["weights"].bound))
    term = allowed + 4 * FP64.unit_roundoff  # the last for the bound's own evaluation: exp, sum, quotient
    largest = float(np.max(place.implementation.forward("dot", case.inputs, place.dtype, place.device)["weights"]))
    verdict, reason = PASS, None
    if not bound + term < 1:
        verdict, reason = ABSTAIN, "with the rounding term a weight of 1 would pass"
    elif not largest <= bound + term:
        verdict, reason = FAIL, f"a weight of {largest:.6g} exceeds {bound:.6g} by more than {term:.3g}"
    what = f"larger weight of two keys with scores ±{FAR**2:g} behind a soft-cap κ = {CAP:g}; without it, it would be 1"
    return _row(place, "softcap", what, "at most 1/(1 + exp(−2κ))", bound, largest, term, verdict, reason)


def _row(
    place: Measured, name: str, what: str, theory: str, bound: float, measured: float, term: float, verdict: str,
    reason: str | None,
) -> Result:  # fmt: skip
    numbers = {
        "theory_value": bound,
        "measured": measured,
        "uncertainty": term,
        "detectable": 2 * term,
        "grade": "bound",
    }
    return unjudged("A6", f"{name}/{place.name}", what, theory, verdict, reason, **numbers, **place.where)
