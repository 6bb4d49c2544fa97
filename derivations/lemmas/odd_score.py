"""The additive score without bias is odd: it changes its sign with query and key together."""

from __future__ import annotations

from sympy import Expr, Indexed

from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.tensors import KEY, QUERY
from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.identities import put, written_out
from attnproof.derivations.proof.rules import Equal
from attnproof.derivations.proof.steps import identity
from attnproof.derivations.scores import FAMILIES


def in_one(family: str, *options: str) -> Expr:
    """The score of ``family`` (``additive``, ``concat``) in one expression, with the named optional inputs."""
    inner, score = FAMILIES[family].system.resolve(*options).equations
    return written_out(score.rhs, inner)


def opposite(expr: Expr, query: Tensor = QUERY, key: Tensor = KEY) -> Expr:
    """``expr`` with the signs of query and key changed together. Raises ValueError where one of them is missing."""
    bases = {element.base for element in expr.atoms(Indexed)}
    for tensor in (query, key):
        if tensor.base not in bases:
            raise ValueError(f"{expr} has no {tensor.name} of shape {tensor.shape}: nothing would change its sign")
    return put(put(expr, query, lambda *where: -query[where]), key, lambda *where: -key[where])


ADDITIVE, CONCAT = in_one("additive"), in_one("concat")
BIASED = in_one("additive", "bias_hidden")

LEMMA = Lemma(
    name="odd_score",
    title="Without bias the additive score is odd",
    statement=r"$e(-s, -h) = -e(s, h)$ for the additive and the concatenated score without bias, at every width.",
    assumptions={"Real weights of any size, no bias inside tanh.": "domain"},
    steps=(
        identity("tanh is odd: so is the additive score", opposite(ADDITIVE), -ADDITIVE),
        identity("and the concatenated one", opposite(CONCAT), -CONCAT),
    ),
    altered={
        "with a bias": Equal(opposite(BIASED), -BIASED),
        "even in place of odd": Equal(opposite(ADDITIVE), ADDITIVE),
    },
    references=(FAMILIES["additive"].source,),
)
