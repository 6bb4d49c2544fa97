"""What the canonical form decides, by examples."""

from __future__ import annotations

import random

import pytest
from sympy import Abs, Integer, Mul, Rational, Sum, exp, sech, sqrt, tanh

from attnproof.derivations.calculus.canonical import canonical, equal
from attnproof.derivations.calculus.monomial import monomial, sum_over
from attnproof.derivations.language.indexing import bounds, relabel, substitute
from attnproof.derivations.language.notation import D_K, D_Q, N_K, N_Q, D, I, J, L, Tensor, index
from attnproof.derivations.language.system import total
from attnproof.derivations.language.tensors import LOGITS

X, Y = Tensor("x", "x", (N_K,)), Tensor("y", "y", (N_K,))
MATRIX, W = Tensor("m", "M", (N_K, N_K)), Tensor("w", "w", (N_Q,))
M, H = index("m"), index("h")


def over(body, *indices):
    return total(body, *((symbol, N_K) for symbol in indices))


def alpha(j):
    return exp(LOGITS[I, j]) / over(exp(LOGITS[I, L]), L)


EQUAL = {
    "a square of a sum": (over(X[J], J) ** 2, over(X[L] * X[J], L, J)),
    "a product of sums": (over(X[J] * Y[J], J) * over(X[L], L), over(X[J] * X[L] * Y[L], J, L)),
    "a cycle": (
        over(MATRIX[J, L] * MATRIX[L, M] * MATRIX[M, J], J, L, M),
        over(MATRIX[J, L] * MATRIX[H, J] * MATRIX[L, H], H, L, J),
    ),
    "a constant summand": (over(X[J] + W[I], J), over(X[J], J) + N_K * W[I]),
    "counting": (over(Integer(1), J), N_K),
    "a block axis counts both blocks": (total(W[I], (J, D_Q + D_K)), D_Q * W[I] + W[I] * D_K),
    "sech and tanh": (sech(X[J]) ** 4, (1 - tanh(X[J]) ** 2) ** 2),
    "exponents": (exp(X[J] + Y[J]) * exp(X[J]), exp(2 * X[J]) * exp(Y[J])),
    "weights sum to 1": (over(alpha(J), J), Integer(1)),
    "squared weights": (over(alpha(J) ** 2, J), over(exp(2 * LOGITS[I, H]), H) / over(exp(LOGITS[I, L]), L) ** 2),
    "centred": (over(alpha(J) * (Y[J] - over(alpha(H) * Y[H], H)), J), Integer(0)),
    "a common denominator": (X[J] / (X[J] + Y[J]) + Y[J] / (X[J] + Y[J]), Integer(1)),
    "a number in a denominator": (1 / (2 * X[J] + 2 * Y[J]), 1 / (X[J] + Y[J]) / 2),
    "a factor in a denominator": (1 / (X[J] * Y[J] + X[J] * W[I]), 1 / X[J] / (Y[J] + W[I])),
    "an odd function": (tanh(over(X[J] - Y[J], J)), -tanh(over(Y[L], L) - over(X[L], L))),
    "a sum inside a function": (
        over(tanh(over(MATRIX[J, L] * X[L], L)), J),
        over(tanh(over(X[M] * MATRIX[L, M], M)), L),
    ),
    "a norm": (over(X[L] ** 2, L) / sqrt(over(X[J] ** 2, J)), sqrt(over(X[J] ** 2, J))),
    "powers of sums": (over(X[J], J) ** 3 * over(Y[J], J) ** 2, over(X[J] * Y[L], J, L) ** 2 * over(X[M], M)),
    "many dummies that look alike": (over(X[J], J) ** 9, over(X[J], J) ** 4 * over(X[L], L) ** 5),
    "a star": (over(over(MATRIX[J, L], L) ** 7, J), over(over(MATRIX[J, L], L) ** 3 * over(MATRIX[J, M], M) ** 4, J)),
    "roots of sizes": (D ** Rational(-1, 2) * D ** Rational(-1, 2), 1 / D),
    "roots of products of sizes": (sqrt(D * N_K), sqrt(D) * sqrt(N_K)),
}
DIFFERENT = {
    "a product is not a square": (over(X[J] * Y[J], J), over(X[J], J) * over(Y[J], J)),
    "two matrices the other way round": (over(MATRIX[J, L] * MATRIX[L, J], J, L), over(MATRIX[J, L] ** 2, J, L)),
    "not a cycle": (
        over(MATRIX[J, L] * MATRIX[L, M] * MATRIX[M, J], J, L, M),
        over(MATRIX[J, L] * MATRIX[L, M] * MATRIX[J, M], J, L, M),
    ),
    "a sum inside a function over the other index": (
        over(tanh(over(MATRIX[J, L] * X[L], L)), J),
        over(tanh(over(X[M] * MATRIX[M, L], M)), L),
    ),
    "the root of a square": (sqrt(X[J] ** 2 * Y[J]), X[J] * sqrt(Y[J])),
    "the root of what turns out to be a square": (sqrt(1 - sech(X[J]) ** 2), tanh(X[J])),
    "the absolute value": (Abs(X[J]), X[J]),
    "another denominator": (over(exp(LOGITS[I, J]) / over(exp(LOGITS[L, J]), L), J), Integer(1)),
    "weights squared": (over(alpha(J) ** 2, J), Integer(1)),
    "a weight too many": (over(alpha(J) * alpha(J) * Y[J], J), over(alpha(J) * Y[J], J)),
    "another power of sech": (sech(X[J]) ** 3, 1 - tanh(X[J]) ** 2),
    "one count too few": (over(Integer(1), J, L), N_K),
}


