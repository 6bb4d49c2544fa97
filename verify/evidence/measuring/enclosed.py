"""Statements about exact weights, judged by ball arithmetic: two things are the same, or certainly differ. For the
claims on biases.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from flint import arb, ctx

from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.evidence.row import judged
from attnproof.verify.inputs.case import Case
from attnproof.verify.oracle.api import enclose
from attnproof.verify.oracle.named import Balls
from attnproof.verify.unit import Result

BITS: Final = 256
CLOSE: Final = 2.0**-200  # to which enclosures of 256 bits must agree


def weights(score: str, claim: str, **inputs: Array) -> Balls:
    """The exact weights (n_q, n_k), in balls; ``value`` plays no part."""
    query, key = inputs["query"], inputs["key"]
    whole = inputs | {"value": np.ones((len(key), 1))}
    return enclose(Case(score, whole, np.ones((len(query), 1)), "fp64", "evidence", claim), BITS, ("weights",))[
        "weights"
    ].balls


def log_odds(balls: Balls) -> Balls:
    """``ln α_j − ln α_0`` for every query and key (n_q, n_k)."""
    with ctx.workprec(BITS):
        logs = np.array([[one.log() for one in row] for row in balls], dtype=object)
        return np.asarray(logs - logs[:, :1])


def log_odds_moved(after: Balls, before: Balls) -> Balls:
    """How far the log-odds against the first key moved (n_q, n_k)."""
    first, second = log_odds(after), log_odds(before)
    with ctx.workprec(BITS):  # a difference of balls is rounded to the precision of the moment
        return np.asarray(first - second)


def exact(numbers: Array) -> Balls:
    """Balls of radius 0."""
    return np.array([arb(float(x)) for x in np.ravel(numbers)], dtype=object).reshape(np.shape(numbers))


def same(claim: str, name: str, what: str, theory: str, left: Balls, right: Balls) -> Result:
    """A row that passes if the balls are nowhere further apart than ``CLOSE``, their own radii included."""
    with ctx.workprec(BITS):
        apart = max(float(abs(one).upper()) for one in np.ravel(left - right))
    wrong = None if apart <= CLOSE else f"the enclosures are {apart:.3g} apart"
    return judged(claim, name, what, theory, 0.0, apart, CLOSE, wrong)


def different(claim: str, name: str, what: str, theory: str, left: Balls, right: Balls) -> Result:
    """A row that passes if the balls differ for certain somewhere: ``measured`` is the largest certain distance."""
    with ctx.workprec(BITS):
        apart = max(float(abs(one).lower()) for one in np.ravel(left - right))
        radius = max(float((one.rad()).upper()) for one in np.ravel(left - right))
    wrong = None if apart > 0 else "the enclosures of the two meet everywhere"
    return judged(claim, name, what, theory, None, apart, radius, wrong)
