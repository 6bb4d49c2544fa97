"""The calculus of moments against enumeration, integration and brute-force expansion."""

from fractions import Fraction
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import ImmutableMatrix, Integer, Rational, Symbol, expand, factorial, gammasimp, simplify, symbols

from attnproof.derivations.language.notation import D
from attnproof.derivations.moments import additive, bilinear, calculus, exact, law, quadratic
from attnproof.derivations.moments.calculus import Undefined
from attnproof.derivations.moments.distributions import Distribution, laplace, normal, rademacher, student_t, uniform
from attnproof.derivations.moments.expectation import centred_moment, expectation, symbolic_moment
from attnproof.derivations.moments.scores import correlated_dot, dot, squared_norm_moments

A, B, NU = symbols("a b nu", positive=True)
MU = Symbol("mu", real=True)
S = Symbol("s", positive=True)
RHO = Symbol("rho", real=True)


@pytest.mark.parametrize(
    ("component", "orders"),
    [
        (normal(MU, S), 8),
        (uniform(A), 8),
        (rademacher(), 8),
        (laplace(B), 8),
        (student_t(9), 8),
        (student_t(NU), 4),
    ],
    ids=lambda x: getattr(x, "name", None),
)
def test_moments_agree_with_integration(component: Distribution, orders: int) -> None:
    for order in range(orders + 1):
        assert simplify(gammasimp(component.moment(order) - component.moment_by_integration(order))) == 0


def test_a_moment_that_does_not_exist_is_no_number() -> None:
    component = student_t(9)
    assert component.moment(8) == 6561
    for order in (9, 10):
        assert isinstance(component.moment(order), Undefined)
        assert isinstance(component.moment_by_integration(order), Undefined)
    assert isinstance(student_t(2).variance, Undefined)
    score = dot(component, component, D)
    assert [m for m, value in enumerate(score.cumulants(10)) if isinstance(value, Undefined)] == [9, 10]
    assert isinstance(dot(student_t(4), normal(), D).excess_kurtosis, Undefined)
    assert isinstance(dot(student_t(1), normal(), D).mean, Undefined)
    assert "infinite" in str(score.cumulants(9)[9])


def test_an_undefined_moment_taints_only_what_needs_it() -> None:
    missing = Undefined("planted")
    found = calculus.cumulants((Integer(1), Integer(0), Integer(1), missing))
    assert found[:3] == (0, 0, 1)
    assert found[3] is missing
    assert calculus.scaled((Integer(1), missing), Integer(2))[1] is missing
    assert calculus.skewness(found) is missing


@given(st.lists(st.fractions(-3, 3, max_denominator=7), min_size=1, max_size=7))
def test_cumulants_and_moments_are_inverse(values: list[Fraction]) -> None:
    moments = (Integer(1), *(Rational(x.numerator, x.denominator) for x in values))
    assert calculus.raw_moments(calculus.cumulants(moments)) == moments


def test_moments_with_a_gap_are_refused() -> None:
    with pytest.raises(ValueError, match="is needed for order"):
        calculus.joint_cumulants({(0, 0): Integer(1), (2, 0): Integer(1)})
    with pytest.raises(ValueError, match="non-negative"):
        normal().moment(-1)


weights = st.integers(1, 5)
values = st.fractions(-2, 2, max_denominator=3)
laws = st.lists(st.tuples(values, weights), min_size=2, max_size=3)


def _atoms(drawn: list[tuple[Fraction, int]]) -> exact.Atoms:
    total = sum(weight for _, weight in drawn)
    return tuple((value, Fraction(weight, total)) for value, weight in drawn)


def _distribution(atoms: exact.Atoms) -> Distribution:
    rational = tuple((Rational(x.numerator, x.denominator), Rational(p.numerator, p.denominator)) for x, p in atoms)
    return Distribution("drawn", lambda m: sum((p * x**m for x, p in rational), Integer(0)), atoms=rational)


