"""What a reader sees of means over outcomes, and of results of operations in a format."""

from __future__ import annotations

import pytest
from sympy import Integer, Symbol, nan, oo

from attnproof.derivations.language.mean import Mean, Outcomes
from attnproof.derivations.language.notation import N_K, Tensor, index
from attnproof.derivations.language.results import added, divided, exponential, highest, subtracted, value
from attnproof.derivations.propositions.latex import latex
from attnproof.derivations.propositions.proposition import (
    Array,
    Every,
    HasMean,
    Index,
    Not,
    Outcome,
    Space,
    eq,
)
from attnproof.derivations.statements import STATEMENTS, load
from attnproof.derivations.typesetting.latex import expr_text

J = index("j")
O, OMEGA = Symbol("o"), Outcomes("Omega")
Q = Tensor("query", "q", (OMEGA, N_K))
MEAN = Mean(Q[O, J], O, OMEGA)


def test_a_mean_that_exists() -> None:
    assert latex(Not(HasMean(MEAN))) == r"\neg \mathbb{E}_{o}\left[q_{oj}\right] \text{ exists}"


def test_what_is_random_depends_on_the_outcome() -> None:
    says = Every((Space(OMEGA), Array(Q), Index(J, N_K), Outcome(O, OMEGA)), eq(Q[O, J], MEAN**2))
    assert latex(says) == (
        r"\forall\, \text{an expectation on } \Omega,\; q: \Omega \to \mathbb{R}^{n_{k}},\; j < n_{k},\; "
        r"o \in \Omega:\; q_{oj} = {\mathbb{E}_{o}\left[q_{oj}\right]}^{2}"
    )


@pytest.mark.parametrize("id_", STATEMENTS)
def test_every_proposition_is_printed(id_: str) -> None:
    assert all(latex(stated.says) for stated in load(id_))


def test_results() -> None:
    scores, format_ = Tensor("scores", "e", (N_K,)), (Integer(24), Integer(127))
    gap = subtracted(scores[J], highest(scores[J], J, N_K), *format_)
    says = Every(
        (Array(scores, results=True),), eq(divided(value(Symbol("x") + 1), exponential(gap, *format_), *format_), nan)
    )
    ieee = r"\mathrm{IEEE}_{24,\,127}"
    power = rf"{ieee}\left(\exp\left({ieee}\left(e_{{j}} - \max_{{j<n_{{k}}}} e_{{j}}\right)\right)\right)"
    assert latex(says) == (
        r"\forall\, e \in (\mathbb{R} \cup \{\infty, -\infty, \mathrm{NaN}\})^{n_{k}}:\; "
        rf"{ieee}\left(\frac{{1 + x}}{{{power}}}\right) = \mathrm{{NaN}}"
    )
    assert expr_text(added(value(1 - Symbol("x")), -oo, *format_)) == "IEEE[24,127]((1 - x) + -∞)"


def test_a_mean_as_plain_text() -> None:
    assert expr_text(MEAN) == "E_o[q[o,j]]"
