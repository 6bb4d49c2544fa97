"""Without bias the additive score is odd, formally."""

from __future__ import annotations

from typing import Final

from attnproof.derivations.language.notation import D_A, D_K, D_Q, N_K, N_Q, I, J
from attnproof.derivations.language.tensors import KEY, QUERY
from attnproof.derivations.proof.identities import put
from attnproof.derivations.propositions.proposition import Array, Every, Index, Proposition, Size, Stated, eq
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.statements._pieces import scores


def odd(family: str) -> Proposition:
    """Query and key with their signs changed give the score with its sign changed."""
    system = FAMILIES[family].system.resolve()
    score = scores(system)
    opposite = put(put(score, QUERY, lambda *at: -QUERY[at]), KEY, lambda *at: -KEY[at])
    sizes = map(Size, (N_Q, N_K, D_Q, D_K, D_A))
    return Every((*sizes, *map(Array, system.inputs), Index(I, N_Q), Index(J, N_K)), eq(opposite, -score))


STATEMENT: Final = (
    Stated("additive", "the additive score without bias changes its sign with query and key", odd("additive")),
    Stated("concatenated", "and so does the concatenated one", odd("concat")),
)

OUTSIDE: Final = ()
