"""Evidence for T1: the spectrum of the softmax Jacobian at exact weights, its eigenvalues enclosed in balls.

Weights are rational and the characteristic polynomial is exact; its roots are certified. Nothing is estimated from the
sample: the bound must hold at every weight vector that is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from flint import arb, fmpq, fmpq_mat

from attnproof.verify.evidence.row import judged
from attnproof.verify.options import Options
from attnproof.verify.unit import Result, generator

SIZES: Final = (2, 3, 5, 8)
DRAWS: Final = {"quick": 25, "standard": 100, "thorough": 400}
SHARES: Final = tuple(Fraction(1, 2**k) for k in (2, 4, 8, 16, 32))  # of the third key
NARROW: Final = 1e-12  # radius of the balls at most
HALF: Final = Fraction(1, 2)


def rows(options: Options) -> list[Result]:
    """Random weights at several sizes, and the weights that attain or approach 1/2."""
    rng = generator(options.seed, "evidence", "T1")
    found = []
    for keys in SIZES:
        spectra = [spectrum(rational(rng.integers(1, 1 << 16, keys).tolist())) for _ in range(DRAWS[options.profile])]
        found += [_largest(keys, spectra), _least(keys, spectra)]
    found.append(_exactly("two-equal", "two keys with equal weights", (HALF, HALF), HALF))
    found += [
        _exactly(
            f"share-{share.denominator}",
            f"two keys with equal weights, a third with 1/{share.denominator}",
            ((1 - share) / 2, (1 - share) / 2, share),
            (1 - share) / 2,
        )
        for share in SHARES
    ]
    return found


def rational(counts: Sequence[int]) -> tuple[Fraction, ...]:
    """Positive weights in these proportions, which sum to 1."""
    return tuple(Fraction(count, sum(counts)) for count in counts)


def spectrum(weights: Sequence[Fraction]) -> list[arb]:
    """The eigenvalues of ``α_i (δ_ij − α_j)``, certified; every one is real, the matrix being symmetric."""
    keys = range(len(weights))
    entries = [weights[i] * (int(i == j) - weights[j]) for i in keys for j in keys]
    jacobian = fmpq_mat(len(weights), len(weights), [fmpq(x.numerator, x.denominator) for x in entries])
    polynomial: Any = jacobian.charpoly().numer()
    return [root.real for root, times in polynomial.complex_roots() for _ in range(times)]


def _largest(keys: int, spectra: Sequence[Sequence[arb]]) -> Result:
    norms = [max(abs(x) for x in eigenvalues) for eigenvalues in spectra]
    above = [norm for norm in norms if norm > arb(1) / 2 or not norm.rad() < NARROW]
    wrong = f"{len(above)} norms are above 1/2, or not known to {NARROW}" if above else None
    what = f"the largest norm of the Jacobian at {len(spectra)} random weight vectors of {keys} keys"
    return judged("T1", f"norm/{keys}", what, "at most 1/2", 0.5, float(max(norms)), 0.5, wrong)


def _least(keys: int, spectra: Sequence[Sequence[arb]]) -> Result:
    """0 is an eigenvalue, exactly once; every other one is positive."""
    zeros = [sum(bool(x == 0) for x in eigenvalues) for eigenvalues in spectra]
    positive = [sum(bool(x > 0) for x in eigenvalues) for eigenvalues in spectra]
    wrong = [n for n, m in zip(zeros, positive, strict=True) if n != 1 or m != keys - 1]
    what = f"the smallest eigenvalue at the same weights of {keys} keys; 0 exactly once, all others positive"
    theory, least = "0: rows sum to 0, positive semidefinite", float(min(min(eigenvalues) for eigenvalues in spectra))
    reason = f"at {len(wrong)} weight vectors the signs are others" if wrong else None
    return judged("T1", f"psd/{keys}", what, theory, 0.0, least, 0.0, reason, seen=2.0**-52)


def _exactly(name: str, what: str, weights: Sequence[Fraction], expected: Fraction) -> Result:
    """The norm is one rational number: the ball of the largest eigenvalue contains it and is narrow."""
    norm = max(abs(x) for x in spectrum(weights))
    exact = arb(fmpq(expected.numerator, expected.denominator))
    narrow = bool(norm.rad() < NARROW)
    wrong = None if norm.overlaps(exact) and narrow else f"the norm is {norm}"
    theory, within = "1/2, attained" if expected == HALF else "(1 − a)/2", max(float(norm.rad()), 2.0**-52)
    return judged("T1", name, f"the norm for {what}", theory, float(expected), float(norm), within, wrong)
