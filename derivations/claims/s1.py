"""S1: the dot score measures alignment."""

from __future__ import annotations

from functools import partial

from sympy import Expr

from derivations.claim import Claim, Step
from derivations.identities import identity, is_sum_of_squares, put
from derivations.indexing import substitute
from derivations.latex import expr_latex
from derivations.notation import D, F, R, Tensor
from derivations.system import total

S = Tensor("query", "s", (D,))
H = Tensor("key", "h", (D,))
SCALE = Tensor("scale", "lambda", ())
NOISE = Tensor("noise", "sigma", ())

SCORE = total(S[R] * H[R], (R, D))
S_SQUARED = total(S[R] ** 2, (R, D))
H_SQUARED = total(H[R] ** 2, (R, D))
DEFECT = total((S[R] * H[F] - S[F] * H[R]) ** 2, (R, D), (F, D)) / 2


def scaled(expr: Expr) -> Expr:
    """``expr`` with the key ``h = λ s``."""
    return put(expr, H, lambda where: SCALE[()] * S[where])


def white(product: Expr) -> Expr:
    """``Σ_(r,f) product E[n_r n_f]`` for noise of variance σ² that is uncorrelated between features: only r = f is left."""
    return NOISE[()] ** 2 * total(substitute(product, {F: R}), (R, D))


CLAIM = Claim(
    id="S1",
    title="The dot score measures alignment",
    usual="The dot score measures alignment: largest for parallel vectors, 0 for orthogonal ones, negative for opposite ones.",
    statement=(
        r"For vectors of given norms, $s^\top h$ is largest, $|s||h|$, exactly for parallel vectors, 0 for orthogonal ones and "
        r"$-|s||h|$ for opposite ones. Among linear detectors $h^\top(s+n)$ of $s$ in white noise, $h \propto s$ has the largest "
        r"signal-to-noise ratio, $|s|^2/\sigma^2$. Between keys of different norms the score also measures the norm: "
        r"$e(s, \lambda h) = \lambda\, e(s, h)$."
    ),
    assumptions=(
        "Real vectors of one width d, not zero where a direction is spoken of.",
        "The comparison between keys is at equal norms.",
        "White noise: mean 0, variance σ² > 0 in every feature, uncorrelated between features.",
    ),
    steps=(
        identity("Lagrange's identity", S_SQUARED * H_SQUARED - SCORE**2, DEFECT),
        Step(
            "a sum of squares is not negative, and zero only if every square is: s and h are parallel",
            expr_latex(DEFECT),
            r"\ge 0",
            partial(is_sum_of_squares, DEFECT),
        ),
        identity(
            "parallel or opposite, h = λ s: the sign of the score is that of λ", scaled(SCORE), SCALE[()] * S_SQUARED
        ),
        identity("parallel or opposite: the bound is attained", scaled(SCORE) ** 2, S_SQUARED * scaled(H_SQUARED)),
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
            "matched filter: the signal-to-noise ratio falls short of its bound by a multiple of Lagrange's sum",
            S_SQUARED / NOISE[()] ** 2 - SCORE**2 / (NOISE[()] ** 2 * H_SQUARED),
            DEFECT / (NOISE[()] ** 2 * H_SQUARED),
        ),
        identity(
            "the score also measures the norm of the key",
            put(SCORE, H, lambda where: SCALE[()] * H[where]),
            SCALE[()] * SCORE,
        ),
    ),
    if_proved="proved",
    scores=("dot",),
    references=("North 1943, An analysis of the factors which determine signal/noise discrimination (matched filter)",),
)
