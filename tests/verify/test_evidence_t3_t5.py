"""Evidence for T3 and T5: it passes here, each kind of row is seen to fail for a wrong theory, and the digits hold by
another road.
"""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from flint import arb
from sympy import Integer, Rational, log, series, symbols

from attnproof.derivations.language.notation import D_Q, D
from attnproof.derivations.moments import bilinear, quadratic
from attnproof.derivations.moments.distributions import student_t
from attnproof.derivations.moments.scores import dot
from attnproof.verify.evidence import t3, t5
from attnproof.verify.evidence.measuring import nested_trapezoids
from attnproof.verify.options import Options
from attnproof.verify.outcome import FAIL, PASS
from attnproof.verify.rows.tables import EvidenceRow
from attnproof.verify.tables.variance.integrals import hermite_coefficient, precision, shared_moment, tanh_moment

QUICK = Options(profile="quick")


def failed(module) -> set[str]:
    """Ids of the rows that fail, without ``evidence/T3/`` or ``evidence/T5/``."""
    rows = [row for row in module.rows(QUICK) if isinstance(row, EvidenceRow)]
    assert all(row.verdict == PASS or (row.verdict == FAIL and row.reason) for row in rows)
    return {row.id.split("/", 2)[2] for row in rows if row.verdict == FAIL}


@pytest.mark.parametrize("module", [t3, t5])
@pytest.mark.parametrize("profile", ["quick", "standard"])
def test_every_row_passes(module, profile):
    rows = [row for row in module.rows(Options(profile=profile)) if isinstance(row, EvidenceRow)]
    assert [row.id for row in rows if row.verdict != PASS] == []
    assert len({row.id for row in rows}) == len(rows)


# T5


def by_trapezoids(sigma: float) -> mpmath.mpf:
    """``h Σ tanh²(σjh) φ(jh)`` in mpmath; with h = 1/120 and σ <= 5 it is off by less than 2 e^(−2π · 120 π/20) <
    1e-50.
    """
    h = mpmath.mpf(1) / 120
    return 2 * h * mpmath.fsum(mpmath.tanh(sigma * j * h) ** 2 * mpmath.npdf(j * h) for j in range(1, 16 * 120))


@pytest.mark.parametrize("sigma", t5.SIGMAS)
def test_thirty_digits_by_mpmath(sigma):
    row = t5.digits(sigma)
    with mpmath.workdps(45):
        value = by_trapezoids(sigma)
        for printed in (row.theory_value, row.measured):
            assert len(printed) == len("0.") + t5.DIGITS
            assert abs(mpmath.mpf(printed) - value) <= mpmath.mpf(10) ** -t5.DIGITS / 2
        certified = tanh_moment(2, sigma)
        off = abs(mpmath.mpf(certified.mid().str(45, radius=False)) - value)
        assert off <= float(certified.rad()) + mpmath.mpf(10) ** -40


def test_a_wrong_thirtieth_digit_is_seen(monkeypatch):
    monkeypatch.setattr(t5, "tanh_moment", lambda order, sigma: moved(tanh_moment(order, sigma), arb("1e-30")))
    assert failed(t5) == {f"digits/sigma={sigma:g}" for sigma in t5.SIGMAS}


def moved(ball: arb, by: arb) -> arb:
    """The sum, at the precision of the integrals."""
    with precision(t5.BITS):
        return ball + by


def test_a_ball_that_is_too_wide_is_seen(monkeypatch):
    monkeypatch.setattr(t5, "tanh_moment", lambda order, sigma: moved(tanh_moment(order, sigma), arb(0, "1e-30")))
    row = t5.digits(1.0)
    assert row.verdict == FAIL
    assert "fewer than 30 digits" in row.reason


def test_a_lost_term_of_mehlers_series_is_seen(monkeypatch):
    def without(sigma, rho, terms=24):
        return shared_moment(sigma, rho, terms) - rho**9 * hermite_coefficient(9, sigma)

    monkeypatch.setattr(t5, "shared_moment", without)
    assert failed(t5) == {"shared/sigma=1", "shared/sigma=5"}


def test_wrong_bilinear_variances_are_seen(monkeypatch):
    monkeypatch.setattr(t5.t5, "BILINEAR_VARIANCE", D_Q * t5.t5.W_2 * t5.t5.Q_2 * t5.t5.K_2)
    monkeypatch.setattr(t5.t5, "BILINEAR_SHARED", Integer(0))
    wide = [f"{d_q}x{d_k}" for d_q, d_k in t5.SIZES if d_k > 1]
    expected = {f"bilinear/{name}/variance/{size}" for name in t5.LAWS for size in wide}
    assert failed(t5) == expected | {f"bilinear/means/shared/{d_q}x{d_k}" for d_q, d_k in t5.SIZES}


def test_wrong_variances_of_fixed_parts_are_seen(monkeypatch):
    derived = bilinear.fixed_weight
    monkeypatch.setattr(bilinear, "variance", lambda w, q, k: w * q)
    monkeypatch.setattr(bilinear, "fixed_weight", lambda *of: (Integer(0), derived(*of)[1] + 1))
    kinds = ("weight-random", "key-random", "query-and-key-random")
    assert failed(t5) == {f"bilinear/{kind}/{d_q}x{d_k}" for kind in kinds for d_q, d_k in t5.SIZES}


def test_every_sign_occurs_once():
    outcomes = t5.signs(3).tolist()
    assert sorted(outcomes) == sorted([[a, b, c] for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)])


@pytest.mark.parametrize("sigma", [0.25, 1.0, 8.0])
def test_the_nested_rules_at_the_ends_of_the_correlation(sigma):
    whole, none = nested_trapezoids.shared(sigma, 1.0), nested_trapezoids.shared(sigma, 0.0)
    assert abs(whole.value - float(tanh_moment(2, sigma))) <= whole.error < 1e-11
    assert abs(none.value) <= none.error < 1e-11


