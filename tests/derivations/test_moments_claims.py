"""T3, T4 and T5 are decided by their steps, and altered statements are rejected by the same checks."""

import subprocess
import sys
from dataclasses import replace

import pytest
from sympy import Integer, KroneckerDelta, Rational, binomial, exp, factorial

from attnproof.derivations.claims import t3, t4, t5
from attnproof.derivations.claims.checks import laws
from attnproof.derivations.claims.decision import decide
from attnproof.derivations.claims.t3 import D
from attnproof.derivations.lemmas import cumulants_add as every_order
from attnproof.derivations.lemmas import mehler, product_moments, sphere_coordinate
from attnproof.derivations.moments import calculus, expansions
from attnproof.derivations.moments.exact import summary

MODULES = {"T3": t3, "T4": t4, "T5": t5}


@pytest.mark.parametrize(("name", "verdict"), [("T3", "qualified"), ("T4", "qualified"), ("T5", "proved")])
def test_every_step_checks(name: str, verdict: str) -> None:
    decision = decide(MODULES[name].CLAIM)
    assert (decision.verdict, decision.failed) == (verdict, ())


def _bad_cumulants(moments: tuple[calculus.Value, ...]) -> tuple[calculus.Value, ...]:
    good = list(calculus.cumulants(moments))
    good[4] = good[4] + moments[2] ** 2  # type: ignore[operator]
    return tuple(good)


ALTERED = {
    "the fourth cumulant has 2 m_2² instead of 3": lambda: every_order.recursion_is_log(8, _bad_cumulants),
    "one more moment of Student-t exists": lambda: product_moments.reported(1),
    "the recursion with C(r, i)": lambda: every_order.recursion_at(
        binomial(every_order.ORDER_R, every_order.ORDER_I)
        * every_order.KAPPA(every_order.ORDER_R - every_order.ORDER_I)
        * every_order.MOMENT(every_order.ORDER_I)
    ),
    "the recursion with the next cumulant": lambda: every_order.recursion_at(
        binomial(every_order.ORDER_R - 1, every_order.ORDER_I)
        * every_order.KAPPA(every_order.ORDER_R)
        * every_order.MOMENT(every_order.ORDER_I)
    ),
    "moments of a sum with C(r-1, i)": lambda: every_order.moments_multiply(
        binomial(every_order.ORDER_R - 1, every_order.ORDER_I)
        * every_order.MOMENT(every_order.ORDER_I)
        * every_order.OTHER(every_order.ORDER_R - every_order.ORDER_I)
    ),
    "cumulants multiply": lambda: every_order.generating_functions_add(lambda x, y: x * y),
    "cumulants subtract": lambda: every_order.generating_functions_add(lambda x, y: x - y),
    "cumulants add and one more": lambda: every_order.generating_functions_add(lambda x, y: x + y + 1),
    "one coordinate by the density of another width": lambda: sphere_coordinate.density(D / 2),
    "Hermite polynomials of the other kind": lambda: mehler.hermite_relations(
        exp(2 * mehler.S * mehler.X - mehler.S**2)
    ),
    "Hermite polynomials without the square": lambda: mehler.hermite_relations(exp(mehler.S * mehler.X)),
    "Hermite polynomials twice": lambda: mehler.hermite_relations(2 * exp(mehler.S * mehler.X - mehler.S**2 / 2)),
    "by parts without the correlation": lambda: mehler.by_parts(Integer(0)),
    "by parts with its square": lambda: mehler.by_parts(mehler.RHO**2),
    "one order less without n": lambda: mehler.recursion(
        mehler.RHO * mehler.HE_M(mehler.X) * mehler.HE_BELOW(mehler.Y)
    ),
    "one order less without the correlation": lambda: mehler.recursion(
        mehler.N * mehler.HE_M(mehler.X) * mehler.HE_BELOW(mehler.Y)
    ),
    "Mehler without the factorial": lambda: mehler.solves(lambda m, n: mehler.RHO**m * KroneckerDelta(m, n)),
    "Mehler with another power": lambda: mehler.solves(
        lambda m, n: factorial(m) * mehler.RHO ** (2 * m) * KroneckerDelta(m, n)
    ),
    "Mehler for unequal orders": lambda: mehler.solves(lambda m, n: factorial(m) * mehler.RHO**m),
    "Mehler doubled": lambda: mehler.solves(lambda m, n: 2 * mehler.closed(m, n)),
    "the shared term without its square": lambda: mehler.series_term(
        mehler.COEFFICIENT(mehler.M) * mehler.RHO**mehler.M
    ),
}


@pytest.mark.parametrize("name", ALTERED)
def test_altered_statements_are_rejected(name: str) -> None:
    assert ALTERED[name]() is False


def test_a_wrong_count_of_copies_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    assert every_order.copies_add(D + 1, 4)
    assert every_order.cumulants_add(4)
    monkeypatch.setattr(calculus, "iid_sum", lambda kappa, count: tuple(k * count**2 for k in kappa))
    assert not every_order.copies_add(D + 1, 4)
    monkeypatch.setattr(calculus, "independent_sum", lambda a, b: tuple(x * y for x, y in zip(a, b, strict=True)))
    assert not every_order.cumulants_add(4)


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

    assert mehler.mehler(3)
    monkeypatch.setattr(sympy, "hermite_prob", sympy.hermite)
    assert not mehler.mehler(3)


def test_a_wrong_simplification_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    assert every_order.same(D, D)
    monkeypatch.setattr(every_order, "simplify", lambda expr: Integer(0))
    assert not every_order.same(D, D + Rational(1, 10**9))


@pytest.mark.parametrize(("module", "seen"), [(t3, "1024"), (t4, "64")])
def test_counterexamples_run_in_ten_lines(module: object, seen: str) -> None:
    code = module.CLAIM.counterexample  # type: ignore[attr-defined]
    assert len(code.splitlines()) <= 10
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert seen in done.stdout or float(done.stdout.splitlines()[2]) > 50


@pytest.mark.parametrize("name", MODULES)
def test_every_disabled_step_makes_the_verdict_fall(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other steps are taken as checked (they are, above), so that each can be disabled alone at once."""
    claim = MODULES[name].CLAIM
    steps = tuple(replace(step, check=lambda: True) for step in claim.steps)
    for number, step in enumerate(steps):
        broken = (*steps[:number], replace(step, check=lambda: False), *steps[number + 1 :])
        assert decide(replace(claim, steps=broken)).verdict == "not decided"


@pytest.mark.parametrize("width", [2, 3, 4, 7])
def test_moments_of_a_coordinate_by_quadrature(width: int) -> None:
    import mpmath

    def integral(order: int) -> mpmath.mpf:
        return mpmath.quad(lambda t: mpmath.sin(t) ** (width - 2) * mpmath.cos(t) ** order, [0, mpmath.pi])

    expected = mpmath.mpf(1)
    for half in (1, 2, 3):
        expected *= mpmath.mpf(2 * half - 1) / (width + 2 * half - 2)
        assert abs(integral(2 * half) / integral(0) - expected) < mpmath.mpf(10) ** -12
