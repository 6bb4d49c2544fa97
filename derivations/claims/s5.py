"""S5: the scaled dot score."""

from __future__ import annotations

from functools import partial

from sympy import Rational, sqrt

from attnproof.derivations.attention.derive import derive
from attnproof.derivations.language.notation import D
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.language.tensors import KEY_SHARED, QUERY_SHARED
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.identities import equal_twice, put
from attnproof.derivations.proof.steps import identity
from attnproof.derivations.scores import FAMILIES

ROOT = D ** Rational(-1, 4)


def equation(system: System, name: str) -> Equation:
    """The equation that defines ``name``."""
    return next(e for e in system.equations if e.target.name == name)


SCALED, DOT = derive("scaled_dot"), derive("dot")
DOT_SCORE = equation(DOT.forward, "scores").rhs
SHARED_OUT = put(
    put(DOT_SCORE, QUERY_SHARED, lambda *where: ROOT * QUERY_SHARED[where]),
    KEY_SHARED,
    lambda *where: ROOT * KEY_SHARED[where],
)

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
        identity("the dot score over √d", equation(SCALED.forward, "scores").rhs, DOT_SCORE / sqrt(D)),
        identity("the factor shared out to query and key", equation(SCALED.forward, "scores").rhs, SHARED_OUT),
        identity(
            "the gradient of the query",
            equation(SCALED.adjoint, "grad_query").rhs,
            equation(DOT.adjoint, "grad_query").rhs / sqrt(D),
        ),
        identity(
            "the gradient of the key",
            equation(SCALED.adjoint, "grad_key").rhs,
            equation(DOT.adjoint, "grad_key").rhs / sqrt(D),
        ),
    ),
    altered={
        "divided by d": partial(equal_twice, equation(SCALED.forward, "scores").rhs, DOT_SCORE / D),
        "the whole factor on the query and on the key": partial(
            equal_twice, equation(SCALED.forward, "scores").rhs, SHARED_OUT / sqrt(D)
        ),
        "the gradient of the query without the factor": partial(
            equal_twice, equation(SCALED.adjoint, "grad_query").rhs, equation(DOT.adjoint, "grad_query").rhs
        ),
    },
    scores=("scaled_dot", "dot"),
    references=(FAMILIES["scaled_dot"].source,),
)
