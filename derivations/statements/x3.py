"""X3, formally: for one query no multiplicative score tells the corners {00, 11} of a parallelogram from {01, 10}."""

from __future__ import annotations

from typing import Final

from sympy import Expr, KroneckerDelta, Symbol

from attnproof.derivations.language.notation import D_K, D_Q, D, F, R, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import WEIGHT
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    Not,
    Number,
    Proposition,
    Size,
    Some,
    Stated,
    Where,
    eq,
    lt,
)
from attnproof.derivations.statements._normalised import dot

S: Final = Tensor("query", "s", (D_Q,))
CORNER: Final = Tensor("corner", "c", (D_K,))
FIRST: Final = Tensor("first", "u", (D_K,))  # what turns the key's first feature
SECOND: Final = Tensor("second", "w", (D_K,))  # and its second
NAMES: Final = ("00", "01", "10", "11")
KEYS: Final = {name: Tensor(f"key_{name}", f"h{name}", (D_K,)) for name in NAMES}
LOW, HIGH, FACTOR, THRESHOLD = (Symbol(name, real=True) for name in ("low", "high", "lambda", "theta"))
SQUARE: Final = Tensor("square", "W", (D, D))
X: Final = Tensor("one_query", "s", (D,))
Y: Final = Tensor("one_key", "h", (D,))


def score(name: str) -> Expr:
    """``sᵀ W h`` at one corner."""
    return total(S[R] * WEIGHT[R, F] * KEYS[name][F], (R, D_Q), (F, D_K))


def corners(first: Expr, second: Expr) -> tuple[Equation, ...]:
    """The four keys: the corner c with the two steps made or not."""
    return tuple(Equation(KEYS[name], (F,), CORNER[F] + int(name[0]) * first + int(name[1]) * second) for name in NAMES)


def above(high: tuple[str, str], low: tuple[str, str]) -> Proposition:
    """A threshold lies below the scores of the keys ``high`` and above those of ``low``."""
    theta = THRESHOLD
    return Some(
        (Number(theta),),
        Both((*(lt(theta, score(name)) for name in high), *(lt(score(name), theta) for name in low))),
    )


def outscores(high: tuple[str, str], low: tuple[str, str]) -> Proposition:
    """Each of the keys ``high`` has a larger score than each of ``low``."""
    return Both(tuple(lt(score(one), score(other)) for one in low for other in high))


def two_features() -> tuple[Equation, ...]:
    """Four keys with the features ``low`` or ``high``, the other components those of c."""
    values = {"0": LOW, "1": HIGH}
    rest = (1 - KroneckerDelta(F, 0)) * (1 - KroneckerDelta(F, 1)) * CORNER[F]
    return tuple(
        Equation(
            KEYS[name],
            (F,),
            KroneckerDelta(F, 0) * values[name[0]] + KroneckerDelta(F, 1) * values[name[1]] + rest,
        )
        for name in NAMES
    )


EVEN, ODD = ("00", "11"), ("01", "10")
INSEPARABLE: Final = Both(
    (Not(above(EVEN, ODD)), Not(above(ODD, EVEN)), Not(outscores(EVEN, ODD)), Not(outscores(ODD, EVEN)))
)
BOUND: Final = (Size(D_Q), Size(D_K), Array(S), Array(WEIGHT), Array(CORNER))

STATEMENT: Final = (
    Stated(
        "opposite_corners_agree",
        "opposite corners of a parallelogram of keys have the same sum of scores",
        Every(
            (*BOUND, Array(FIRST), Array(SECOND)),
            Where(corners(FIRST[F], SECOND[F]), eq(score("00") + score("11"), score("01") + score("10"))),
        ),
    ),
    Stated(
        "inseparable",
        "no threshold has one pair of opposite corners above and the other below, and neither pair outscores the other",
        Every((*BOUND, Array(FIRST), Array(SECOND)), Where(corners(FIRST[F], SECOND[F]), INSEPARABLE)),
    ),
    Stated(
        "for_two_features",
        "so it is for keys whose first two features take any two values, 0 and 1 or −1 and 1, whatever the query and "
        "the other components are, a constant among them",
        Every(
            (Size(D_Q), Size(D_K, 2), *BOUND[2:], Number(LOW), Number(HIGH)),
            Where(two_features(), INSEPARABLE),
        ),
    ),
    Stated(
        "dot_scores_are_bilinear",
        "dot and scaled dot scores are bilinear: W is a multiple of the identity",
        Every(
            (Size(D), Array(X), Array(Y), Number(FACTOR)),
            Where(
                (Equation(SQUARE, (R, F), FACTOR * KroneckerDelta(R, F)),),
                eq(total(X[R] * SQUARE[R, F] * Y[F], (R, D), (F, D)), FACTOR * dot(X, Y)),
            ),
        ),
    ),
)

OUTSIDE: Final = ()
