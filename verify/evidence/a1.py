"""Evidence for A1: softmax weights beside those of Nadaraya-Watson regression with the Gaussian kernel, both enclosed
by balls.

The softmax side comes from the derived equations (``attnproof.verify.oracle``), the kernel side from distances alone.
Width 4, so that √d = 2 and the bias ``-|k|²/(2√d)`` of keys that are multiples of 1/2 is exact in every format: then
each implementation, given that bias, must agree with the Gaussian kernel's weights within its own rounding bound.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from flint import arb, ctx

from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.bounds.api import bounds
from attnproof.verify.evidence.measuring.places import Measured, measured
from attnproof.verify.evidence.row import judged, share_of_bound, unjudged
from attnproof.verify.inputs.case import Case
from attnproof.verify.options import Options
from attnproof.verify.oracle.api import enclose
from attnproof.verify.oracle.enclosure import Enclosure
from attnproof.verify.oracle.named import Balls
from attnproof.verify.unit import Result, generator

BITS: Final = 256
CLOSE: Final = 2.0**-200  # to which enclosures of 256 bits must agree
D, N_Q = 4, 3
N_K: Final = {"quick": 6, "standard": 16, "thorough": 64}
ROOT: Final = 2.0  # √d
COMPARED: Final = (
    "softmax weights with the bias −|k|²/(2√d) against the Gaussian kernel's: largest error as a share of its rounding "
    "bound"
)


def rows(options: Options) -> list[Result]:
    """Enclosures against each other; then every implementation with the bias."""
    n_k = N_K[options.profile]
    equal, unequal = _keys(True, n_k, options), _keys(False, n_k, options)
    query = _multiples_of_half((N_Q, D), options, "query")
    found = [
        _agreement("equal-norms", "keys of equal norm, no bias", query, equal, None),
        _agreement("bias", "keys of different norms, the bias −|k|²/(2√d)", query, unequal, _bias(unequal)),
        _log_odds(query, unequal),
    ]
    for place, missing in measured(options, "scaled_dot", ("bias",), "weights"):
        if missing is None:
            found.append(_implementation(place, query, unequal))
        else:
            found.append(unjudged("A1", place.name, COMPARED, "at most 1", *missing, **place.where))
    return found


def gaussian_weights(query: Array, key: Array) -> Enclosure:
    """``K(q, k_j) / Σ_l K(q, k_l)`` with ``K = exp(−|q − k|²/(2 h²))``, ``h = d^(1/4)``: balls of shape (n_q, n_k)."""
    with ctx.workprec(BITS):
        width = arb(query.shape[1]).sqrt().sqrt()  # the bandwidth
        kernels = [[_kernel(q, k, width) for k in key] for q in query]
        found = np.empty((len(query), len(key)), dtype=object)
        for i, row in enumerate(kernels):
            whole = sum(row, arb(0))
            found[i] = [one / whole for one in row]
        return Enclosure(found, BITS)


def _kernel(q: Array, k: Array, width: arb) -> arb:
    squared = sum(((arb(float(a)) - arb(float(b))) ** 2 for a, b in zip(q, k, strict=True)), arb(0))
    return (-squared / (2 * width**2)).exp()


def _keys(equal_norms: bool, count: int, options: Options) -> Array:
    """Multiples of 1/2 between −2 and 2: permutations of one vector with changed signs, or any."""
    if not equal_norms:
        return _multiples_of_half((count, D), options, "key")
    rng = generator(options.seed, "A1", "equal")
    return np.array([rng.permutation([0.5, 1.0, 1.5, 2.0]) * rng.choice([-1.0, 1.0], D) for _ in range(count)])


def _multiples_of_half(shape: tuple[int, ...], options: Options, name: str) -> Array:
    return np.asarray(generator(options.seed, "A1", name).integers(-4, 5, shape) / 2.0)


def _bias(key: Array) -> Array:
    """``−|k_j|²/(2√d)`` for every query, exactly: multiples of 1/16 up to 4."""
    return np.asarray(np.broadcast_to(-(key**2).sum(axis=1) / (2 * ROOT), (N_Q, len(key))).copy())


def _case(query: Array, key: Array, bias: Array | None, dtype: str = "fp64") -> Case:
    inputs = {"query": query, "key": key, "value": np.ones((len(key), 1))} | ({} if bias is None else {"bias": bias})
    return Case("scaled_dot", inputs, np.ones((len(query), 1)), dtype, "evidence", "A1")


def _softmax(query: Array, key: Array, bias: Array | None) -> Enclosure:
    return enclose(_case(query, key, bias), BITS, ("weights",))["weights"]


def _largest(differences: Balls) -> float:
    balls: list[arb] = differences.ravel().tolist()
    return max(float(ball.abs_upper()) for ball in balls)


def _agreement(name: str, what: str, query: Array, key: Array, bias: Array | None) -> Result:
    with ctx.workprec(BITS):
        apart = _largest(_softmax(query, key, bias).balls - gaussian_weights(query, key).balls)
    return _row(
        name,
        f"largest difference between softmax weights and those of the Gaussian kernel: {what}, {len(key)} keys",
        "α_j − K_j/Σ K = 0 with h = d^(1/4)",
        apart,
    )


def _log_odds(query: Array, key: Array) -> Result:
    """Without the bias: by how much the log-odds of neighbouring keys differ, and that the weights do."""
    with ctx.workprec(BITS):
        logs = [
            np.array([[one.log() for one in row] for row in weights.balls], dtype=object)
            for weights in (gaussian_weights(query, key), _softmax(query, key, None))
        ]
        moved = logs[0] - logs[1]
        squares = [arb(float(norm)) for norm in (key**2).sum(axis=1)]
        expected = np.array([[-s / (2 * arb(ROOT)) for s in squares]] * len(query), dtype=object)
        apart = _largest((moved[:, 1:] - moved[:, :-1]) - (expected[:, 1:] - expected[:, :-1]))
        largest = max(float(abs(a - b).abs_lower()) for a, b in zip(moved[0, 1:], moved[0, :-1], strict=True))
    return _row(
        "no-bias",
        (
            "keys of different norms, no bias: how far the log-odds moved is from what is predicted; it moves by up to "
            f"{largest:.6g}"
        ),
        "Δ ln(α_i/α_j) − (|k_j|² − |k_i|²)/(2√d) = 0",
        apart,
    )


def _row(name: str, what: str, theory: str, apart: float) -> Result:
    wrong = None if apart <= CLOSE else f"the enclosures are {apart:.3g} apart"
    return judged("A1", name, what, theory, 0.0, apart, CLOSE, wrong)


def _implementation(place: Measured, query: Array, key: Array) -> Result:
    """The weights that an implementation computes with the bias, against the Gaussian kernel's."""
    case = _case(query, key, _bias(key), place.dtype)
    computed = place.implementation.forward("scaled_dot", case.inputs, place.dtype, place.device)["weights"]
    limit = bounds(case, place.arithmetic)["weights"]
    share = float(np.max(gaussian_weights(query, key).error(computed) / limit.bound))
    return share_of_bound("A1", place.name, COMPARED, share, meaningful=limit.meaningful, where=place.where)
