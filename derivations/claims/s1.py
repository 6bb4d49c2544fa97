"""S1: the dot score measures alignment."""

from __future__ import annotations

from sympy import Integer, KroneckerDelta, symbols

from attnproof.derivations.language.notation import D, F, R, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.lemmas.cauchy_schwarz import DEFECT, H_SQUARED, S_SQUARED, SCALE, H, S, scaled
from attnproof.derivations.lemmas.cauchy_schwarz import PRODUCT as SCORE
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.identities import put
from attnproof.derivations.proof.met import Assumed
from attnproof.derivations.proof.rules import Cases, Equal, Squares
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import Both, eq, lt, ne

NOISE = Tensor("noise", "sigma", ())


COVARIANCE = Tensor("covariance", "C", (D, D))
WHITE = Equation(COVARIANCE, (R, F), NOISE[()] ** 2 * KroneckerDelta(R, F))
NOISE_OUT = total(H[R] * H[F] * COVARIANCE[R, F], (R, D), (F, D))
Q_1, Q_2, H_1, H_2, G_1, G_2 = COMPONENTS = symbols("q_1 q_2 h_1 h_2 g_1 g_2", real=True)


def longer_but_less_aligned(*components: int) -> Cases:
    """Of a query q and the keys h and g, of two components each: h is parallel to q, g is not (Cauchy and Schwarz,
    strictly), and g scores more.
    """
    says = (
        eq(H_1 * Q_2, H_2 * Q_1),
        lt((G_1 * Q_1 + G_2 * Q_2) ** 2, (G_1**2 + G_2**2) * (Q_1**2 + Q_2**2)),
        lt(H_1 * Q_1 + H_2 * Q_2, G_1 * Q_1 + G_2 * Q_2),
    )
    return Cases(Both(says), tuple((x, (Integer(n),)) for x, n in zip(COMPONENTS, components, strict=True)))


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
    met={
        "cauchy_schwarz": {
            "Real vectors of one width d.": (Assumed("Real vectors of one width d"),),
        },
    },
    steps=(
        identity(
            "parallel or opposite, h = λ s: the sign of the score is that of λ", scaled(SCORE), SCALE[()] * S_SQUARED
        ),
        closed("|s|² is not negative, and 0 for s = 0 only, being a sum of squares", Squares(S_SQUARED)),
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
        identity(
            "the variance of a detector in white noise, C the covariance of the noise",
            NOISE_OUT,
            NOISE[()] ** 2 * H_SQUARED,
            definitions=(WHITE,),
        ),
        identity(
            "matched filter: signal to noise misses its bound by a multiple of Lagrange's sum, 0 for h ∝ s only",
            S_SQUARED / NOISE[()] ** 2 - SCORE**2 / (NOISE[()] ** 2 * H_SQUARED),
            DEFECT / (NOISE[()] ** 2 * H_SQUARED),
            given=(ne(NOISE[()], ZERO), lt(ZERO, H_SQUARED)),
            uses=("cauchy_schwarz",),
        ),
        identity(
            "the score also measures the norm of the key",
            put(SCORE, H, lambda where: SCALE[()] * H[where]),
            SCALE[()] * SCORE,
        ),
        closed(
            "why the norms must be given: the query (1, 0), the parallel key (1, 0), and (2, 2) at 45°",
            longer_but_less_aligned(1, 0, 1, 0, 2, 2),
        ),
    ),
    altered={
        "Pythagoras without the score": Equal(total((S[R] + H[R]) ** 2, (R, D)), S_SQUARED + H_SQUARED),
        "the variance of a detector grows with the norm, not its square": Equal(
            NOISE_OUT**2, NOISE[()] ** 4 * H_SQUARED, definitions=(WHITE,)
        ),
        "at equal norms, too, a key that is less aligned can score higher": longer_but_less_aligned(5, 0, 5, 0, 3, 4),
    },
    scores=("dot",),
    references=("North 1943, An analysis of the factors which determine signal/noise discrimination (matched filter)",),
)