def test_the_nested_rules_by_gauss_hermite():
    values = []
    for nodes in (120, 160):
        x, weight = np.polynomial.hermite_e.hermegauss(nodes)
        weight /= weight.sum()
        given = np.tanh(np.sqrt(0.3) * x[:, None] + np.sqrt(0.7) * x) @ weight
        values.append(weight @ given**2)
    found = nested_trapezoids.shared(1.0, 0.3)
    assert abs(values[1] - values[0]) < 1e-13
    assert abs(found.value - values[1]) <= found.error + 1e-13


@pytest.mark.parametrize("strips", [2.0, 4.0, 8.0])
def test_the_error_of_a_coarse_rule_is_within_its_bound(monkeypatch, strips):
    monkeypatch.setattr(nested_trapezoids, "STRIPS", strips)
    exact, coarse = shared_moment(2.0, 0.5, 40), nested_trapezoids.shared(2.0, 0.5)
    assert 1e-8 < abs(coarse.value - float(exact)) <= coarse.error


@pytest.mark.parametrize(("sigma", "correlation"), [(0.0, 0.5), (1.0, -0.1), (1.0, 1.1), (float("nan"), 0.5)])
def test_the_nested_rules_refuse_what_they_cannot_do(sigma, correlation):
    with pytest.raises(ValueError, match="correlation in"):
        nested_trapezoids.shared(sigma, correlation)


# T3


def test_cumulants_that_grow_like_the_square_of_the_width_are_seen(monkeypatch):
    monkeypatch.setattr(t3, "dot", lambda query, key, width: dot(query, key, width**2))
    zero = {f"kappa_{m}/{name}" for m in (1, 3, 5) for name in ("signs", "normal", "signs-and-three-values")}
    expected = {
        f"kappa_{m}/{name.replace(' ', '-')}/d={d}" for name, law in t3.LAWS.items() for m in law.orders for d in (2, 3)
    }
    assert failed(t3) == {name for name in expected if name.rsplit("/", 1)[0] not in zero}


def test_a_wrong_constant_of_each_cumulant_is_seen(monkeypatch):
    class Wrong:
        def __init__(self, *of):
            self.real = dot(*of)

        def cumulants(self, order):
            return tuple(value + Rational(1, 1000) for value in self.real.cumulants(order))

    monkeypatch.setattr(t3, "dot", Wrong)
    assert len(failed(t3)) == len(t3.WIDTHS) * sum(len(law.orders) for law in t3.LAWS.values())


@pytest.mark.parametrize(
    ("name", "wrong", "kind"),
    [
        ("sphere_moment", lambda d, m: d ** Rational(-m, 2), "sphere"),
        ("layer_norm_moment", lambda d, m: d ** Integer(m - 1), "layer-norm"),
        ("layer_norm_moment", lambda d, m: d**m * quadratic.sphere_moment(d, m), "layer-norm"),
    ],
)
def test_wrong_moments_of_directions_are_seen(monkeypatch, name, wrong, kind):
    monkeypatch.setattr(quadratic, name, wrong)
    names = {f"{kind}/{m}/d={d}" for m in (2, 4) for d in t3.SPHERES} | {f"{kind}/permuted/d={d}" for d in (2, 3, 4)}
    right = {f"sphere/2/d={d}" for d in t3.SPHERES} | {f"sphere/permuted/d={d}" for d in (2, 3, 4)}  # d^(−1) is right
    assert {one for one in failed(t3) if one.startswith(kind)} == names - right


def test_cumulants_over_partitions_by_the_logarithm_of_the_series():
    t = symbols("t")
    moments = [Fraction(1), Fraction(1, 3), Fraction(2), Fraction(-1, 2), Fraction(7), Fraction(3), Fraction(40)]
    generating = sum(
        (Rational(m.numerator, m.denominator) * t**n / Integer(_factorial(n)) for n, m in enumerate(moments))
    )
    expansion = series(log(generating), t, 0, 7).removeO().expand()
    for n, value in enumerate(t3.cumulants(moments)):
        assert expansion.coeff(t, n) * _factorial(n) == Rational(value.numerator, value.denominator)


def _factorial(n: int) -> int:
    return 1 if n < 2 else n * _factorial(n - 1)


@pytest.mark.parametrize("width", t3.SPHERES)
@pytest.mark.parametrize("order", [2, 4])
def test_the_moment_of_a_coordinate_by_quadrature(width, order):
    """In the angle, where the density is smooth."""
    parts = [
        mpmath.quad(lambda x, m=m: mpmath.cos(x) ** m * mpmath.sin(x) ** (width - 2), (0, mpmath.pi))
        for m in (order, 0)
    ]
    assert (
        abs(
            parts[0] / parts[1]
            - mpmath.mpf(t3.coordinate(width, order).numerator) / t3.coordinate(width, order).denominator
        )
        < 1e-12
    )


def test_the_listed_values_have_the_moments_of_a_normal_variable_and_no_more():
    moments = [sum(p * 3 ** (m // 2) * a**m for a, p in t3.NODES) for m in (0, 2, 4, 6)]
    assert moments[:3] == [1, 1, 3]
    assert moments[3] != 15


def test_a_cumulant_that_does_not_exist_is_no_number():
    law = t3.Enumerated(t3.RADEMACHER, t3.RADEMACHER, (student_t(4), student_t(4)))
    theory = dot(*law.laws, D).cumulants(6)
    with pytest.raises(ValueError, match="expected a number, undefined"):
        t3._row("kappa_6", "κ_6", theory[6], 1, Fraction(1))
