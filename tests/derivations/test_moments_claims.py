"""T3, T4 and T5 are decided by their steps, and altered statements are rejected by the same checks."""

import subprocess
import sys

import pytest
from sympy import Integer, Rational, Symbol, factorial, oo

from derivations.claim import decide
from derivations.claims import t3, t4, t5
from derivations.claims.t3 import A, B, D
from derivations.moments import calculus, law
from derivations.moments.distributions import normal
from derivations.notation import D_A, D_K, D_Q

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
    "the fourth cumulant has 2 m_2² instead of 3": lambda: t3.recursion_is_log(8, _bad_cumulants),
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
    "one more moment of Student-t exists": lambda: t3.exists_up_to(9, 9),
    "the trace of the product of roots": lambda: t3.trace_formula(lambda a, b: a.trace() * b.trace()),
    "unit sphere: variance 1/(d-1)": lambda: t3.sphere_variance(1 / (D - 1)),
    "layer norm: variance d": lambda: t3.layer_norm_variance(D),
    "scaled variance 1 with other variances": lambda: t4.scaled_variance(normal(0, 2), normal(), Integer(1)),
    "scaled variance 1 with means": lambda: t4.scaled_variance(normal(1), normal(1), Integer(1)),
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
    "orthonormal rows with variance σ": lambda: t5.orthonormal_rows(Symbol("sigma", positive=True)),
}


@pytest.mark.parametrize("name", ALTERED)
def test_altered_statements_are_rejected(name: str) -> None:
    assert ALTERED[name]() is False


def test_a_wrong_count_of_copies_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    assert t3.copies_add(4)
    assert t3.cumulants_add(4)
    monkeypatch.setattr(calculus, "iid_sum", lambda kappa, count: tuple(k * count**2 for k in kappa))
    assert not t3.copies_add(4)
    monkeypatch.setattr(calculus, "independent_sum", lambda a, b: tuple(x * y for x, y in zip(a, b, strict=True)))
    assert not t3.cumulants_add(4)


def test_the_split_sees_a_wrong_calculus(monkeypatch: pytest.MonkeyPatch) -> None:
    assert t4.rademacher_split(3)
    monkeypatch.setattr(t4, "summary", lambda law: {name: x + 1 for name, x in _summary(law).items()})
    assert not t4.rademacher_split(3)


_summary = t4.summary


def test_mehler_fails_for_another_polynomial(monkeypatch: pytest.MonkeyPatch) -> None:
    import sympy

    assert t5.mehler(3)
    monkeypatch.setattr(sympy, "hermite_prob", sympy.hermite)
    assert not t5.mehler(3)


@pytest.mark.parametrize(("module", "seen"), [(t3, "1024"), (t4, "64")])
def test_counterexamples_run_in_ten_lines(module: object, seen: str) -> None:
    code = module.CLAIM.counterexample  # type: ignore[attr-defined]
    assert len(code.splitlines()) <= 10
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert seen in done.stdout or float(done.stdout.splitlines()[2]) > 50


def test_limits_are_limits() -> None:
    assert t4.gap_limits(Rational(1, 2), oo, t4.SPREAD)