@settings(max_examples=25)
@given(laws, laws, st.integers(1, 3))
def test_any_finite_law_agrees_with_enumeration(
    query: list[tuple[Fraction, int]], key: list[tuple[Fraction, int]], width: int
) -> None:
    q, k = _atoms(query), _atoms(key)
    score = dot(_distribution(q), _distribution(k), Integer(width))
    joint = exact.pair_law(q, k, width)
    if score.variance == 0:
        return
    found = exact.summary(joint)
    expected = {
        "mean": score.mean,
        "variance": score.variance,
        "excess kurtosis": score.excess_kurtosis,
        "shared": score.shared,
        "half difference": score.half_difference,
    }
    assert {name: Fraction(int(x.p), int(x.q)) for name, x in expected.items()} == found
    two_two = sum(p * a**2 * b**2 for (a, b), p in joint.items())
    assert calculus.joint_moments(score.joint(4))[2, 2] == Rational(two_two.numerator, two_two.denominator)
    third = sum(p * (a - b) ** 3 for (a, b), p in joint.items())
    assert calculus.raw_moments(calculus.difference(score.joint(3), 3))[3] == Rational(
        third.numerator, third.denominator
    )


@pytest.mark.parametrize("width", [1, 2, 3])
def test_listing_every_rademacher_pair_gives_the_moments(width: int) -> None:
    moments = calculus.raw_moments(dot(rademacher(), rademacher(), width).cumulants(8))
    for order in range(9):
        assert exact.brute_moment(exact.RADEMACHER, exact.RADEMACHER, width, order) == moments[order]


def test_enumeration_refuses_no_component() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        exact.pair_law(exact.RADEMACHER, exact.RADEMACHER, 0)


def test_order_eight_for_normal_components_takes_seconds() -> None:
    mu_q, mu_k = symbols("mu_q mu_k", real=True)
    sigma_q, sigma_k = symbols("sigma_q sigma_k", positive=True)
    start = process_time()
    kappa = dot(normal(mu_q, sigma_q), normal(mu_k, sigma_k), D).cumulants(8)
    assert process_time() - start < 10
    at = {mu_q: 0, mu_k: 0, sigma_q: 1, sigma_k: 1}
    assert [k.subs(at) for k in kappa] == [0, 0, D, 0, 6 * D, 0, 120 * D, 0, 5040 * D]


def test_scaling_and_widths_are_symbolic() -> None:
    score = dot(laplace(B), laplace(B), D).scaled()
    assert simplify(score.variance - 4 * B**4) == 0
    assert simplify(score.excess_kurtosis - 33 / D) == 0
    assert dot(normal(), normal(), D).skewness == 0


def test_correlated_pairs_have_the_cumulants_of_a_difference_of_two_chi_squares() -> None:
    score = correlated_dot(RHO, D)
    for m, value in enumerate(score.cumulants(8)[1:], start=1):
        closed = D * factorial(m - 1) * ((1 + RHO) ** m + (-(1 - RHO)) ** m) / 2
        assert expand(value - closed) == 0
    assert expand(score.shared - 2 * D * RHO**2) == 0
    assert correlated_dot(Integer(0), D).cumulants(6) == dot(normal(), normal(), D).cumulants(6)


def test_the_law_has_the_moments_of_the_dot_score() -> None:
    assert law.moments(D, 8) == calculus.raw_moments(dot(normal(), normal(), D).cumulants(8))
    closed = law.closed_form(D)
    assert gammasimp(simplify(law.by_components(D) / closed)) == 1
    assert gammasimp(simplify(law.by_gamma(D) / closed)) == 1
    assert gammasimp(simplify(law.by_gamma(D + 1) / closed)) != 1


def test_covariances_with_means_against_expansion() -> None:
    mix = ImmutableMatrix([[1, 2], [0, 3]])
    other = ImmutableMatrix([[2, -1], [1, 1]])
    mu_q, mu_k = ImmutableMatrix([1, -2]), ImmutableMatrix([3, 1])
    x, y = ImmutableMatrix(symbols("x:2")), ImmutableMatrix(symbols("y:2"))
    unit = dict.fromkeys((*x, *y), normal().moment)
    score = ((mu_q + mix * x).T * (mu_k + other * y))[0, 0]
    mean = expectation(expand(score), unit)
    variance = expectation(expand(score**2), unit) - mean**2
    assert quadratic.second_moments(mu_q, mix * mix.T, mu_k, other * other.T) == (mean, variance)
    centred = ((mix * x).T * (other * y))[0, 0]
    for order in (2, 4):
        moment = expectation(expand(centred**order), unit)
        kappa = quadratic.normal_cumulant(mix * mix.T, other * other.T, order)
        second = quadratic.normal_cumulant(mix * mix.T, other * other.T, 2)
        assert moment == (kappa if order == 2 else kappa + 3 * second**2)
    assert quadratic.normal_cumulant(mix, other, 3) == 0
    with pytest.raises(ValueError, match="sigma_q has shape"):
        quadratic.second_moments(mu_q, ImmutableMatrix([[1]]), mu_k, mix)
    with pytest.raises(ValueError, match="order 1"):
        quadratic.normal_cumulant(mix, other, 0)


