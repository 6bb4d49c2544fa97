"""S4: Luong's concat score and the additive score are the same function under a relabelling of parameters."""

from __future__ import annotations

from sympy import Expr, Integer

from attnproof.derivations.attention.derive import derive
from attnproof.derivations.language.notation import D_A, D_K, D_Q, A, F, R, Tensor
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.language.tensors import WEIGHT_CONCAT, WEIGHT_KEY, WEIGHT_QUERY
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.identities import put, written_out
from attnproof.derivations.proof.rules import Equal
from attnproof.derivations.proof.steps import identity
from attnproof.derivations.scores import FAMILIES

CONCAT, ADDITIVE = derive("concat"), derive("additive")


def equations(system: System, name: str) -> tuple[Equation, ...]:
    """The equations that define ``name``, one for each of its blocks."""
    return tuple(e for e in system.equations if e.target.name == name)


def equation(system: System, name: str) -> Equation:
    """The equation that defines ``name``."""
    (found,) = equations(system, name)
    return found


def pairs(query: Tensor, key: Tensor, whole: Tensor) -> tuple[Equation, ...]:
    """``whole = [query key]``, block by block."""
    return (Equation(whole, (A, R), query[A, R]), Equation(whole, (A, D_Q + F), key[A, F]))


BLOCKS = pairs(WEIGHT_QUERY, WEIGHT_KEY, WEIGHT_CONCAT)
UNITS, NAMED = (equation(system.forward, "preactivation") for system in (CONCAT, ADDITIVE))
SCORE, OTHER_SCORE = (equation(system.forward, "scores") for system in (CONCAT, ADDITIVE))
GRADIENTS = equations(CONCAT.adjoint, "grad_weight_concat")


def gradient(name: str) -> tuple[Expr, Expr]:
    """A gradient in the concat and in the additive score."""
    return equation(CONCAT.adjoint, name).rhs, equation(ADDITIVE.adjoint, name).rhs


CLAIM = Claim(
    id="S4",
    title="Concat and additive scores are the same function",
    usual="Luong's concat score vᵀ tanh(W[s; h]) and the additive score are the same function.",
    statement=(
        r"With $W = [W_s\ W_h]$, columns of the query first, the two scores agree for all queries and keys, and so do "
        r"their gradients: $\bar W = [\bar W_s\ \bar W_h]$. The relabelling is one to one and keeps the number of "
        r"parameters."
    ),
    assumptions={
        "Both with, or both without, a bias inside tanh (here: without).": "encodings",
        "The concatenation is [query; key]; for [key; query] the blocks change places.": "encodings",
    },
    steps=(
        identity("the pre-activations under W = [W_s W_h]", UNITS.rhs, NAMED.rhs, definitions=BLOCKS),
        identity(
            "the scores of both",
            SCORE.rhs,
            written_out(OTHER_SCORE.rhs, NAMED),
            definitions=(*BLOCKS, UNITS),
        ),
        *(
            identity(
                f"the gradient of the block of the {side}, for the same gradient of the pre-activations",
                block.lhs,
                named.lhs,
                definitions=(*GRADIENTS, named),
            )
            for side, block, named in (
                ("query", GRADIENTS[0], equation(ADDITIVE.adjoint, "grad_weight_query")),
                ("key", GRADIENTS[1], equation(ADDITIVE.adjoint, "grad_weight_key")),
            )
        ),
        identity("the gradient of the query", *gradient("grad_query"), definitions=BLOCKS),
        identity("the gradient of the key", *gradient("grad_key"), definitions=BLOCKS),
        identity("as many parameters", D_A * (D_Q + D_K), D_A * D_Q + D_A * D_K),
    ),
    altered={
        "fewer parameters by d_a": Equal(D_A * (D_Q + D_K - 1), D_A * D_Q + D_A * D_K),
        "without the key's block": Equal(
            UNITS.rhs, put(NAMED.rhs, WEIGHT_KEY, lambda *_: Integer(0)), definitions=BLOCKS
        ),
        "the blocks exchanged": Equal(
            equation(CONCAT.adjoint, "grad_query").rhs, gradient("grad_key")[1], definitions=BLOCKS
        ),
        "the gradient of the key doubled": Equal(
            gradient("grad_key")[0], 2 * gradient("grad_key")[1], definitions=BLOCKS
        ),
    },
    scores=("concat", "additive"),
    references=(FAMILIES["concat"].source, FAMILIES["additive"].source),
)
