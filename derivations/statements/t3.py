"""T3, formally: mean, variance and cumulants of a dot product of two independent vectors, over an expectation."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, KroneckerDelta, Rational, Symbol, exp, factorial, sqrt

from attnproof.derivations.language.mean import Outcomes
from attnproof.derivations.language.notation import D, I, J, R, Tensor, index, size
from attnproof.derivations.language.system import total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Compare,
    Every,
    HasMean,
    If,
    Index,
    Number,
    Outcome,
    Proposition,
    Size,
    Space,
    Stated,
    eq,
    lt,
    ne,
)
from attnproof.derivations.statements._expectation import (
    OMEGA,
    ZERO,
    O,
    Over,
    factors,
    for_pairs,
    independent,
    mean,
    means,
    moment,
    second_moments,
    varies,
)
from attnproof.derivations.statements._parts import other

Q: Final = Tensor("query", "q", (OMEGA, D))
K: Final = Tensor("key", "k", (OMEGA, D))
S, T, M, ORDER = index("s"), index("t"), index("m"), size("n")
MU_Q, MU_K, SIGMA_Q, SIGMA_K, SECOND, FOURTH, SPREAD, EXCESS, MIXED, NU, A, B = (
    Symbol(letter, real=True)
    for letter in ("mu_q", "mu_k", "sigma_q", "sigma_k", "kappa_2", "kappa_4", "s_2", "s_4", "c", "nu", "a", "b")
)
DOT: Final = total(Q[O, R] * K[O, R], (R, D))
TRACE: Final = total(mean(Q[O, R] * Q[O, S]) * mean(K[O, R] * K[O, S]), (R, D), (S, D))
ONE = Integer(1)
X: Final = Symbol("x", real=True)
PSI, U = Outcomes("Psi"), Symbol("u")  # what is random given the query
KEYS: Final[Over] = (U, PSI)
GIVEN_K: Final = Tensor("key", "k", (PSI, D))
GAMMA, NORMAL = Tensor("gamma", "G", (OMEGA,)), Tensor("normal", "Z", (PSI,))
GIVEN_DOT: Final = total(Q[O, R] * GIVEN_K[U, R], (R, D))
PAIR: Final = (R, S)
NUMBERS: Final = (MU_Q, MU_K, SIGMA_Q, SIGMA_K)
CUMULANTS: Final = Tensor("cumulants", "kappa", (ORDER,))


def for_vectors(given: tuple[Proposition, ...], says: Proposition, *numbers: Symbol, least: int = 1) -> Proposition:
    """For two independent vectors."""
    hypotheses = Both((independent(Q, K, PAIR, D), *given))
    return Every((Space(OMEGA), Size(D, least), Array(Q), Array(K), *map(Number, numbers)), If(hypotheses, says))


def length(x: Tensor, squared: Expr) -> Proposition:
    """``|x|²`` is the same for every outcome."""
    return Every((Outcome(O, OMEGA),), eq(total(x[O, R] ** 2, (R, D)), squared))


def adds_to_zero(x: Tensor) -> Proposition:
    """The components of ``x`` have the sum 0, for every outcome."""
    return Every((Outcome(O, OMEGA),), eq(total(x[O, R], (R, D)), ZERO))


def isotropic(x: Tensor, mixed: Expr) -> Proposition:
    """No direction is special: mean 0, one mean square, ``mixed`` for every product of two components."""
    return Both(
        (
            means(x, R, D, ZERO),
            Every((Index(R, D),), moment(x[O, R] ** 2, SECOND)),
            for_pairs(PAIR, D, If(other(R, S), moment(x[O, R] * x[O, S], mixed))),
        )
    )


def independent_components(highest: Expr) -> Proposition:
    """Each product is independent of the sum of those before it: their moments up to ``highest`` together factor."""
    before = total(Q[O, R] * K[O, R], (R, T)) ** I
    product = (Q[O, T] * K[O, T]) ** J
    return Every(
        (Index(T, D), Index(I, highest + 1), Index(J, highest + 1)),
        If(Compare(I + J, "≤", highest, whole=True), factors(before, product)),
    )


def has_cumulants(of: Expr, factor: Expr, bound: tuple[Index, ...] = ()) -> Proposition:
    """``factor`` times ``kappa`` are the cumulants of ``of``, the first at place 0: the rule that defines them."""
    rule = factorial(M) / (factorial(I) * factorial(J)) * KroneckerDelta(I + J, M) * factor * CUMULANTS[I]
    value = total(rule * mean(of**J), (I, M + 1), (J, M + 1))
    return Every((*bound, Index(M, ORDER)), moment(of ** (M + 1), value))


def symmetric(x: Tensor, second: Expr, fourth: Expr) -> Proposition:
    """Mean and third moment 0, these second and fourth moments, for every component."""
    values = enumerate((ZERO, second, ZERO, fourth), start=1)
    return Every((Index(R, D),), Both(tuple(moment(x[O, R] ** power, value) for power, value in values)))


def law(
    second: Expr, fourth: Expr, spread: Expr, excess: Expr, given: tuple[Proposition, ...], *numbers: Symbol
) -> Proposition:
    """Variance and excess kurtosis of the dot product of components of one law with these moments."""
    powers = Every((Index(R, D), Index(J, Integer(5))), factors(Q[O, R] ** J, K[O, R] ** J))
    hypotheses = Both(
        (*given, powers, independent_components(Integer(4)), symmetric(Q, second, fourth), symmetric(K, second, fourth))
    )
    kurtosis = Both((HasMean(mean(DOT**4)), eq(mean(DOT**4) / mean(DOT**2) ** 2 - 3, excess)))
    return Every(
        (Space(OMEGA), Size(D), Array(Q), Array(K), *map(Number, numbers)),
        If(hypotheses, Both((varies(DOT, spread), kurtosis))),
    )


ALIKE: Final = (
    means(Q, R, D, MU_Q),
    means(K, R, D, MU_K),
    second_moments(Q, PAIR, D, SIGMA_Q**2 + MU_Q**2, MU_Q**2),
    second_moments(K, PAIR, D, SIGMA_K**2 + MU_K**2, MU_K**2),
)
CENTRED: Final = means(Q, R, D, ZERO)
HAS_SECOND: Final = Every((Index(R, D), Index(S, D)), HasMean(mean(K[O, R] * K[O, S])))


def normal_components() -> Proposition:
    """Of standard normal components: what the generating function of the dot product uses of them."""
    step = X * Q[O, T] * GIVEN_K[U, T]
    before = total(X * Q[O, R] * GIVEN_K[U, R], (R, T))
    square, squares = X**2 * Q[O, T] ** 2 / 2, total(X**2 * Q[O, R] ** 2 / 2, (R, T))
    keys = Every(
        (Outcome(O, OMEGA), Index(T, D)),
        Both((moment(exp(step), exp(square), KEYS), factors(exp(before), exp(step), KEYS))),
    )
    query = Every((Index(T, D),), Both((moment(exp(square), 1 / sqrt(1 - X**2)), factors(exp(squares), exp(square)))))
    return Both((keys, query))


def other_law() -> Proposition:
    """The same of the root of 2 G times Z, Z standard normal, G of the gamma law of d/2."""
    given = moment(exp(X * sqrt(2 * GAMMA[O]) * NORMAL[U]), exp(X**2 * GAMMA[O]), KEYS)
    return Both((Every((Outcome(O, OMEGA),), given), moment(exp(X**2 * GAMMA[O]), 1 / sqrt(1 - X**2) ** D)))


STATEMENT: Final = (
    Stated(
        "cumulants_of_dot",
        "every cumulant that exists is d times that of one product: independent products with the same cumulants",
        Every(
            (Space(OMEGA), Size(D), Array(Q), Array(K), Size(ORDER), Array(CUMULANTS)),
            If(
                Both((independent_components(ORDER), has_cumulants(Q[O, T] * K[O, T], ONE, (Index(T, D),)))),
                has_cumulants(DOT, D),
            ),
        ),
    ),
    Stated(
        "growth",
        "so the deviation grows like the root of d, and the excess kurtosis falls like 1/d",
        Every(
            (Size(D), *map(Number, (SECOND, FOURTH, SPREAD, EXCESS))),
            If(
                Both((lt(ZERO, SECOND), eq(SPREAD, D * SECOND), eq(EXCESS, D * FOURTH))),
                Both(
                    (
                        eq(sqrt(SPREAD), sqrt(D) * sqrt(SECOND)),
                        eq(EXCESS / SPREAD**2, FOURTH / SECOND**2 / D),
                    )
                ),
            ),
        ),
    ),
    Stated(
        "mean_of_dot",
        "the mean is d times the product of the components' means",
        for_vectors(ALIKE[:2], moment(DOT, D * MU_Q * MU_K), MU_Q, MU_K),
    ),
    Stated(
        "variance_of_dot",
        "and the variance is proportional to d: uncorrelated components, alike in each vector",
        for_vectors(
            ALIKE,
            varies(DOT, D * ((SIGMA_Q**2 + MU_Q**2) * (SIGMA_K**2 + MU_K**2) - MU_Q**2 * MU_K**2)),
            *NUMBERS,
        ),
    ),
    Stated(
        "variance_by_trace",
        "one mean 0: the variance is the trace of the product of the two second moments' matrices",
        for_vectors((CENTRED,), varies(DOT, TRACE)),
    ),
    Stated(
        "unit_vectors",
        "unit length, one direction isotropic: 1/d",
        for_vectors((isotropic(Q, ZERO), HAS_SECOND, length(Q, ONE), length(K, ONE)), varies(DOT, 1 / D), SECOND),
    ),
    Stated(
        "layer_normalised",
        "layer-normalised, one direction isotropic among those of mean 0: d^2/(d - 1)",
        for_vectors(
            (isotropic(Q, MIXED), HAS_SECOND, *(says for x in (Q, K) for says in (length(x, D), adds_to_zero(x)))),
            varies(DOT, D**2 / (D - 1)),
            SECOND,
            MIXED,
            least=2,
        ),
    ),
    Stated(
        "symmetric_components",
        "components of one law with odd moments 0: variance and excess kurtosis from the second and fourth moment",
        law(SECOND, FOURTH, D * SECOND**2, (FOURTH**2 / SECOND**4 - 3) / D, (ne(SECOND, ZERO),), SECOND, FOURTH),
    ),
    Stated(
        "generating_function",
        "standard normal components: the generating function is that of the root of 2 G times Z, and (1 - x^2)^(-d/2)",
        Every(
            (Space(OMEGA), Space(PSI), Size(D), *map(Array, (Q, GIVEN_K, GAMMA, NORMAL)), Number(X)),
            If(
                Both((lt(X**2, ONE), normal_components(), other_law())),
                Both(
                    (
                        eq(mean(mean(exp(X * GIVEN_DOT), KEYS)), 1 / sqrt(1 - X**2) ** D),
                        eq(mean(mean(exp(X * sqrt(2 * GAMMA[O]) * NORMAL[U]), KEYS)), 1 / sqrt(1 - X**2) ** D),
                    )
                ),
            ),
        ),
    ),
    Stated("normal", "standard normal components: d and 6/d", law(ONE, Integer(3), D, 6 / D, ())),
    Stated(
        "uniform",
        "uniform on (-a, a)",
        law(A**2 / 3, A**4 / 5, D * A**4 / 9, Rational(6, 25) / D, (lt(ZERO, A),), A),
    ),
    Stated("rademacher", "random signs", law(ONE, ONE, D, -2 / D, ())),
    Stated(
        "laplace",
        "Laplace of scale b",
        law(2 * B**2, 24 * B**4, 4 * D * B**4, 33 / D, (lt(ZERO, B),), B),
    ),
    Stated(
        "student_t",
        "Student's t of more than four degrees of freedom",
        law(
            NU / (NU - 2),
            3 * NU**2 / ((NU - 2) * (NU - 4)),
            D * NU**2 / (NU - 2) ** 2,
            (9 * (NU - 2) ** 2 / (NU - 4) ** 2 - 3) / D,
            (lt(Integer(4), NU),),
            NU,
        ),
    ),
)

OUTSIDE: Final = (
    "That a cumulant exists only where the moments of both components do; which of them Student's t has.",
    "That a generating function that is finite around 0 belongs to one law.",
    "That the named laws have these moments, and that independence makes the moments factor.",
)
