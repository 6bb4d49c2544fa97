"""S4: Luong's concat score and the additive score are the same function under a relabelling of parameters."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Integer

from attnproof.derivations.attention.derive import derive
from attnproof.derivations.language.notation import D_A, D_K, D_Q, Tensor
from attnproof.derivations.language.ranges import split
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.language.tensors import WEIGHT_CONCAT, WEIGHT_KEY, WEIGHT_QUERY
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.identities import equal_twice, put
from attnproof.derivations.proof.steps import identity
from attnproof.derivations.scores import FAMILIES

CONCAT, ADDITIVE = derive("concat"), derive("additive")


def relabelled(expr: Expr) -> Expr:
    """``W`` of the concat score written as the blocks ``[W_s W_h]``, its gradient likewise."""
    for whole, query, key in (
        (WEIGHT_CONCAT, WEIGHT_QUERY, WEIGHT_KEY),
        (
            CONCAT.adjoint.tensors["grad_weight_concat"],
            ADDITIVE.adjoint.tensors["grad_weight_query"],
            ADDITIVE.adjoint.tensors["grad_weight_key"],
        ),
    ):
        expr = _in_blocks(expr, whole, query, key)
    return expr


def _in_blocks(expr: Expr, whole: Tensor, query: Tensor, key: Tensor) -> Expr:
    return put(expr, whole, lambda a, m: query[a, m] if split(m)[0] == 0 else key[a, m - D_Q])


def equation(system: System, name: str, block: int = 0) -> Equation:
    """The equation that defines ``name`` (or one of its blocks)."""
    return [e for e in system.equations if e.target.name == name][block]


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
        identity(
            "the pre-activations under W = [W_s W_h]",
            relabelled(equation(CONCAT.forward, "preactivation").rhs),
            equation(ADDITIVE.forward, "preactivation").rhs,
        ),
        identity(
            "the scores are the same function of the pre-activations",
            equation(CONCAT.forward, "scores").rhs,
            equation(ADDITIVE.forward, "scores").rhs,
        ),
        identity(
            "the gradient of the block of the query",
            equation(CONCAT.adjoint, "grad_weight_concat", 0).rhs,
            equation(ADDITIVE.adjoint, "grad_weight_query").rhs,
        ),
        identity(
            "the gradient of the block of the key",
            equation(CONCAT.adjoint, "grad_weight_concat", 1).rhs,
            equation(ADDITIVE.adjoint, "grad_weight_key").rhs,
        ),
        identity(
            "the gradient of the query",
            relabelled(equation(CONCAT.adjoint, "grad_query").rhs),
            equation(ADDITIVE.adjoint, "grad_query").rhs,
        ),
        identity(
            "the gradient of the key",
            relabelled(equation(CONCAT.adjoint, "grad_key").rhs),
            equation(ADDITIVE.adjoint, "grad_key").rhs,
        ),
        identity("as many parameters", D_A * (D_Q + D_K), D_A * D_Q + D_A * D_K),
    ),
    altered={
        "fewer parameters by d_a": partial(equal_twice, D_A * (D_Q + D_K - 1), D_A * D_Q + D_A * D_K),
        "without the key's block": partial(
            equal_twice,
            put(relabelled(equation(CONCAT.forward, "preactivation").rhs), WEIGHT_KEY, lambda *_: Integer(0)),
            equation(ADDITIVE.forward, "preactivation").rhs,
        ),
        "the gradient of the key doubled": partial(
            equal_twice,
            relabelled(equation(CONCAT.adjoint, "grad_key").rhs),
            2 * equation(ADDITIVE.adjoint, "grad_key").rhs,
        ),
    },
    scores=("concat", "additive"),
    references=(FAMILIES["concat"].source, FAMILIES["additive"].source),
)
