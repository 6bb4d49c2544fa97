"""S2: the bilinear score is linear in either argument while the other is fixed."""

from __future__ import annotations

from sympy import Expr, Rational

from attnproof.derivations.language.notation import D_K, D_Q, N_K, N_Q, Tensor
from attnproof.derivations.language.tensors import KEY, QUERY
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.identities import put
from attnproof.derivations.proof.rules import Equal
from attnproof.derivations.proof.steps import identity
from attnproof.derivations.scores import FAMILIES

SCORE = FAMILIES["bilinear"].system.equations[0].rhs
OTHER_QUERY = Tensor("other_query", "p", (N_Q, D_Q))
OTHER_KEY = Tensor("other_key", "g", (N_K, D_K))
X, Y = Tensor("x", "lambda", ()), Tensor("y", "mu", ())


def combined(tensor: Tensor, other: Tensor) -> Expr:
    """The score of ``λ tensor + μ other``."""
    return put(SCORE, tensor, lambda *where: X[()] * tensor[where] + Y[()] * other[where])


def exchanged(tensor: Tensor, other: Tensor) -> Expr:
    """The score of ``other`` in place of ``tensor``."""
    return put(SCORE, tensor, lambda *where: other[where])


def both_scaled() -> Expr:
    """The score of ``λ q`` and ``λ k``."""
    once = put(SCORE, QUERY, lambda *where: X[()] * QUERY[where])
    return put(once, KEY, lambda *where: X[()] * KEY[where])


CLAIM = Claim(
    id="S2",
    title="The bilinear score is bilinear",
    usual="The bilinear score sᵀWh is linear in either argument while the other is fixed.",
    statement=(
        r"$e(\lambda s + \mu p, h) = \lambda e(s, h) + \mu e(p, h)$ and $e(s, \lambda h + \mu g) = \lambda e(s, h) + "
        r"\mu e(s, g)$. It is not linear in both together: $e(\lambda s, \lambda h) = \lambda^2 e(s, h)$."
    ),
    assumptions={"Real vectors and a real matrix of any sizes; λ and μ are real numbers.": "domain"},
    steps=(
        identity(
            "linear in the query", combined(QUERY, OTHER_QUERY), X[()] * SCORE + Y[()] * exchanged(QUERY, OTHER_QUERY)
        ),
        identity("linear in the key", combined(KEY, OTHER_KEY), X[()] * SCORE + Y[()] * exchanged(KEY, OTHER_KEY)),
        identity("of degree two in both together", both_scaled(), X[()] ** 2 * SCORE),
    ),
    altered={
        "linear in both together": Equal(both_scaled(), X[()] * SCORE),
        "linear in the key with the coefficients of the combination halved": Equal(
            combined(KEY, OTHER_KEY), Rational(1, 2) * (X[()] * SCORE + Y[()] * exchanged(KEY, OTHER_KEY))
        ),
        "other query in place of the combination's first": Equal(
            combined(QUERY, OTHER_QUERY), (X[()] + Y[()]) * exchanged(QUERY, OTHER_QUERY)
        ),
    },
    scores=("bilinear", "dot", "scaled_dot"),
    references=(FAMILIES["bilinear"].source,),
)
