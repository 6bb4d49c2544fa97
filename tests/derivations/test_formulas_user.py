"""The variance of a user score has a name where it is reached; where it is not, the error says why."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from sympy import Rational

from attnproof.derivations.formulas import UnknownFormulaError, formula, names
from attnproof.derivations.formulas.user import holds
from attnproof.derivations.language.notation import D_A, D_K, D_Q, D
from attnproof.derivations.scores.own import family
from attnproof.impl.export.formula import code

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def own(name: str) -> str:
    return f"{EXAMPLES / name}.py:{name}"


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("cosine", lambda tau: 1 / (D * tau**2)), ("gatv2", lambda _: Rational(13, 25) * D_A * (D_Q + D_K))],
)
def test_a_variance_that_is_reached_has_a_name_and_a_second_road(name: str, wanted) -> None:
    asked = f"{own(name)}.variance"
    found = formula(asked)
    tau = found.symbols["temperature"].base if name == "cosine" else None
    assert (found.expression - wanted(tau)).simplify() == 0
    assert asked in names(own(name))
    assert found.check() == dict.fromkeys(found.proof.checks, True)
    assert found.proof.checks
    assert not holds(family(own(name)).system.resolve(), 2 * found.expression)


def test_a_variance_that_is_not_reached_says_why() -> None:
    with pytest.raises(UnknownFormulaError, match=r"variance is not reached: no rule for the moments of tanh"):
        formula(f"{own('scaled_additive')}.variance")
    assert not any(one.endswith(".variance") for one in names(own("scaled_additive")))


def test_an_unknown_name_is_told_the_nearest_as_it_was_asked_for() -> None:
    with pytest.raises(UnknownFormulaError) as caught:
        formula(f"{own('cosine')}.scres")
    assert f"did you mean {own('cosine')}.scores, " in str(caught.value)
    assert "#" not in str(caught.value), "a digest is no part of what anyone asks for"


def test_its_code_is_exact() -> None:
    space: dict[str, object] = {}
    exec(code(formula(f"{own('gatv2')}.variance"), "numpy"), space)  # noqa: S102 - the printed code is what is tested
    variance = space["variance"]
    assert callable(variance)
    assert variance(d_a=1, d_k=2, d_q=1) == Fraction(39, 25)
