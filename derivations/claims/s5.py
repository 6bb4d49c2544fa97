"""S5: the scaled dot score."""

from __future__ import annotations

from sympy import Rational, sqrt

from attnproof.derivations.attention.derive import derive
from attnproof.derivations.language.notation import D
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.language.tensors import KEY_SHARED, QUERY_SHARED
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.identities import put, renamed
from attnproof.derivations.proof.rules import Equal
from attnproof.derivations.proof.steps import identity
from attnproof.derivations.scores import FAMILIES

ROOT = D ** Rational(-1, 4)


def equation(system: System, name: str) -> Equation:
    """The equation that defines ``name``."""
    return next(e for e in system.equations if e.target.name == name)


SCALED, DOT = derive("scaled_dot"), derive("dot")
SCALED_SCORE, DOT_SCORE = (
    renamed(equation(system.forward, "scores"), letter) for system, letter in ((SCALED, "e_1"), (DOT, "e_2"))
)
SHARED_OUT = put(
    put(DOT_SCORE.rhs, QUERY_SHARED, lambda *where: ROOT * QUERY_SHARED[where]),
    KEY_SHARED,
    lambda *where: ROOT * KEY_SHARED[where],
)


def gradients(name: str) -> tuple[Equation, Equation]:
    """A gradient of the scaled and of the plain dot score, each by a letter of its own."""
    letter = equation(DOT.adjoint, name).target.symbol
    return (
        renamed(equation(SCALED.adjoint, name), f"{letter}_1"),
        renamed(equation(DOT.adjoint, name), f"{letter}_2"),
    )


def over_root(name: str) -> Step:
    """The step that a gradient is that of the dot score over √d."""
    scaled, dot = gradients(name)
    side = name.removeprefix("grad_")
    return identity(f"the gradient of the {side}", scaled.lhs, dot.lhs / sqrt(D), definitions=(scaled, dot))


def without_root(name: str) -> Equal:
    """What is false: a gradient is that of the dot score itself."""
    scaled, dot = gradients(name)
    return Equal(scaled.lhs, dot.lhs, definitions=(scaled, dot))


CLAIM = Claim(
    id="S5",
    title="The scaled dot score",
    usual="The scaled dot score is qᵀk/√d_k.",
    statement=(
        r"$e = q^\top k/\sqrt{d}$ with $d = d_q = d_k$: the dot score divided by $\sqrt d$, which is the dot score of "
        r"$d^{-1/4} q$ and $d^{-1/4} k$. Its gradients are those of the dot score divided by $\sqrt d$, for the same "
        r"gradient of the scores. What the factor is for, and when it is the right one, is T4."
    ),
    assumptions={"Query and key have the same width d.": "domain"},
    steps=(
        identity(
            "the dot score over √d", SCALED_SCORE.lhs, DOT_SCORE.lhs / sqrt(D), definitions=(SCALED_SCORE, DOT_SCORE)
        ),
        identity("the factor shared out to query and key", SCALED_SCORE.rhs, SHARED_OUT),
        over_root("grad_query"),
        over_root("grad_key"),
    ),
    altered={
        "divided by d": Equal(SCALED_SCORE.lhs, DOT_SCORE.lhs / D, definitions=(SCALED_SCORE, DOT_SCORE)),
        "the whole factor on the query and on the key": Equal(SCALED_SCORE.rhs, SHARED_OUT / sqrt(D)),
        "the gradient of the query without the factor": without_root("grad_query"),
    },
    scores=("scaled_dot", "dot"),
    references=(FAMILIES["scaled_dot"].source,),
)
