"""sech² z = 4w/(1 + w)² with w = exp(−2|z|): a relative error of w costs no more than itself. Reciprocals beside it."""

from __future__ import annotations

from sympy import Expr, Integer, Symbol, exp, sech, symbols

from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import Field, Sign, Solver
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import le

Z = Symbol("z", nonnegative=True)
C, W = symbols("c w", positive=True)
SIZE, ERROR = symbols("a E", positive=True)  # |x| = a + E: farther from 0 than the error
QUOTIENT = C * (1 + W) ** 2 / (1 + C * W) ** 2
NEARER, FARTHER = 1 / SIZE - 1 / (SIZE + ERROR), 1 / (SIZE + ERROR) - 1 / (SIZE + 2 * ERROR)
BELOW_ONE = (le(W, Integer(1)),)


def formula(form: Expr) -> Field:
    """``form`` in w is sech² z."""
    return Field(sech(Z) ** 2, form.subs(W, exp(-2 * Z)))


LEMMA = Lemma(
    name="sech_squared_formula",
    title="sech² from one exponential, and reciprocals",
    statement=(
        r"$\operatorname{sech}^2 z = \frac{4w}{(1 + w)^2}$ with $w = e^{-2|z|} \le 1$; w off by a factor c puts it off "
        r"by a factor within $1 \pm |c - 1|$. For $\Delta x < |x|$, $|\frac{1}{\hat{x}} - \frac{1}{x}| \le "
        r"\frac{\Delta x}{|x|(|x| - \Delta x)}$."
    ),
    steps=(
        closed("in w = exp(−2|z|), here z for |z|", formula(4 * W / (1 + W) ** 2)),
        closed("with w off by a factor c", Field(QUOTIENT - 1, (C - 1) * (1 - C * W**2) / (1 + C * W) ** 2)),
        closed("the factor behind c − 1 is at most 1", Solver(le(1 - C * W**2, (1 + C * W) ** 2))),
        closed("and at least −1, for w ≤ 1", Solver(le(C * W**2 - 1, (1 + C * W) ** 2), BELOW_ONE)),
        closed(
            "a reciprocal, of |x| = a + E, with x off by E towards 0", Field(NEARER, ERROR / ((SIZE + ERROR) * SIZE))
        ),
        closed("moves less the other way", Sign(FARTHER, "≤", NEARER)),
    ),
    altered={
        "2w in place of 4w": formula(2 * W / (1 + W) ** 2),
        "w in place of w²": Field(QUOTIENT - 1, (C - 1) * (1 - C * W) / (1 + C * W) ** 2),
        "at least −1 for every w": Solver(le(C * W**2 - 1, (1 + C * W) ** 2)),
        "a reciprocal over the square": Field(NEARER, ERROR / (SIZE + ERROR) ** 2),
    },
)
