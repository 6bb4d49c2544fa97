"""Sums of products against exact rational arithmetic: any order, any bracketing, cancellation, underflow, overflow."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from attnproof.verify.arithmetic.backends import backend
from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.bounds.contraction import Term, contraction
from attnproof.verify.bounds.operand import Operand, exact, sums
from attnproof.verify.bounds.rounding import LONGEST_SUM, growth, up

DTYPES = {"fp64": np.float64, "fp32": np.float32, "fp16": np.float16}
pytestmark = pytest.mark.filterwarnings("ignore:(overflow|underflow|invalid):RuntimeWarning")


def arithmetic(dtype, **changes):
    from dataclasses import replace

    return replace(backend("numpy", dtype), **changes)


def fractions(array):
    return [Fraction(float(x)) for x in np.ravel(array)]


def operand(labels, value, error=0.0):
    """An operand that is off by ``error``."""
    found = exact(labels, np.asarray(value, np.float64))
    return Operand(found.labels, found.value, found.radius, np.full(found.value.shape, float(error)), found.scale)


def dot_bound(x, y, dtype):
    found, _ = contraction((Term(1.0, (operand("a", x), operand("a", y)), "a"),), "", {"a": len(x)}, arithmetic(dtype))
    return float(found.error), found


def sums_in_many_orders(terms):
    """The same numbers summed left to right, right to left, pairwise, and in the orders of a few permutations."""
    yield np.add.accumulate(terms)[-1]
    yield np.add.accumulate(terms[::-1])[-1]
    pairwise = list(terms)
    while len(pairwise) > 1:
        pairwise = [a + b for a, b in zip(pairwise[::2], pairwise[1::2], strict=False)] + pairwise[
            len(pairwise) // 2 * 2 :
        ]
    yield pairwise[0]
    for order in (np.argsort(terms), np.argsort(-np.abs(terms)), np.argsort(np.abs(terms))):
        yield np.add.accumulate(terms[order])[-1]


def hard_vectors(rng, dtype, n):
    """Normal; cancelling; many magnitudes; with subnormal products; all of one sign just above a power of two."""
    fmt, kind = FORMATS[dtype], DTYPES[dtype]
    x, y = rng.normal(size=(2, n))
    yield x, y
    yield np.concatenate([x, x]), np.concatenate([y, -y * (1 + 4 * fmt.unit_roundoff)])
    spread = min(20, fmt.emax // 3)
    yield x * 2.0 ** rng.integers(-spread, spread, n), y * 2.0 ** rng.integers(-spread, spread, n)
    tiny = 2.0 ** (fmt.emin // 2 - 2)
    yield x * tiny, y * tiny
    yield 1 + rng.integers(1, 4, n) * 2 * fmt.unit_roundoff, 1 + rng.integers(1, 4, n) * 2 * fmt.unit_roundoff
    del kind


@pytest.mark.parametrize("dtype", DTYPES)
def test_inner_products_in_any_order(dtype):
    rng, worst = np.random.default_rng(1), 0.0
    for n in (1, 2, 3, 17, 100):
        for x, y in hard_vectors(rng, dtype, n):
            a, b = x.astype(DTYPES[dtype]), y.astype(DTYPES[dtype])
            true = sum(p * q for p, q in zip(fractions(a), fractions(b), strict=True))
            bound, found = dot_bound(a, b, dtype)
            assert abs(Fraction(float(found.value)) - true) <= Fraction(float(found.radius))
            assert abs(true) <= Fraction(float(found.size))
            for got in [*sums_in_many_orders(a * b), a @ b, np.einsum("i,i->", a, b)]:
                error = abs(Fraction(float(got)) - true)
                assert error <= Fraction(bound)
                worst = max(worst, float(error / Fraction(bound)) if bound else 0.0)
    assert worst > 0.4  # near the bound: it is no larger than it needs to be


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_number_of_additions_is_needed(dtype):
    """1 + u + u + … stays 1: the error n u is nearly the whole bound, and a bound with one addition fewer fails."""
    u, n = FORMATS[dtype].unit_roundoff, 9
    terms = np.full(n, u, DTYPES[dtype])
    terms[0] = 1
    true = sum(fractions(terms))
    error = abs(Fraction(float(np.add.accumulate(terms)[-1])) - true)
    found, _ = contraction((Term(1.0, (operand("a", terms),), "a"),), "", {"a": n}, arithmetic(dtype))
    assert Fraction(float(found.error)) * Fraction(95, 100) < error <= Fraction(float(found.error))
    too_small = growth(arithmetic(dtype), 0, n - 2) * float(found.size)
    assert error > Fraction(too_small)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_rounding_of_one_product_is_the_bound(dtype):
    """x = 1 + 2u(1 + …): the product of two neighbours of 1 errs by nearly u; a bound of 0.9 u would fail."""
    u = FORMATS[dtype].unit_roundoff
    ratios = []
    for k, m in product(range(1, 30, 2), repeat=2):
        a, b = DTYPES[dtype](1 + 2 * k * u), DTYPES[dtype](1 + 2 * m * u)
        ratios.append(
            (abs(Fraction(float(a * b)) - Fraction(float(a)) * Fraction(float(b))), dot_bound([a], [b], dtype)[0])
        )
    assert all(error <= Fraction(bound) for error, bound in ratios)
    if dtype == "fp16":
        assert any(error > Fraction(0.9 * bound) for error, bound in ratios)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("scale", [1.0, 2.0**-9, 2.0**-14], ids=["normal", "small", "tiny"])
def test_three_factors_in_any_bracketing(dtype, scale):
    """q W k: (q W) k, q (W k), products first, all in the format; tiny factors underflow on the way."""
    rng, kind = np.random.default_rng(2), DTYPES[dtype]
    fmt, worst = FORMATS[dtype], 0.0
    factor = scale ** (fmt.emax / 15)
    for _ in range(40):
        r, f = rng.integers(1, 6, 2)
        q, w, k = (rng.normal(size=s).astype(kind) for s in (r, (r, f), f))
        q, w = (q * kind(factor)).astype(kind), (w * kind(factor)).astype(kind)
        k = (k / kind(factor**0.8)).astype(kind) if rng.random() < 0.5 else k
        true = sum(
            Fraction(float(q[i])) * Fraction(float(w[i, j])) * Fraction(float(k[j])) for i in range(r) for j in range(f)
        )
        term = Term(1.0, (operand("a", q), operand("ab", w), operand("b", k)), "ab")
        found, overflow = contraction((term,), "", {"a": int(r), "b": int(f)}, arithmetic(dtype))
        assert not overflow
        left = np.add.accumulate([np.add.accumulate(q * w[:, j])[-1] * k[j] for j in range(f)])[-1]
        right = np.add.accumulate([q[i] * np.add.accumulate(w[i] * k)[-1] for i in range(r)])[-1]
        flat = np.add.accumulate(np.ravel(q[:, None] * w * k))[-1]
        outer = np.add.accumulate(np.ravel(q[:, None] * k * w)[::-1])[-1]
        for got in (left, right, flat, outer, (q @ w) @ k, q @ (w @ k)):
            error = abs(Fraction(float(got)) - true)
            assert error <= Fraction(float(found.error))
            worst = max(worst, float(error / Fraction(float(found.error))) if found.error else 0.0)
    assert (
        worst > 0.04 or scale < 1
    )  # where products underflow the bound is far: it allows for every bracketing at once


def test_underflow_in_the_middle_is_needed():
    """fp16: q W underflows to 0 and k is large, so the result is lost; without the underflow term the bound fails."""
    q, w, k = np.float16(2.0**-13), np.float16(2.0**-13), np.float16(2.0**15)
    got, true = (q * w) * k, Fraction(2) ** -11
    assert got == 0
    term = Term(1.0, (operand("", q), operand("", w), operand("", k)), "")
    found, _ = contraction((term,), "", {}, arithmetic("fp16"))
    assert true <= Fraction(float(found.error))
    relative_only = growth(arithmetic("fp16"), 2, 0) * float(found.size) + FORMATS["fp16"].smallest_subnormal
    assert true > Fraction(relative_only)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("d", [1, 2, 3, 4, 7, 64])
def test_a_constant_factor_wherever_it_is_applied(dtype, d):
    """1/√d before the product, after it, by quotient, by reciprocal, and by d^(−1/4) on both sides."""
    rng, kind = np.random.default_rng(d), DTYPES[dtype]
    import mpmath

    with mpmath.workprec(200):
        root = mpmath.sqrt(d)
        for _ in range(30):
            x, y = rng.normal(size=(2, d)).astype(kind)
            term = Term(1.0 / np.sqrt(d), (operand("a", x), operand("a", y)), "a")
            found, _ = contraction((term,), "", {"a": d}, arithmetic(dtype))
            total = sum(p * q for p, q in zip(fractions(x), fractions(y), strict=True))
            true = mpmath.mpf(total.numerator) / total.denominator / root
            in_format = kind(np.sqrt(kind(d)))
            quarter = kind(d) ** kind(-0.25)
            for got in (
                (x @ y) / in_format,
                (x @ y) * (kind(1) / in_format),
                (x / in_format) @ y,
                x @ (y * kind(1 / np.sqrt(d))),
                (x * quarter) @ (y * quarter),
                np.add.accumulate(x * y)[-1] / in_format,
            ):
                assert abs(mpmath.mpf(float(got)) - true) <= float(found.error)
            assert abs(mpmath.mpf(float(found.value)) - true) <= float(found.radius)


@pytest.mark.parametrize("dtype", DTYPES)
def test_errors_of_the_factors_propagate_with_all_higher_orders(dtype):
    """Every corner of x̂ = x ± E, with E as large as x itself."""
    rng, kind = np.random.default_rng(5), DTYPES[dtype]
    attained = 0.0
    for error in (0.0, 0.125, 2.0):
        for _ in range(20):
            x, y, z = rng.integers(-8, 8, 3) / 4
            term = Term(1.0, (operand("", x, error), operand("", y, error), operand("", z, error)), "")
            found, _ = contraction((term,), "", {}, arithmetic(dtype))
            true = Fraction(x) * Fraction(y) * Fraction(z)
            for signs in product((-1, 1), repeat=3):
                a, b, c = (kind(v + s * error) for v, s in zip((x, y, z), signs, strict=True))
                seen = abs(Fraction(float(a * b * c)) - true)
                assert seen <= Fraction(float(found.error))
                if error and found.error:
                    attained = max(attained, float(seen / Fraction(float(found.error))))
    assert attained > 0.97


def test_without_the_second_order_the_bound_would_be_too_small():
    found, _ = contraction((Term(1.0, (operand("", 1.0, 1.0), operand("", 1.0, 1.0)), ""),), "", {}, arithmetic("fp64"))
    assert float(found.error) >= 3.0  # (1 + 1)(1 + 1) − 1, while E_1 A_2 + A_1 E_2 = 2


def test_accumulation_in_a_wider_format():
    """fp16 products summed in fp32 and rounded once: a much smaller bound, which holds; sums in fp16 exceed it."""
    from attnproof.verify.arithmetic.formats import FP32

    n = 2000
    terms = np.full(n, 2.0**-12, np.float16)
    terms[0] = 1
    wide = arithmetic("fp16", accumulation=FP32)
    found, _ = contraction((Term(1.0, (operand("a", terms),), "a"),), "", {"a": n}, wide)
    true = sum(fractions(terms))
    assert abs(Fraction(float(np.float16(np.sum(terms, dtype=np.float32)))) - true) <= Fraction(float(found.error))
    assert abs(Fraction(float(np.add.accumulate(terms)[-1])) - true) > Fraction(float(found.error))
    unknown, _ = contraction((Term(1.0, (operand("a", terms),), "a"),), "", {"a": n}, arithmetic("fp16"))
    assert float(unknown.error) > 100 * float(found.error)


def test_exact_zeros_have_no_error():
    found, _ = contraction(
        (Term(1.0, (operand("ab", np.zeros((2, 3))), operand("b", np.ones(3))), "b"),),
        "a",
        {"a": 2, "b": 3},
        arithmetic("fp16"),
    )
    assert np.all(found.error == 0)
    assert np.all(found.radius == 0)


def test_overflow_of_the_result_and_of_a_partial_product():
    big = operand("", 300.0)
    fine, overflow = contraction((Term(1.0, (big, operand("", 200.0)), ""),), "", {}, arithmetic("fp16"))
    assert not overflow
    assert np.isfinite(fine.error)
    result, overflow = contraction((Term(1.0, (big, big), ""),), "", {}, arithmetic("fp16"))
    assert overflow
    assert result.error == np.inf
    partial = (big, big, operand("", 2.0**-10))
    result, overflow = contraction((Term(1.0, partial, ""),), "", {}, arithmetic("fp16"))
    assert overflow  # 300 · 300 is too large for fp16 although the whole product is not
    assert result.error == np.inf
    result, overflow = contraction((Term(1.0, partial, ""),), "", {}, arithmetic("bf16"))
    assert not overflow


def test_a_partial_sum_may_overflow_although_the_sum_does_not():
    x = operand("a", [60000.0, 60000.0, -60000.0])
    result, overflow = contraction((Term(1.0, (x,), "a"),), "", {"a": 3}, arithmetic("fp16"))
    assert overflow
    assert result.error == np.inf


def test_repeats_count_the_additions_of_a_later_sum():
    term = Term(1.0, (operand("a", [1.0, 1.0]),), "a")
    once, _ = contraction((term,), "", {"a": 2}, arithmetic("fp32"))
    often, _ = contraction((term,), "", {"a": 2}, arithmetic("fp32"), repeats=5)
    assert float(often.error) / float(once.error) == pytest.approx(9.0, rel=1e-5)


def test_masks_add_but_do_not_multiply():
    bias = exact("ab", np.array([[0.0, -np.inf], [1.0, 2.0]]))
    scores = operand("ab", np.ones((2, 2)))
    found, _ = contraction(
        (Term(1.0, (bias,), ""), Term(1.0, (scores,), "")), "ab", {"a": 2, "b": 2}, arithmetic("fp32")
    )
    assert found.masked.tolist() == [[False, True], [False, False]]
    assert found.error[0, 1] == 0
    with pytest.raises(ValueError, match="may only be added"):
        contraction((Term(1.0, (bias, scores), ""),), "ab", {"a": 2, "b": 2}, arithmetic("fp32"))


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("n", [0, 1, 2, 10, 1000, 100_000])
def test_growth_against_exact_powers(dtype, n):
    a = arithmetic(dtype) if dtype != "bf16" else backend("torch", "bf16", "cuda")
    u = Fraction(a.format.unit_roundoff)
    if n <= 1000:
        exactly = 1 / (1 - u) ** n - 1
        assert (1 + u) ** n - 1 <= exactly
        assert exactly <= Fraction(growth(a, n, 0)) <= exactly * (1 + Fraction(1, 10**6))
        assert exactly <= Fraction(growth(a, n // 2, n - n // 2))
    if n * u < 1:
        gamma = n * u / (1 - n * u)
        assert Fraction(growth(a, 0, n)) <= gamma * (1 + Fraction(1, 10**6))


def test_sums_multiply_by_the_length_of_an_absent_index():
    x = np.arange(3.0)
    assert sums(("a",), "", "ab", (("a", 3), ("b", 5))).of({0: x}) == 15.0
    assert sums((), "c", "b", (("b", 5), ("c", 2))).of({}).tolist() == [5.0]
    assert sums(("a",), "ca", "", (("a", 3), ("c", 2))).of({0: x}).shape == (1, 3)


def test_sums_of_some_of_the_arrays_have_axes_and_lengths_of_their_own():
    asked = sums(("ab", "b"), "a", "b", (("a", 2), ("b", 3)))
    x, y = np.arange(6.0).reshape(2, 3), np.array([1.0, 2.0, 4.0])
    assert asked.of({0: x, 1: y}).tolist() == [10.0, 31.0]
    assert asked.of({0: x}).tolist() == [3.0, 12.0]
    assert asked.of({1: y}).tolist() == [7.0]
    assert asked.of({}).tolist() == [3.0]  # 1, summed
    assert sums(("a",), "a", "", (("a", 3),)).of({0: y}) is y


def test_a_sum_too_long_for_the_evaluation_is_refused():
    with pytest.raises(ValueError, match="longer than the bounds' evaluation allows"):
        up(np.ones(1), LONGEST_SUM + 1)
    assert up(np.array([np.nan]))[0] == np.inf


def test_flushed_subnormals_are_allowed_for_only_where_declared():
    """bf16 dot-product instructions take a subnormal for 0: 2⁻¹³⁰ · 1 gives 0, and 2⁻⁶⁴ · 2⁻⁶⁴ gives 0 as well."""
    flushing = backend("torch", "bf16")
    assert flushing.flushes
    from dataclasses import replace

    gradual = replace(flushing, flushes=False)
    for x, y in ((2.0**-130, 1.0), (2.0**-64, 2.0**-64), (2.0**-130, 2.0**100)):
        for allowed, rule in ((True, flushing), (False, gradual)):
            found, _ = contraction((Term(1.0, (operand("", x), operand("", y)), ""),), "", {}, rule)
            assert (x * y <= float(found.error)) == allowed
    found, _ = contraction((Term(1.0, (operand("", 0.0), operand("", 1.0)), ""),), "", {}, flushing)
    assert found.error == 0


@pytest.mark.parametrize("dtype", ["fp32", "fp16"])
def test_underflow_costs_no_more_than_the_product_itself(dtype):
    """A tiny product of tiny factors beside a huge one: the loss is bounded by the result, not by η times the huge
    factor.
    """
    fmt = FORMATS[dtype]
    small = 2.0 ** (fmt.emin // 2 - fmt.precision)
    factors = (operand("", small), operand("", small), operand("", 2.0 ** (fmt.emax - 1)))
    found, _ = contraction((Term(1.0, factors, ""),), "", {}, arithmetic(dtype))
    size = small * small * 2.0 ** (fmt.emax - 1)
    assert (
        size
        <= float(found.error)
        <= 10 * size + 4 * fmt.smallest_subnormal
        < fmt.smallest_subnormal * 2.0**fmt.emax / 100
    )
