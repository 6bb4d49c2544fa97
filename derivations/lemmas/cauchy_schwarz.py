"""The inequality of Cauchy and Schwarz, with its case of equality: behind claims S1 and A6."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Ge, Integer, Le, Rational, symbols

from attnproof.derivations.language.notation import D, F, R, Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.identities import is_sum_of_squares, put
from attnproof.derivations.proof.rules import Equal
from attnproof.derivations.proof.smt import proves
from attnproof.derivations.proof.steps import identity
from attnproof.derivations.typesetting.latex import expr_latex

S = Tensor("query", "s", (D,))
H = Tensor("key", "h", (D,))
SCALE = Tensor("scale", "lambda", ())

PRODUCT = total(S[R] * H[R], (R, D))
S_SQUARED = total(S[R] ** 2, (R, D))
H_SQUARED = total(H[R] ** 2, (R, D))
DEFECT = total((S[R] * H[F] - S[F] * H[R]) ** 2, (R, D), (F, D)) / 2


def scaled(expr: Expr) -> Expr:
    """``expr`` with ``h = λ s``."""
    return put(expr, H, lambda where: SCALE[()] * S[where])


def at_width(width: int, factor: Expr) -> bool:
    """``(s·h)² <= factor |s|² |h|²`` for all vectors of the given width: decided by an SMT solver."""
    s, h = symbols(f"s1:{width + 1}", real=True), symbols(f"h1:{width + 1}", real=True)
    return proves(Le(_dot(s, h) ** 2, factor * _dot(s, s) * _dot(h, h)))


def _dot(x: tuple[Expr, ...], y: tuple[Expr, ...]) -> Expr:
    return sum((a * b for a, b in zip(x, y, strict=True)), Integer(0))


def rooted(signed: bool) -> bool:
    """From ``x² <= p² m²`` follows ``−p m <= x <= p m``, if ``p, m >= 0`` (``signed``): decided by an SMT solver."""
    x, p, m = symbols("x p m", real=True)
    given = [Le(x**2, p**2 * m**2), *((Ge(p, 0), Ge(m, 0)) if signed else ())]
    return proves(Le(x, p * m), given) and proves(Ge(x, -p * m), given)


LEMMA = Lemma(
    name="cauchy_schwarz",
    title="The inequality of Cauchy and Schwarz",
    statement=(
        r"$|s^\top h| \le |s||h|$ for real vectors of any one width; for $s \ne 0$ equality holds exactly when $h = "
        r"\lambda s$ for a real number $\lambda$."
    ),
    assumptions={"Real vectors of one width d.": "domain"},
    steps=(
        identity("Lagrange's identity", S_SQUARED * H_SQUARED - PRODUCT**2, DEFECT),
        Step("a sum of squares is not negative", rf"{expr_latex(DEFECT)} => \ge 0", partial(is_sum_of_squares, DEFECT)),
        Step(
            "with p = |s| and m = |h|, which are not negative, the roots may be taken (an SMT solver decides)",
            r"(s^\top h)^2 \le p^2 m^2 => -pm \le s^\top h \le pm",
            partial(rooted, True),
        ),
        identity("h = λ s: equality", scaled(PRODUCT) ** 2, S_SQUARED * scaled(H_SQUARED)),
        identity(
            "equality: every square of Lagrange's sum is 0, so is the right-hand side: h is (s·h)/|s|² times s",
            S_SQUARED * H[F] - PRODUCT * S[F],
            total(S[R] * (S[R] * H[F] - S[F] * H[R]), (R, D)),
        ),
        *(
            Step(
                f"a second road at d = {width}: an SMT solver decides",
                r"(s^\top h)^2 => \le |s|^2 |h|^2",
                partial(at_width, width, Integer(1)),
            )
            for width in (2, 3)
        ),
    ),
    altered={
        "a bound smaller by a tenth": partial(at_width, 3, Rational(9, 10)),
        "Lagrange's sum counted twice": Equal(S_SQUARED * H_SQUARED - PRODUCT**2, 2 * DEFECT).holds,
        "roots of any sign": partial(rooted, False),
        "the opposite inequality": partial(is_sum_of_squares, -DEFECT),
    },
    references=("Steele 2004, The Cauchy-Schwarz Master Class, chapters 1 and 3 (Lagrange's identity)",),
)
