"""The inequality of Cauchy and Schwarz, with its case of equality: behind claims S1 and A6."""

from __future__ import annotations

from sympy import Expr, Integer, Rational, symbols

from attnproof.derivations.language.notation import D, F, R, Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.identities import put
from attnproof.derivations.proof.rules import Equal, Solver, Squares
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import Both, eq, le, ne

S = Tensor("query", "s", (D,))
H = Tensor("key", "h", (D,))
SCALE = Tensor("scale", "lambda", ())

PRODUCT = total(S[R] * H[R], (R, D))
S_SQUARED = total(S[R] ** 2, (R, D))
H_SQUARED = total(H[R] ** 2, (R, D))
DEFECT = total((S[R] * H[F] - S[F] * H[R]) ** 2, (R, D), (F, D)) / 2
LAGRANGE = S_SQUARED * H_SQUARED - PRODUCT**2

X, P, M, A, B, C = symbols("x p m a b c", real=True)
ROOT = Both((le(-P * M, X), le(X, P * M)))
SQUARE = le(X**2, P**2 * M**2)


def scaled(expr: Expr) -> Expr:
    """``expr`` with ``h = λ s``."""
    return put(expr, H, lambda where: SCALE[()] * S[where])


def at_width(width: int, factor: Expr) -> Solver:
    """``(s·h)² <= factor |s|² |h|²`` for all vectors of the given width."""
    s, h = symbols(f"s1:{width + 1}", real=True), symbols(f"h1:{width + 1}", real=True)
    return Solver(le(_dot(s, h) ** 2, factor * _dot(s, s) * _dot(h, h)))


def _dot(x: tuple[Expr, ...], y: tuple[Expr, ...]) -> Expr:
    return sum((a * b for a, b in zip(x, y, strict=True)), Integer(0))


LEMMA = Lemma(
    name="cauchy_schwarz",
    title="The inequality of Cauchy and Schwarz",
    statement=(
        r"$|s^\top h| \le |s||h|$ for real vectors of any one width; for $s \ne 0$ equality holds exactly when $h = "
        r"\lambda s$ for a real number $\lambda$."
    ),
    assumptions={"Real vectors of one width d.": "domain"},
    steps=(
        identity("Lagrange's identity", LAGRANGE, DEFECT),
        closed("a sum of squares is not negative", Squares(DEFECT)),
        closed(
            "with x = s·h, p = |s| and m = |h|, which are not negative, the roots may be taken",
            Solver(ROOT, (SQUARE, le(ZERO, P), le(ZERO, M))),
        ),
        identity("h = λ s: equality", scaled(PRODUCT) ** 2, S_SQUARED * scaled(H_SQUARED)),
        identity(
            "equality: every square of Lagrange's sum is 0, so is the right-hand side",
            S_SQUARED * H[F] - PRODUCT * S[F],
            total(S[R] * (S[R] * H[F] - S[F] * H[R]), (R, D)),
        ),
        closed(
            "h is λ s then: a = |s|², b = s·h, c one number of s and x that of h",
            Solver(eq(X, B / A * C), (eq(A * X, B * C), ne(A, ZERO))),
        ),
        *(closed(f"a second road at d = {width}", at_width(width, Integer(1))) for width in (2, 3)),
    ),
    altered={
        "a bound smaller by a tenth": at_width(3, Rational(9, 10)),
        "a bound smaller by a hundredth": at_width(2, Rational(99, 100)),
        "Lagrange's sum counted twice": Equal(LAGRANGE, 2 * DEFECT),
        "roots of any sign": Solver(ROOT, (SQUARE,)),
        "the opposite inequality": Squares(-DEFECT),
    },
    references=("Steele 2004, The Cauchy-Schwarz Master Class, chapters 1 and 3 (Lagrange's identity)",),
)
