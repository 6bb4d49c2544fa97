"""sech² z = 4w/(1 + w)² with w = exp(−2|z|): a relative error of w costs no more than itself. Reciprocals beside it."""

from __future__ import annotations

from sympy import Expr, Integer, Symbol, exp, sech, symbols

from attnproof.derivations.bounds.elementwise import SECH2_ROUNDINGS, reciprocal_error, sech2_own
from attnproof.derivations.bounds.parameters import EPS_SECH, ETA, OMEGA_SECH, U
from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import Corners, Field, Sign, Solver
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import le

Z = Symbol("z", nonnegative=True)
C, W = symbols("c w", positive=True)
SIZE, ERROR = symbols("a E", positive=True)  # |x| = a + E: farther from 0 than the error
QUOTIENT = C * (1 + W) ** 2 / (1 + C * W) ** 2
NEARER, FARTHER = 1 / SIZE - 1 / (SIZE + ERROR), 1 / (SIZE + ERROR) - 1 / (SIZE + 2 * ERROR)
BELOW_ONE = (le(W, Integer(1)),)
R = Symbol("r", positive=True)  # u = r/(1 + r), so that 1/(1 − u) is 1 + r
S, D, G, V = symbols("s d g v", real=True)
SHARE = Symbol("S", positive=True)
SECH2_IN_USE, RECIPROCAL_IN_USE = (
    each.subs(U, R / (1 + R)).simplify()
    for each in (sech2_own(SHARE, Integer(1), "sech2"), reciprocal_error(SIZE + ERROR, ERROR))
)


def formula(form: Expr) -> Field:
    """``form`` in w is sech² z."""
    return Field(sech(Z) ** 2, form.subs(W, exp(-2 * Z)))


def computed(bound: Expr) -> Corners:
    """sech² = S from a w within 1 ± ε, then five roundings and what underflows: at most ``bound`` off."""
    box = ((D, EPS_SECH), (G, (1 + R) ** SECH2_ROUNDINGS - 1), (V, 4 * OMEGA_SECH + ETA))
    return Corners(SHARE * (1 + D) * (1 + G) + V - SHARE, box, bound)


def inverted(bound: Expr) -> Corners:
    """1/x of an x that is off, rounded once: at most ``bound`` off."""
    exact = 1 / (SIZE + ERROR)
    return Corners((exact + S) * (1 + G) + V - exact, ((S, NEARER), (G, R), (V, ETA)), bound)


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
        closed("so the bound in use of a sech² = S, with u = r/(1 + r)", computed(SECH2_IN_USE)),
        closed("and that of a reciprocal", inverted(RECIPROCAL_IN_USE)),
    ),
    altered={
        "2w in place of 4w": formula(2 * W / (1 + W) ** 2),
        "w in place of w²": Field(QUOTIENT - 1, (C - 1) * (1 - C * W) / (1 + C * W) ** 2),
        "at least −1 for every w": Solver(le(C * W**2 - 1, (1 + C * W) ** 2)),
        "the roundings without ε": computed(SECH2_IN_USE.subs(EPS_SECH, 0)),
        "a reciprocal that is not rounded": inverted(NEARER + ETA),
        "a reciprocal over the square": Field(NEARER, ERROR / (SIZE + ERROR) ** 2),
    },
)
