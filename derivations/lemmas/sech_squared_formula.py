"""sech² z = 4w/(1 + w)² with w = exp(−2|z|): a relative error of w costs no more than itself. Reciprocals beside it."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Symbol, exp, expand, sech, symbols

from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.reasoning import nonnegative, vanishes

Z = Symbol("z", nonnegative=True)
C, ROOM = symbols("c r", positive=True)
W = 1 / (1 + ROOM)  # 0 < w < 1
ANY = Symbol("w", positive=True)
SIZE, ERROR = symbols("a E", positive=True)  # |x| = a + E: farther from 0 than the error


def formula(form: Expr) -> bool:
    """``form`` in w is sech² z."""
    return vanishes(sech(Z) ** 2 - form.subs(ANY, exp(-2 * Z)))


def deviation(expected: Expr) -> bool:
    """The quotient at c w over that at w, less 1."""
    quotient = C * (1 + ANY) ** 2 / (1 + C * ANY) ** 2
    return vanishes(quotient - 1 - expected)


def at_most_itself(sign: int, room: int) -> bool:
    """``(1 + c w)² − sign (1 − c w²) >= 0``, w in (0, 1] (``room`` 1): the factor behind c − 1 is at most 1 in size."""
    w = W if room else ANY
    return nonnegative(expand((1 + C * w) ** 2 - sign * (1 - C * w**2)))


def reciprocal(bound: Expr) -> bool:
    """``1/(|x| − E) − 1/|x|``, larger than ``1/|x| − 1/(|x| + E)``, is ``bound``."""
    size = SIZE + ERROR
    nearer, farther = 1 / SIZE - 1 / size, 1 / size - 1 / (size + ERROR)
    return vanishes(nearer - bound) and nonnegative(nearer - farther)


LEMMA = Lemma(
    name="sech_squared_formula",
    title="sech² from one exponential, and reciprocals",
    statement=(
        r"$\operatorname{sech}^2 z = \frac{4w}{(1 + w)^2}$ with $w = e^{-2|z|} \le 1$; w off by a factor c puts it off "
        r"by a factor within $1 \pm |c - 1|$. For $\Delta x < |x|$, $|\frac{1}{\hat{x}} - \frac{1}{x}| \le "
        r"\frac{\Delta x}{|x|(|x| - \Delta x)}$."
    ),
    steps=(
        Step(
            "in exponentials",
            r"\operatorname{sech}^2 z => \frac{4w}{(1 + w)^2}",
            partial(formula, 4 * ANY / (1 + ANY) ** 2),
        ),
        Step(
            "with w off by a factor c",
            r"\frac{c(1 + w)^2}{(1 + cw)^2} - 1 => (c - 1) \frac{1 - cw^2}{(1 + cw)^2}",
            partial(deviation, (C - 1) * (1 - C * ANY**2) / (1 + C * ANY) ** 2),
        ),
        Step("the factor is at most 1", r"1 - cw^2 => \le (1 + cw)^2", partial(at_most_itself, 1, 0)),
        Step("and at least −1, for w ≤ 1", r"cw^2 - 1 => \le (1 + cw)^2", partial(at_most_itself, -1, 1)),
        Step(
            "a reciprocal moves most towards 0",
            r"\frac{1}{|x| - E} - \frac{1}{|x|} => \frac{E}{|x|(|x| - E)}",
            partial(reciprocal, ERROR / ((SIZE + ERROR) * SIZE)),
        ),
    ),
    altered={
        "2w in place of 4w": partial(formula, 2 * ANY / (1 + ANY) ** 2),
        "w in place of w²": partial(deviation, (C - 1) * (1 - C * ANY) / (1 + C * ANY) ** 2),
        "at least −1 for every w": partial(at_most_itself, -1, 0),
        "a reciprocal over the square": partial(reciprocal, ERROR / (SIZE + ERROR) ** 2),
    },
)
