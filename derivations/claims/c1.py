"""C1: the number of parameters of each score."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Integer

from attnproof.derivations.calculus.cost import parameters
from attnproof.derivations.language.notation import D_A, D_K, D_Q
from attnproof.derivations.language.system import System
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.reasoning import same
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.typesetting.latex import expr_latex

#: the parameters of each score, with the options that are given
COUNTS: dict[tuple[str, ...], Expr] = {
    ("bilinear",): D_Q * D_K,
    ("additive",): D_A * (D_Q + D_K + 1),
    ("additive", "bias_hidden"): D_A * (D_Q + D_K + 2),
    ("concat",): D_A * (D_Q + D_K + 1),
    ("dot",): Integer(0),
    ("scaled_dot",): Integer(0),
}


def score(name: str, *options: str) -> System:
    """The system of a score with its options decided."""
    return FAMILIES[name].system.resolve(*options)


def counted(name: tuple[str, ...], expected: Expr) -> bool:
    """The sum over the score's parameter tensors of the products of their shapes is ``expected``."""
    return same(parameters(score(*name)), expected)


def _shapes(name: tuple[str, ...]) -> str:
    found = [tensor for tensor in score(*name).inputs if tensor.role == "parameter"]
    sizes = (r" \cdot ".join(expr_latex(axis) for axis in tensor.shape) for tensor in found)
    return " + ".join(f"({size})" for size in sizes) or "0"


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
        Step(
            f"sizes of the parameter tensors: {name[0].replace('_', ' ')} "
            f"score{' with hidden bias' if name[1:] else ''}",
            f"{_shapes(name)} => {expr_latex(expected)}",
            partial(counted, name, expected),
        )
        for name, expected in COUNTS.items()
    ),
    altered={
        "an additive score without v": partial(counted, ("additive",), D_A * (D_Q + D_K)),
        "the hidden bias forgotten": partial(counted, ("additive", "bias_hidden"), D_A * (D_Q + D_K + 1)),
        "a bilinear score with a bias": partial(counted, ("bilinear",), D_Q * D_K + 1),
    },
    scores=tuple(FAMILIES),
    references=(FAMILIES["bilinear"].source, FAMILIES["additive"].source),
)
