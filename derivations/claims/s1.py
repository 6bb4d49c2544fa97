"""S1: the dot score measures alignment."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Matrix

from attnproof.derivations.language.indexing import substitute
from attnproof.derivations.language.notation import D, F, R, Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.lemmas.cauchy_schwarz import DEFECT, H_SQUARED, S_SQUARED, SCALE, H, S, scaled
from attnproof.derivations.lemmas.cauchy_schwarz import PRODUCT as SCORE
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.identities import equal_twice, is_sum_of_squares, put
from attnproof.derivations.proof.steps import identity
from attnproof.derivations.typesetting.latex import expr_latex

NOISE = Tensor("noise", "sigma", ())


def white(product: Expr) -> Expr:
    """``Σ_(r,f) product E[n_r n_f]`` for noise of variance σ², uncorrelated between features: only r = f is left."""
    return NOISE[()] ** 2 * total(substitute(product, {F: R}), (R, D))


def larger_though_less_aligned(query: Matrix, aligned: Matrix, other: Matrix) -> bool:
    """``aligned`` is a positive multiple of the query, ``other`` is not, and ``other`` has the larger score."""
    factors = [h / s for s, h in zip(query, aligned, strict=True) if s != 0]
    parallel = aligned == factors[0] * query and factors[0] > 0
    cosine_below_one = other.dot(query) ** 2 < other.dot(other) * query.dot(query)
    return bool(parallel and cosine_below_one and other.dot(query) > aligned.dot(query))


CLAIM = Claim(
    id="S1",
    title="The dot score measures alignment",
    usual=(
        "The dot score measures alignment: largest for parallel vectors of given norms, 0 for orthogonal ones, "
        "negative for opposite ones; it is the best linear detector of s in white noise."
    ),
    statement=(
        r"For vectors of given norms, $s^\top h$ is largest, $|s||h|$, exactly for parallel vectors, 0 for orthogonal "
        r"ones and $-|s||h|$ for opposite ones. Among linear detectors $h^\top(s+n)$ of $s$ in white noise, exactly "
        r"those with $h \propto s$ have the largest signal-to-noise ratio, $|s|^2/\sigma^2$. Between keys of different "
        r"norms the score also measures the norm, $e(s, \lambda h) = \lambda\, e(s, h)$, and for $d \ge 2$ a longer "
        r"key that is less aligned can score higher."
    ),
    assumptions={
        "Real vectors of one width d, not zero where a direction is spoken of.": "domain",
        "The comparison between keys is at equal norms.": "norms",
        "White noise: mean 0, variance σ² > 0 in every feature, uncorrelated between features.": "moments",
        "Signal-to-noise ratio: the squared mean of the detector's output over its variance.": "convention",
    },
    steps=(
        identity(
            "parallel or opposite, h = λ s: the sign of the score is that of λ", scaled(SCORE), SCALE[()] * S_SQUARED
        ),
        Step(
            "since |s|² is positive for s ≠ 0",
            rf"{expr_latex(S_SQUARED)} => \ge 0",
            partial(is_sum_of_squares, S_SQUARED),
        ),
        identity(
            "parallel or opposite: the bound |s||h| is attained, and by no other vectors",
            scaled(SCORE) ** 2,
            S_SQUARED * scaled(H_SQUARED),
            uses=("cauchy_schwarz",),
        ),
        identity(
            "Pythagoras: the score is 0 exactly when the squares of s and h add up",
            total((S[R] + H[R]) ** 2, (R, D)),
            S_SQUARED + H_SQUARED + 2 * SCORE,
        ),
        identity(
            "at given norms a larger score is a smaller distance",
            SCORE,
            (S_SQUARED + H_SQUARED - total((S[R] - H[R]) ** 2, (R, D))) / 2,
        ),
        identity("the variance of a detector in white noise", white(H[R] * H[F]), NOISE[()] ** 2 * H_SQUARED),
        identity(
            "matched filter: signal to noise misses its bound by a multiple of Lagrange's sum, 0 for h ∝ s only",
            S_SQUARED / NOISE[()] ** 2 - SCORE**2 / (NOISE[()] ** 2 * H_SQUARED),
            DEFECT / (NOISE[()] ** 2 * H_SQUARED),
            uses=("cauchy_schwarz",),
        ),
        identity(
            "the score also measures the norm of the key",
            put(SCORE, H, lambda where: SCALE[()] * H[where]),
            SCALE[()] * SCORE,
        ),
        Step(
            "why the norms must be given: the query (1, 0), the parallel key (1, 0), and (2, 2) at 45°",
            r"s^\top h => 1 < 2",
            partial(larger_though_less_aligned, Matrix([1, 0]), Matrix([1, 0]), Matrix([2, 2])),
        ),
    ),
    altered={
        "Pythagoras without the score": partial(equal_twice, total((S[R] + H[R]) ** 2, (R, D)), S_SQUARED + H_SQUARED),
        "the variance of a detector grows with the norm, not its square": partial(
            equal_twice, white(H[R] * H[F]) ** 2, NOISE[()] ** 4 * H_SQUARED
        ),
        "at equal norms, too, a key that is less aligned can score higher": partial(
            larger_though_less_aligned, Matrix([5, 0]), Matrix([5, 0]), Matrix([3, 4])
        ),
    },
    scores=("dot",),
    references=("North 1943, An analysis of the factors which determine signal/noise discrimination (matched filter)",),
)
