"""T3, T4 and T5 are decided by their steps, and altered statements are rejected by the same checks."""

import subprocess
import sys
from dataclasses import replace

import pytest
from sympy import ImmutableMatrix, Integer, KroneckerDelta, Rational, Sum, Symbol, binomial, exp, factorial, ones, oo

from attnproof.derivations.claims import t3, t4, t5
from attnproof.derivations.claims.checks import covariances
from attnproof.derivations.claims.checks import index_pairs as pairs
from attnproof.derivations.claims.decision import decide
from attnproof.derivations.claims.t3 import A, B, D
from attnproof.derivations.language.notation import D_A, D_K, D_Q, L, R
from attnproof.derivations.language.notation import A as A_UNIT
from attnproof.derivations.lemmas import cumulants_add as every_order
from attnproof.derivations.lemmas import mehler, product_moments, sphere_coordinate
from attnproof.derivations.moments import calculus, law
from attnproof.derivations.moments.distributions import normal

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
    "variance without the mixed mean term": lambda: t3.mean_and_variance(
        t3.DOT_MEAN, D * (t3.SIGMA_Q**2 + t3.MU_Q**2) * (t3.SIGMA_K**2 + t3.MU_K**2)
    ),
    "variance grows like d²": lambda: t3.mean_and_variance(t3.DOT_MEAN, D * t3.DOT_VARIANCE),
    "normal kurtosis 3/d": lambda: t3.law_has("normal", D, 3 / D),
    "uniform kurtosis of one component": lambda: t3.law_has("uniform", D * A**4 / 9, -Rational(6, 5) / D),
    "Laplace variance without the 4": lambda: t3.law_has("laplace", D * B**4, 33 / D),
    "Rademacher kurtosis with the other sign": lambda: t3.law_has("rademacher", D, 2 / D),
    "cumulants d (2m)!": lambda: t3.normal_cumulants(lambda m: Integer(0) if m % 2 else D * factorial(m)),
    "Gamma of shape d": lambda: t3.normal_law(law.closed_form(2 * D)),
    "one more moment of Student-t exists": lambda: product_moments.reported(1),
    "the trace of the product of roots": lambda: t3.trace_by_expansion(lambda a, b: a.trace() * b.trace()),
    "the trace of the product of roots, at symbolic width": lambda: t3.trace_formula(
        lambda a, b: Sum(a[R, R] * b[L, L], (R, 0, D - 1), (L, 0, D - 1))
    ),
    "the trace with one factor twice": lambda: t3.trace_formula(lambda a, _: t3.trace_of_product(a, a)),
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
    "unit sphere: variance 1/(d-1)": lambda: t3.closed(1 / (D - 1)),
    "layer norm: variance d": lambda: t3.layer_normalised(D),
    "scaled variance 1 with other variances": lambda: t4.scaled_variance(normal(0, 2), normal(), Integer(1)),
    "scaled variance 1 with means": lambda: t4.scaled_variance(normal(1), normal(1), Integer(1)),
    "off-diagonal entries count": lambda: t4.one_side_suffices(
        lambda cov: Sum(cov[R, L], (R, 0, D - 1), (L, 0, D - 1))
    ),
    "unit variances give d": lambda: t4.unit_diagonal(D),
    "both correlated": lambda: t4.unit_variance(ImmutableMatrix(ones(3, 3)), t4._SIGMA_K3, t4._SIGMA_K3.trace() / 3),
    "repeated components keep variance 1": lambda: t4.repeated_component(Integer(1)),
    "the parts exchanged": lambda: t4.split(t4.HALF_DIFFERENCE, t4.SHARED),
    "nothing is shared": lambda: t4.split(Integer(0), t3.DOT_VARIANCE),
    "nothing is shared, by expansion": lambda: t4.conditional_split(Integer(0), t3.DOT_VARIANCE),
    "correlated pairs share d ρ²": lambda: t4.correlated(
        D * t4.RHO, D * (1 + t4.RHO**2), D * t4.RHO**2, D * (1 - t4.RHO**2)
    ),
    "1/√d keeps a gap that grows like d": lambda: t4.gap_limits(Rational(1, 2), t4.DELTA, t4.SPREAD),
    "1/d keeps a gap that grows like √d": lambda: t4.partial_gap(Integer(1), t4.DELTA),
    "1/d leaves the spread": lambda: t4.gap_limits(Integer(1), t4.DELTA, t4.SPREAD),
    "bilinear variance d_q only": lambda: t5.bilinear_variance(
        ("query", "weight", "key"), lambda q, *_: len(q) * t5.W_2 * t5.Q_2 * t5.K_2
    ),
    "bilinear variance at every size without the weights": lambda: pairs.bilinear_pairs(
        False, True, False, pairs.length(pairs.QUERY, R, D_Q) * pairs.W_2
    ),
    "additive variance at every size without T_2": lambda: pairs.additive_pairs(
        False, pairs.length(pairs.V, A_UNIT, D_A)
    ),
    "bilinear scores share E[k²] at every size": lambda: pairs.shared_pairs(
        D_Q * D_K * pairs.W_2 * pairs.Q_2 * pairs.K_2
    ),
    "a mean of 1": lambda: pairs.mean_vanishes(pairs.KEY, Integer(1)),
    "pre-activation without the key at every size": lambda: pairs.preactivation_pairs(
        pairs.S_2 * pairs.length(pairs.QUERY, R, D_Q)
    ),
    "second moment without the means": lambda: covariances.second_moment(
        t3.MU_Q, t3.SIGMA_Q**2 + t3.MU_Q**2, t3.MU_K, t3.SIGMA_K**2 + t3.MU_K**2, D * t3.SIGMA_Q**2 * t3.SIGMA_K**2
    ),
    "the factor's moment of another order": lambda: t3.product_splits(t3.MOMENT_ORDER + 1),
    "one coordinate by the density of another width": lambda: sphere_coordinate.density(D / 2),
    "fixed W counts its trace": lambda: t5.bilinear_variance(
        ("query", "key"), lambda *of: t5.Q_2 * t5.K_2 * sum(of[1]) ** 2
    ),
    "bilinear scores share nothing": lambda: t5.bilinear_shared(Integer(0)),
    "bilinear scores share E[k²]": lambda: t5.bilinear_shared(D_Q * D_K * t5.W_2 * t5.Q_2 * t5.K_2),
    "Glorot gives the arithmetic mean": lambda: t5.glorot((D_Q + D_K) / 2),
    "additive variance without T_2": lambda: t5.additive_variance(t5.NORM_V, "fixed"),
    "additive variance of random v as if it were fixed": lambda: t5.additive_variance(t5.NORM_V * t5.T_2, "random"),
    "additive variance d_a²": lambda: t5.additive_by_calculus(D_A**2 * t5.SIGMA_V2 * t5.T_2),
    "pre-activation without the key": lambda: t5.preactivation(t5.S_2 * Symbol("|q|^2")),
    "T_2 <= σ": lambda: t5.second_bounds(Symbol("sigma", positive=True)),
    "mixed units by columns": lambda: t5.mixed(Sum(t5.ROWS[A_UNIT, R] * t5.ROWS[A_UNIT, R], (R, 0, D - 1))),
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
    assert t3.copies_add(D + 1, 4)
    assert every_order.cumulants_add(4)
    monkeypatch.setattr(calculus, "iid_sum", lambda kappa, count: tuple(k * count**2 for k in kappa))
    assert not t3.copies_add(D + 1, 4)
    monkeypatch.setattr(calculus, "independent_sum", lambda a, b: tuple(x * y for x, y in zip(a, b, strict=True)))
    assert not every_order.cumulants_add(4)


def test_the_split_sees_a_wrong_calculus(monkeypatch: pytest.MonkeyPatch) -> None:
    assert t4.rademacher_split(3)
    monkeypatch.setattr(t4, "summary", lambda law: {name: x + 1 for name, x in _summary(law).items()})
    assert not t4.rademacher_split(3)


_summary = t4.summary


def test_mehler_fails_for_another_polynomial(monkeypatch: pytest.MonkeyPatch) -> None:
    import sympy

    assert mehler.mehler(3)
    monkeypatch.setattr(sympy, "hermite_prob", sympy.hermite)
    assert not mehler.mehler(3)


def test_a_wrong_expectation_of_pairs_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    assert covariances.trace_formula(covariances.trace_of_product)
    found = covariances.pairs_expected
    monkeypatch.setattr(covariances, "pairs_expected", lambda pairs: 2 * found(pairs))
    assert not covariances.trace_formula(covariances.trace_of_product)
    assert not covariances.repeated_component(D)


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


def test_limits_are_limits() -> None:
    assert t4.gap_limits(Rational(1, 2), oo, t4.SPREAD)


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
