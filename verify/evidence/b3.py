"""Evidence for B3: log-odds move by the difference of the biases, exactly and as computed; a bias by position is not
equivariant.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.bounds.api import bounds
from attnproof.verify.evidence.measuring.enclosed import BITS, different, exact, log_odds, log_odds_moved, same, weights
from attnproof.verify.evidence.measuring.places import Measured, measured
from attnproof.verify.evidence.row import share_of_bound, unjudged
from attnproof.verify.inputs.case import Case
from attnproof.verify.options import Options
from attnproof.verify.oracle.api import enclose
from attnproof.verify.unit import Result, generator

N_Q, N_K, D, D_A = 3, 6, 4, 3
BIAS: Final = np.array([0.5, -1.25, 0.0, 2.0, -0.5, 1.0])
COMPUTED: Final = (
    "computed log-odds with the bias less those without, against b_j − b_0: largest error as a share of its rounding "
    "bound"
)
TURNED: Final = np.roll(np.arange(N_K), 1)  # a permutation without fixed point


def rows(options: Options) -> list[Result]:
    """For every wanted score: the shift, the permutation; for every implementation: the shift as computed."""
    found: list[Result] = []
    wanted = (
        options.scores if options.profile != "quick" else tuple(s for s in options.scores if s in {"dot", "additive"})
    )
    for score in wanted:
        found += exactly(score, inputs(score, options))
    if options.scores:
        found += as_computed(wanted[0] if wanted else options.scores[0], options)
    return found


def inputs(score: str, options: Options) -> dict[str, Array]:
    """Multiples of 1/4 up to 1 for everything; the first two keys are equal."""
    rng = generator(options.seed, "B3", score)

    def draw(*shape: int) -> Array:
        return np.asarray(rng.integers(-4, 5, shape) / 4.0)

    found = {"query": draw(N_Q, D), "key": draw(N_K, D)}
    found["key"][1] = found["key"][0]
    if score == "bilinear":
        found["weight"] = draw(D, D)
    if score == "additive":
        found |= {"weight_query": draw(D_A, D), "weight_key": draw(D_A, D), "v": draw(D_A)}
    if score == "concat":
        found |= {"weight_concat": draw(D_A, 2 * D), "v": draw(D_A)}
    return found


def spread(bias: Array) -> Array:
    """(n_q, n_k): the bias of each key, for every query."""
    return np.broadcast_to(bias, (N_Q, len(bias))).copy()


def exactly(score: str, given: dict[str, Array]) -> list[Result]:
    """In ball arithmetic: shift, position, content."""
    plain = weights(score, "B3", **given)
    biased = weights(score, "B3", **given, bias=spread(BIAS))
    moved = log_odds_moved(biased, plain)
    turned = given | {"key": given["key"][TURNED]}
    by_position = weights(score, "B3", **turned, bias=spread(BIAS))
    by_content = weights(score, "B3", **turned, bias=spread(BIAS[TURNED]))
    odds = log_odds(biased)
    return [
        same(
            "B3",
            f"shift/{score}",
            f"how far the log-odds of {N_K} keys under {N_Q} queries are from having moved by the difference of the "
            "biases",
            "Δ ln(α_j/α_0) − (b_j − b_0) = 0",
            moved,
            exact(spread(BIAS - BIAS[0])),
        ),
        same(
            "B3",
            f"equal-keys/{score}",
            "two equal keys at the first two positions: their log-odds less the difference of their biases",
            "ln(α_1/α_0) − (b_1 − b_0) = 0",
            odds[:, 1],
            exact(np.full(N_Q, BIAS[1] - BIAS[0])),
        ),
        different(
            "B3",
            f"position/{score}",
            "a bias by position: weights of permuted keys beside the permuted weights",
            "they differ",
            by_position,
            biased[:, TURNED],
        ),
        same(
            "B3",
            f"content/{score}",
            "a bias that moves with its key: weights of permuted keys beside the permuted weights",
            "they are the same",
            by_content,
            biased[:, TURNED],
        ),
    ]


def as_computed(score: str, options: Options) -> list[Result]:
    """Computed log-odds with the bias less those without, against ``b_j − b_0``, for every implementation."""
    found: list[Result] = []
    for place, missing in measured(options, score, ("bias",), "weights"):
        if missing is None:
            ratio, meaningful = _computed(place, score, options)
            name = f"computed/{place.name}"
            found.append(share_of_bound("B3", name, COMPUTED, ratio, meaningful=meaningful, where=place.where))
        else:
            found.append(unjudged("B3", f"computed/{place.name}", COMPUTED, "at most 1", *missing, **place.where))
    return found


def _computed(place: Measured, score: str, options: Options) -> tuple[float, bool]:
    """The largest error over its bound, and whether the bound says anything.

    A weight off by at most β has a log off by at most ``−ln(1 − β/α)``.
    """
    logs, limits, meaningful = [], [], True
    plain = inputs(score, options)
    for given in (plain, plain | {"bias": spread(BIAS)}):
        case = Case(score, given | {"value": np.ones((N_K, 1))}, np.ones((N_Q, 1)), place.dtype, "evidence", "B3")
        limit = bounds(case, place.arithmetic)["weights"]
        share = limit.bound / enclose(case, BITS, ("weights",))["weights"].midpoint()
        meaningful = meaningful and limit.meaningful and bool(np.all(share < 0.5))
        logs.append(np.log(place.implementation.forward(score, case.inputs, place.dtype, place.device)["weights"]))
        # and the logs of this row, in fp64
        limits.append(-np.log1p(-np.minimum(share, 0.5)) * (1 + 1e-9) + 1e-14)
    moved, allowed = logs[1] - logs[0], limits[0] + limits[1]
    error = np.abs((moved - moved[:, :1]) - (BIAS - BIAS[0]))
    return float(np.max(error[:, 1:] / (allowed + allowed[:, :1])[:, 1:])), meaningful