@pytest.mark.parametrize("name", EQUAL)
def test_equal(name):
    left, right = EQUAL[name]
    assert equal(left, right)
    assert not equal(left, right + 1)
    assert not equal(left, 2 * right + 3)


@pytest.mark.parametrize("name", DIFFERENT)
def test_different(name):
    left, right = DIFFERENT[name]
    assert not equal(left, right)


@pytest.mark.parametrize("name", EQUAL)
def test_the_canonical_form_is_stable(name):
    for side in EQUAL[name]:
        assert canonical(canonical(side)) == canonical(side)


def test_dummies_that_look_alike_but_cannot_be_exchanged():
    """Two tetrahedra that lack an edge, joined: every dummy stands in three factors, yet there are two kinds of
    them.
    """
    edges = [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3), (4, 5), (4, 6), (5, 6), (5, 7), (6, 7), (0, 4), (3, 7)]
    letters = [index(f"n{k}") for k in range(8)]

    def graph(places):
        factors = [MATRIX[letters[places[a]], letters[places[b]]] for x, y in edges for a, b in ((x, y), (y, x))]
        return over(Mul(*factors), *letters)

    rng = random.Random(0)
    for _ in range(5):
        assert equal(graph(range(8)), graph(rng.sample(range(8), 8)))
    edges[-2:] = [(0, 7), (3, 4)]  # the same graph by symmetry of the second half
    joined = graph(range(8))
    edges[-2:] = [(0, 4), (3, 7)]
    assert equal(graph(range(8)), joined)
    edges[:] = [(a, b) for a in range(8) for b in range(a) if (a ^ b).bit_count() == 1]  # a cube: every dummy alike
    assert not equal(graph(range(8)), joined)


def test_substitution_never_captures():
    body = over(MATRIX[J, L], L)
    moved = substitute(body, {J: L})
    assert moved.free_symbols >= {L}
    assert equal(moved, over(MATRIX[L, M], M))
    assert not equal(moved, over(MATRIX[M, M], M))


def test_letters_of_sums_differ_from_the_letters_around_them():
    named = relabel(over(X[L], L), frozenset({L}), {N_K: ("j", "l")})
    assert bounds(named) == ((J, N_K),)
    nested = relabel(over(X[L] * over(Y[L], L), L), frozenset(), {})
    assert {symbol for sum_ in nested.atoms(Sum) for symbol, _ in bounds(sum_)} == {L, M}


def test_independent_sums_become_separate_factors():
    found = sum_over(monomial(W[I] * X[J] * Y[L]), ((J, N_K), (L, N_K), (M, N_K)))
    assert found == N_K * W[I] * over(X[J], J) * over(Y[L], L)


@pytest.mark.parametrize(
    ("expr", "message"),
    [
        (Sum(X[J], (J, 1, N_K)), "a sum runs over 0"),
        (Sum(X[J], (J, 0, L), (L, 0, N_K - 1)), "may not depend on another one"),
    ],
)
def test_other_sums_are_errors(expr, message):
    with pytest.raises(ValueError, match=message):
        canonical(expr)
