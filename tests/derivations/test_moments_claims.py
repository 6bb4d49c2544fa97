"""T3, T4 and T5 are decided by their steps, and altered statements are rejected by the same checks."""

import pytest
from sympy import Expr, Integer, Rational

from attnproof.derivations.claims import t3, t4, t5
from attnproof.derivations.claims.checks import laws
from attnproof.derivations.claims.t3 import D
from attnproof.derivations.lemmas import cumulants_add as every_order
from attnproof.derivations.lemmas import mehler
from attnproof.derivations.moments import calculus, expansions
from attnproof.derivations.moments.exact import summary

MODULES = {"T3": t3, "T4": t4, "T5": t5}


@pytest.mark.parametrize(("name", "verdict"), [("T3", "qualified"), ("T4", "qualified"), ("T5", "proved")])
def test_the_verdict_is(name: str, verdict: str) -> None:
    assert MODULES[name].CLAIM.earned == verdict


def test_a_wrong_count_of_copies_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    assert every_order.IN_USE.holds()
    assert every_order.of_a_sum(6) == every_order.of_both(6)

    def squared(kappa: tuple[Expr, ...], count: Expr) -> tuple[Expr, ...]:
        return tuple(k * count**2 for k in kappa)

    squared.__module__ = calculus.__name__  # the rule takes a function of the module's own
    monkeypatch.setattr(calculus, "iid_sum", squared)
    assert not every_order.IN_USE.holds()
    monkeypatch.setattr(calculus, "independent_sum", lambda a, b: tuple(x * y for x, y in zip(a, b, strict=True)))
    assert every_order.of_a_sum(6) != every_order.of_both(6)


def test_cumulants_are_those_of_the_logarithm_up_to_order_8() -> None:
    found = calculus.cumulants(every_order.moments("m", 8))
    for one, other in zip(every_order.of_log(8), found, strict=True):
        assert every_order.same(one, other)


def test_enumeration_sees_a_wrong_calculus(monkeypatch: pytest.MonkeyPatch) -> None:
    assert laws.enumerated_signs(3) == laws.calculated_signs(3)
    monkeypatch.setattr(laws, "summary", lambda law: {name: x + 1 for name, x in summary(law).items()})
    assert laws.enumerated_signs(3) != laws.calculated_signs(3)


@pytest.mark.parametrize(
    ("found", "formula"),
    [
        (lambda d: expansions.dot_moments(d)[1], t3.DOT_VARIANCE),
        (lambda d: expansions.dot_split(d)[0], t4.SHARED),
        (lambda d: expansions.dot_split(d)[1], t4.HALF_DIFFERENCE),
        (lambda d: expansions.bilinear_variance(d, 2, "query", "weight", "key"), 2 * D * t5.W_2 * t5.Q_2 * t5.K_2),
        (lambda d: expansions.bilinear_shared(2, d), 2 * D * t5.W_2 * t5.Q_2 * t5.K_1**2),
        (lambda d: expansions.additive_variance(d, "v"), D * t5.V_2 * t5.T_2),
    ],
)
def test_expansion_at_a_width_gives_the_formula_and_no_other(found, formula) -> None:
    for d in (1, 2, 3):
        assert every_order.same(found(d), formula.subs(D, d))
        assert not every_order.same(found(d), (2 * formula).subs(D, d))


def test_mehler_fails_for_another_polynomial(monkeypatch: pytest.MonkeyPatch) -> None:
    import sympy

    assert mehler.by_expansion(3) == mehler.table(3)
    monkeypatch.setattr(sympy, "hermite_prob", sympy.hermite)
    assert mehler.by_expansion(3) != mehler.table(3)


def test_a_wrong_simplification_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    assert every_order.same(D, D)
    monkeypatch.setattr(every_order, "simplify", lambda expr: Integer(0))
    assert not every_order.same(D, D + Rational(1, 10**9))


@pytest.mark.parametrize("width", [2, 3, 4, 7])
def test_moments_of_a_coordinate_by_quadrature(width: int) -> None:
    import mpmath

    def integral(order: int) -> mpmath.mpf:
        return mpmath.quad(lambda t: mpmath.sin(t) ** (width - 2) * mpmath.cos(t) ** order, [0, mpmath.pi])

    expected = mpmath.mpf(1)
    for half in (1, 2, 3):
        expected *= mpmath.mpf(2 * half - 1) / (width + 2 * half - 2)
        assert abs(integral(2 * half) / integral(0) - expected) < mpmath.mpf(10) ** -12
