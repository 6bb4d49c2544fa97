"""C1, formally: the number of parameters of each score, counted one for each element of its arrays."""

from __future__ import annotations

from typing import Final

from sympy import Expr

from attnproof.derivations.language.notation import D_A, D_K, D_Q
from attnproof.derivations.propositions.proposition import Every, Size, Stated, eq
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.statements._pieces import count_of_parameters

SIZES: Final = (Size(D_Q), Size(D_K))


def counted(name: str, title: str, number: Expr, score: str, *options: str, units: bool = True) -> Stated:
    """The parameters of a score, with the options that are given, are ``number``."""
    found = count_of_parameters(FAMILIES[score].system.resolve(*options))
    return Stated(name, title, Every((*SIZES, Size(D_A)) if units else SIZES, eq(found, number)))


STATEMENT: Final = (
    counted("bilinear", "the bilinear score has d_q d_k parameters", D_Q * D_K, "bilinear", units=False),
    counted("additive", "the additive score has d_a (d_q + d_k + 1)", D_A * (D_Q + D_K + 1), "additive"),
    counted("concat", "and so has the concat score", D_A * (D_Q + D_K + 1), "concat"),
    counted(
        "additive_with_bias",
        "the additive score with a bias inside tanh has d_a (d_q + d_k + 2)",
        D_A * (D_Q + D_K + 2),
        "additive",
        "bias_hidden",
    ),
)

OUTSIDE: Final = ()
