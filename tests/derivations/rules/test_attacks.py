"""False statements, fed to the rules: each is refused, or does not hold. Those that an audit found, in its order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Final

import pytest
from sympy import Function, Integer, Mul, Pow, Sum, Symbol, exp, oo, symbols

from attnproof.derivations.claims import CLAIMS
from attnproof.derivations.claims.decision import decide
from attnproof.derivations.language.indexing import alpha
from attnproof.derivations.language.notation import N_K, J, L, Tensor, index
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.identities import put
from attnproof.derivations.proof.rules import (
    All,
    Cited,
    Equal,
    Field,
    Integrated,
    Rule,
    RuleError,
    Sign,
    Solver,
    Squares,
    Tends,
)
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.propositions.proposition import lt

ONE: Final = Integer(1)
a, t, x, y = symbols("a t x y", real=True)
POSITIVE = Symbol("x", positive=True)
RATE = Symbol("a", real=True, nonzero=True)
K, M = index("k"), index("m")
F = Function("f")
V = Tensor("v", "v", (N_K,))
INVERSE = Tensor("inverse", "t", ())
INVERSE_OF_A = Equation(INVERSE, (), 1 / a)


def outcome(make: Callable[[], Rule]) -> object:
    """Whether the rule holds; None where it is refused."""
    try:
        return make().holds()
    except ValueError:  # RuleError among them
        return None


AUDIT: Mapping[str, Callable[[], Rule]] = {
    "a sum over n - 1 keys, at n = 1, is not positive": lambda: Sign(ZERO, "<", total(exp(V[J]), (J, N_K - 1))),
    "a sum over n - 2 keys, at n = 1, has no number of terms": lambda: Equal(total(ONE, (J, N_K - 2)), N_K - 2),
    "(D² - 1)/(D - 1) = D + 1 at D = 1": lambda: Field((N_K**2 - 1) / (N_K - 1), N_K + 1),
    "the same between index expressions": lambda: Equal((N_K**2 - 1) / (N_K - 1), N_K + 1),
    "y 0/0 = y": lambda: Field(Mul(y, ZERO, Pow(ZERO, -1, evaluate=False), evaluate=False), y),
    "a x/a = x at a = 0": lambda: Field(Mul(a, x, Pow(a, -1), evaluate=False), x),
    "a x/a = x, 1/a behind a definition": lambda: Field(a * x * INVERSE[()], x, definitions=(INVERSE_OF_A,)),
    "the same between index expressions with a definition": lambda: Equal(
        a * x * INVERSE[()], x, definitions=(INVERSE_OF_A,)
    ),
    "infinite double sums swapped": lambda: Equal(
        Sum(Sum(F(K, M), (K, 0, oo)), (M, 0, oo)), Sum(Sum(F(K, M), (M, 0, oo)), (K, 0, oo))
    ),
    "a convergent sum split into two divergent ones": lambda: Equal(
        Sum(1 / (K + 1) - 1 / (K + 2), (K, 0, oo)), Sum(1 / (K + 1), (K, 0, oo)) - Sum(1 / (K + 2), (K, 0, oo))
    ),
    "z² ≥ 0 for a complex number": lambda: Squares(Symbol("z") ** 2),
    "two symbols of one name in the solver": lambda: Solver(lt(ZERO, POSITIVE * x + 1)),
    "the integral of exp(a t) from 0 to infinity": lambda: Integrated(exp(a * t), t, ZERO, oo, -1 / a, exp(a * t) / a),
    "the same for a ≠ 0": lambda: Integrated(exp(RATE * t), t, ZERO, oo, -1 / RATE, exp(RATE * t) / RATE),
}


@pytest.mark.parametrize("name", AUDIT)
def test_what_an_audit_made_pass_is_rejected(name: str) -> None:
    assert outcome(AUDIT[name]) is not True


def test_what_is_assumed_of_a_symbol_is_printed() -> None:
    assert "0 < x" in Sign(ZERO, "<", POSITIVE + y**2).after()


def test_a_limit_is_printed_as_one_in_its_variable() -> None:
    """Pointwise is all that it says."""
    rule = Tends(POSITIVE**-2 * y**2 + 1, POSITIVE, oo, ONE)
    assert rule.holds()
    assert rule.before().startswith(r"\lim_{x \to \infty}")
    assert "uniform" not in rule.before() + rule.after()


def test_a_solver_decides_what_it_prints() -> None:
    """Two keys in its letters are two in its text: no size stands there, so that none is claimed."""
    first, second = symbols("p_1 p_2", positive=True)
    rule = Solver(lt(ZERO, first + second))
    assert rule.holds()
    assert N_K not in {s for each in (rule.statement,) for s in each.right.free_symbols}
    assert "n" not in rule.before() + rule.after()


def test_an_index_of_a_sum_captures_none_that_is_put_in() -> None:
    found = put(total(V[J], (J, N_K)), V, lambda where: total(V[J] * V[where], (J, N_K)))
    assert alpha(found) == alpha(total(V[J] * V[L], (J, N_K), (L, N_K)))


@dataclass(frozen=True)
class Truthy(Squares):
    """A rule of no closed set, with a check that is not a truth value."""

    def holds(self) -> bool:
        """Yes, more or less."""
        return 1  # type: ignore[return-value]


def test_a_rule_of_ones_own_closes_no_step() -> None:
    for by in (Truthy(x), All((Squares(x**2), Truthy(x))), All((All((Squares(x**2), Truthy(x))), Squares(y**2)))):
        with pytest.raises(RuleError, match="no rule of the closed set"):
            Step("mine", by)


def test_a_step_that_is_only_truthy_does_not_check(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = replace(CLAIMS["S1"], id="Z1", steps=(Step("one", Squares(x**2)),), altered={})
    assert decide(claim).verdict != "not decided"
    monkeypatch.setattr(Squares, "holds", lambda self: 1)
    assert decide(claim).verdict == "not decided"


def test_a_cited_fact_does_not_hide_among_others() -> None:
    with pytest.raises(RuleError, match="step of its own"):
        All((Squares(x**2), Cited("nothing", "everything", "a book")))


def test_the_fields_of_a_rule_are_neither_code_nor_lists() -> None:
    for field in ([Squares(x**2), Squares(y**2)], (Squares, Squares), (lambda: True, lambda: True)):
        with pytest.raises(RuleError, match="expected expressions"):
            All(field)  # type: ignore[arg-type]
    assert {each.name for each in fields(Squares)} == {"of", "least"}


ANOTHER = replace(CLAIMS["T1"], statement=r"$\|J\|_2 \le 1/3$ at every number of keys.", assumptions={})


@pytest.mark.parametrize(
    "claim",
    [
        ANOTHER,
        replace(CLAIMS["T1"], steps=CLAIMS["T1"].steps[:1]),
        replace(CLAIMS["T10"], steps=CLAIMS["T10"].steps[:1]),
    ],
    ids=["T1 with another statement", "T1 with its first step alone", "T10 with its first step alone"],
)
def test_a_claim_whose_steps_do_not_add_up_to_its_statement_loses_its_verdict(claim: Claim) -> None:
    assert decide(replace(claim, altered={}), lambda name: True).verdict == "not decided"
