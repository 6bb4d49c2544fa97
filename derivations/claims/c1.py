"""C1: the number of parameters of each score."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Integer

from attnproof.derivations.language.notation import D_A, D_K, D_Q
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.rules import Computed
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.scores import FAMILIES

#: the parameters of each score, with the options that are given
COUNTS: dict[tuple[str, ...], Expr] = {
    ("bilinear",): D_Q * D_K,
    ("additive",): D_A * (D_Q + D_K + 1),
    ("additive", "bias_hidden"): D_A * (D_Q + D_K + 2),
    ("concat",): D_A * (D_Q + D_K + 1),
    ("dot",): Integer(0),
    ("scaled_dot",): Integer(0),
}
COUNTED = {name: Computed("claims.checks.costs:parameters_of", name, expected) for name, expected in COUNTS.items()}

CLAIM = Claim(
    id="C1",
    title="Number of parameters",
    usual="The bilinear score has d_s·d_h parameters, the additive one d_a (d_s + d_h + 1).",
    statement=(
        r"With $d_q = d_s$ and $d_k = d_h$, the widths of query and key: the bilinear score has $d_q d_k$ parameters, "
        r"the additive and the concat score have $d_a(d_q + d_k + 1)$, the additive score with a bias inside tanh has "
        r"$d_a(d_q + d_k + 2)$, the dot and the scaled dot score have none."
    ),
    assumptions={"Counted is the score alone: no projections of query, key and value before it.": "convention"},
    steps=tuple(
        closed(
            f"the products of the shapes of the parameter tensors, added: {name[0].replace('_', ' ')} "
            f"score{' with hidden bias' if name[1:] else ''}",
            rule,
        )
        for name, rule in COUNTED.items()
    ),
    altered={
        "an additive score without v": replace(COUNTED["additive",], value=D_A * (D_Q + D_K)),
        "the hidden bias forgotten": replace(COUNTED["additive", "bias_hidden"], value=COUNTS["additive",]),
        "a bilinear score with a bias": replace(COUNTED["bilinear",], value=D_Q * D_K + 1),
        "a parameter of the dot score": replace(COUNTED["dot",], value=Integer(1)),
    },
    scores=tuple(FAMILIES),
    references=(FAMILIES["bilinear"].source, FAMILIES["additive"].source),
)