def test_sphere_moments_against_the_normal_vector() -> None:
    # E[g_1^{2m}] = E[u_1^{2m}] E[|g|^{2m}] because direction and length are independent
    lengths = squared_norm_moments(normal(), D, 4)
    for m in range(5):
        assert simplify(quadratic.sphere_moment(D, 2 * m) * lengths[m] - normal().moment(2 * m)) == 0
    assert quadratic.sphere_moment(D, 3) == 0
    assert simplify(quadratic.layer_norm_moment(D, 2) - D**2 / (D - 1)) == 0


def test_bilinear_moments_against_expansion() -> None:
    d_q, d_k = 2, 2
    q, k = symbols("q:2"), symbols("k:2")
    w = symbols("w:4")
    score = sum(q[r] * w[2 * r + f] * k[f] for r in range(d_q) for f in range(d_k))
    moments = (
        dict.fromkeys(q, normal(MU).moment) | dict.fromkeys(k, laplace().moment) | dict.fromkeys(w, uniform().moment)
    )
    second, fourth = (expectation(expand(score**m), moments) for m in (2, 4))
    variance = bilinear.variance(
        uniform().moment(2), squared_norm_moments(normal(MU), 2, 1)[1], squared_norm_moments(laplace(), 2, 1)[1]
    )
    assert expand(second - variance) == 0
    got = bilinear.fourth_moment(uniform(), normal(MU), laplace(), Integer(2), Integer(2))
    assert expand(fourth - got) == 0
    for order in (2, 4):
        standard = dict.fromkeys((*q, *k), normal().moment) | dict.fromkeys(w, normal(0, S).moment)
        assert bilinear.normal_moment(S, Integer(2), Integer(2), order).expand() == expectation(
            expand(score**order), standard
        )


def test_bilinear_split_adds_up_and_matches_expansion() -> None:
    shared, half = bilinear.split(S, A, B, NU)
    assert expand(shared + half - bilinear.variance(S, A, NU)) == 0
    q, k, other, w = symbols("q:2"), symbols("k:2"), symbols("l:2"), symbols("w:4")
    score = [sum(q[r] * w[2 * r + f] * key[f] for r in range(2) for f in range(2)) for key in (k, other)]
    moments = dict.fromkeys(q, symbolic_moment("q")) | dict.fromkeys(w, centred_moment("w"))
    moments |= dict.fromkeys((*k, *other), symbolic_moment("k"))
    q_2, w_2, k_1 = Symbol("q_2", real=True), Symbol("w_2", real=True), Symbol("k_1", real=True)
    covariance = expectation(expand(score[0] * score[1]), moments)
    assert expand(covariance - bilinear.split(w_2, 2 * q_2, 2 * k_1**2, Integer(9))[0]) == 0


def test_fixed_bilinear_weight_is_a_dot_score() -> None:
    weight = ImmutableMatrix([[1, 2, 0], [0, 1, 3]])
    eye2, eye3 = ImmutableMatrix.eye(2), ImmutableMatrix.eye(3)
    zero2, zero3 = ImmutableMatrix([0, 0]), ImmutableMatrix([0, 0, 0])
    assert bilinear.fixed_weight(weight, zero2, eye2, zero3, eye3) == (0, sum(x**2 for x in weight))


def test_additive_cumulants_against_expansion() -> None:
    v, t = symbols("v:3"), symbols("t:3")
    moments = dict.fromkeys(t, additive.tanh_symbol)
    score = sum(a * b for a, b in zip(v, t, strict=True))
    fixed = calculus.raw_moments(additive.fixed_v(v, 4))
    assert expand(fixed[4] - expectation(expand(score**4), moments)) == 0
    random = calculus.raw_moments(additive.random_v(laplace(), Integer(3), 4))
    both = moments | dict.fromkeys(v, laplace().moment)
    assert expand(random[4] - expectation(expand(score**4), both)) == 0
    equal = additive.equal_v(A, Integer(3), 4)
    assert [expand(x - y) for x, y in zip(equal, additive.fixed_v((A, A, A), 4), strict=True)] == [0] * 5
