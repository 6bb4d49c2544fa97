"""More false or undefined statements, fed to the rules one by one: none holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import pytest
from sympy import (
    Abs,
    Derivative,
    Float,
    Function,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Max,
    Pow,
    Rational,
    S,
    Subs,
    Sum,
    Symbol,
    acot,
    atan,
    atanh,
    cos,
    exp,
    factorial,
    floor,
    gamma,
    log,
    oo,
    pi,
    polygamma,
    sign,
    sin,
    sqrt,
    symbols,
    tanh,
)  # fmt: skip

from attnproof.derivations.language.notation import N_K, N_Q, I, J, L, Tensor, index
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.proof.identities import EPSILON
from attnproof.derivations.proof.rules import (
    All,
    Along,
    Cases,
    Cited,
    Coefficients,
    Computed,
    Contradiction,
    Corners,
    Differentiated,
    Enclosed,
    Equal,
    Field,
    FromZero,
    Induction,
    Integrated,
    Rule,
    Sign,
    Smooth,
    Solver,
    Squares,
    Tends,
)  # fmt: skip
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.rules.orders import PREVIOUS
from attnproof.derivations.propositions.proposition import (
    Both,
    Compare,
    Either,
    Every,
    If,
    Number,
    eq,
    le,
    lt,
    ne,
)  # fmt: skip

ONE, TWO = Integer(1), Integer(2)
x, y, a, t = symbols("x y a t", real=True)
POSITIVE = Symbol("x", positive=True)
AT_LEAST_0 = Symbol("x", nonnegative=True)
POWER = Symbol("p", nonnegative=True)
POWERS = symbols("p q", nonnegative=True)
F = Function("f")
K = index("k")
EVEN = Symbol("k", integer=True, nonnegative=True, even=True)
FROM_ONE = Symbol("j", integer=True, positive=True)
V, U, W = (Tensor(letter, letter, (N_K,)) for letter in "vuw")
QUERIES = Tensor("h", "h", (N_Q,))
S_, T = Tensor("s", "s", ()), Tensor("t", "t", ())
ROWS = Tensor("T", "T", (N_K,))
COMPLEX = IndexedBase("z", shape=(N_K,))
HIDDEN = IndexedBase("g", shape=(N_K,), positive=True)
Attacks = Mapping[str, Callable[[], Rule]]


def outcome(make: Callable[[], Rule]) -> object:
    """Whether the rule holds; None where it is refused."""
    try:
        return make().holds()
    except ValueError:  # RuleError among them
        return None


def at(*values: tuple[Symbol, int]) -> tuple[tuple[Symbol, tuple[Integer, ...]], ...]:
    """One value each."""
    return tuple((symbol, (Integer(value),)) for symbol, value in values)


def tends(of: object, to: object, value: object, below: bool = False) -> Tends:
    """The limit in the positive x."""
    return Tends(of, POSITIVE, to, value, below)  # type: ignore[arg-type]


def defined(left: object, right: object, *definitions: Equation) -> Equal:
    """An equality with definitions."""
    return Equal(left, right, definitions=definitions)  # type: ignore[arg-type]


EQUALITIES: Attacks = {
    "a division by a sum that may vanish": lambda: Equal(
        total(V[J] / total(V[L], (L, N_K)), (J, N_K)), ONE
    ),
    "√x √(x + 1) for a negative x": lambda: Field(sqrt(x) * sqrt(x + 1), sqrt(x**2 + x)),
    "log x² = 2 log|x| at 0": lambda: Field(log(x**2) - 2 * log(Abs(x)), ZERO),
    "log xy = log x + log y for negative ones": lambda: Field(log(x * y), log(x) + log(y)),
    "0 to real powers": lambda: Field((AT_LEAST_0 ** POWERS[0] + 1) * AT_LEAST_0 ** POWERS[1], ONE),
    "the maximum of nothing": lambda: Field(Max() + x, x),
    "Γ(x + 1) = x Γ(x) at a pole": lambda: Field(gamma(x + 1), x * gamma(x)),
    "a factorial of any real number": lambda: Field(factorial(x + 1), (x + 1) * factorial(x)),
    "a function with jumps in its branches": lambda: Equal(acot(x) + x, x + acot(x) * 1 + ZERO * y),
    "a tensor defined twice": lambda: defined(T[()], y, Equation(T, (), x), Equation(T, (), y)),
    "two tensors defined by each other": lambda: defined(
        T[()], S_[()] + 1, Equation(S_, (), T[()]), Equation(T, (), S_[()] + 1)
    ),
    "a tensor defined by itself": lambda: defined(T[()], T[()] + 1, Equation(T, (), T[()] + 1)),
    "0 times 1/0 behind definitions": lambda: defined(
        S_[()] * T[()], ONE, Equation(T, (), ZERO * x), Equation(S_, (), 1 / T[()])
    ),
    "a definition's free index is caught by a sum": lambda: defined(
        total(ROWS[J], (J, N_K)), total(V[J] ** 2, (J, N_K)), Equation(ROWS, (I,), V[I] * V[J])
    ),
    "a scalar's definition with an index": lambda: defined(
        total(T[()], (J, N_K)), total(V[J], (J, N_K)), Equation(T, (), V[J])
    ),
    "a delta between axes of two sizes": lambda: Equal(
        total(KroneckerDelta(J, I), (J, N_K)) * QUERIES[I], QUERIES[I]
    ),
    "a delta between a key and the one after it": lambda: Equal(total(KroneckerDelta(J, I + 1) * V[J], (J, N_K)), V[I]),
    "a delta of real numbers": lambda: Field(KroneckerDelta(x, y) * (x - y) + x, x),
    "X = X, in another order": lambda: Equal(x + y, y + x),
    "a float": lambda: Equal(V[J] * Float("1.0"), V[J]),
    "a size less than its symbol says": lambda: Equal(total(ONE, (J, N_K)), N_K, least=((N_K, 0),)),
    "arrays of one name and two sizes": lambda: Equal(V[J] + x, Tensor("v", "v", (N_Q,))[J] + x),
    "what is given of a whole number is dropped": lambda: Field(
        exp(log(x)) + log(x), x + log(x) + 0 * y, given=(Compare(ZERO, "<", x, whole=True),)
    ),
}  # fmt: skip

SIGNS: Attacks = {
    "z² of a complex array": lambda: Squares(COMPLEX[J] ** 2),
    "an array that is positive by assumption": lambda: Sign(ZERO, "<", HIDDEN[J]),
    "a function that is so": lambda: Sign(ZERO, "≤", Function("g", nonnegative=True)(x)),
    "a number with the letter of an array": lambda: Sign(ZERO, "<", Symbol("v", positive=True) + V[J] ** 2),
    "a whole number below 0": lambda: Sign(Symbol("m", integer=True, negative=True), "<", ZERO),
    "an even size": lambda: Sign(ONE, "≤", Symbol("m", integer=True, positive=True, even=True)),
    "an index from 1 on in a sum from 0 on": lambda: Sign(ZERO, "<", Sum(FROM_ONE, (FROM_ONE, 0, N_K - 1))),
    "a positive size that may be 0": lambda: Sign(ZERO, "<", N_K, least=((N_K, 0),)),
    "a positive number that may be -1": lambda: Sign(ZERO, "<", POSITIVE, least=((POSITIVE, -1),)),
    "a positive number by what is given of a whole one": lambda: Sign(
        ZERO, "<", exp(2 * log(x)), given=(Compare(ZERO, "<", x, whole=True),)
    ),
    "0 ≤ x by coefficients in no variable": lambda: Coefficients(ZERO, "≤", x),
    "coefficients in a variable of any sign": lambda: Coefficients(ZERO, "≤", 1 + x, variables=(x,)),
    "x² - x at most 0 by its corners": lambda: Corners(x**2 - x, ((x, ONE),), ONE),
    "1 - |x| at most 0 by its corners": lambda: Corners(1 - Abs(x), ((x, ONE),), ZERO),
    "|x y| ≤ y for a y of any sign": lambda: Corners(x * y, ((x, ONE),), y),
    "a slope that is not 0 or more": lambda: FromZero(ZERO, "≤", AT_LEAST_0 - AT_LEAST_0**2, variable=AT_LEAST_0),
}

CALCULUS: Attacks = {
    "the root at 0 is smooth": lambda: Smooth(sqrt(AT_LEAST_0)),
    "x^(3/2) at 0 is smooth": lambda: Smooth(AT_LEAST_0 ** Rational(3, 2)),
    "|x| is smooth": lambda: Smooth(Abs(x)),
    "|x| has a derivative at 0": lambda: Differentiated(Abs(x), x, sign(x)),
    "so has √x²": lambda: Differentiated(sqrt(x**2), x, sign(x)),
    "and |v| along a direction": lambda: Along(Abs(V[J]), ((V, W),), sign(V[J]) * W[J]),
    "the maximum has one where it turns": lambda: Differentiated(Max(x, 0), x, (sign(x) + 1) / 2),
    "the root has one at 0": lambda: Differentiated(sqrt(AT_LEAST_0), AT_LEAST_0, 1 / (2 * sqrt(AT_LEAST_0))),
    "atanh has one at 2": lambda: Differentiated(atanh(x), x, 1 / (1 - x**2), given=(ne(1 - x, ZERO), ne(1 + x, ZERO))),
    "a factorial has one": lambda: Differentiated(factorial(N_K), N_K, gamma(N_K + 1) * polygamma(0, N_K + 1)),
    "the derivative of order 0": lambda: Differentiated(x**2, x, x**2, times=0),
    "a tensor that moves two ways": lambda: Along(V[J], ((V, W), (V, U)), W[J] + U[J]),
    "exp(-1/x) from the wrong side": lambda: Tends(exp(-1 / POSITIVE), POSITIVE, ZERO, ZERO, from_below=True),
    "a positive number from below 0": lambda: tends(1 / POSITIVE, ZERO, -oo, below=True),
    "a positive number towards -∞": lambda: tends(1 / POSITIVE, -oo, ZERO),
    "sin x tends to 0": lambda: Tends(sin(x), x, oo, ZERO),
    "sin(1/x) tends to 0": lambda: tends(sin(1 / POSITIVE), ZERO, ZERO),
    "tanh(a x) tends to 1 for every a": lambda: Tends(tanh(a * x), x, oo, ONE),
    "exp(-a x) tends to 0 for every a": lambda: Tends(exp(-a * x), x, oo, ZERO),
    "(a² x + 1)/(a² x + 2) tends to 1 for a = 0": lambda: tends(
        (a**2 * POSITIVE + 1) / (a**2 * POSITIVE + 2), oo, ONE
    ),
    "exp(-(a - y)² x) tends to 0 for a = y": lambda: tends(exp(-((a - y) ** 2) * POSITIVE), oo, ZERO),
    "x less a number of the letter x' tends to 0": lambda: tends(POSITIVE - Symbol("x'", positive=True), oo, ZERO),
    "the step of a direction stands in the expression": lambda: Along(EPSILON * V[J], ((V, W),), V[J]),
    "the value before stands in an induction": lambda: Induction(2**K * PREVIOUS, K, PREVIOUS, 2 * PREVIOUS),
    "x tends to a finite number": lambda: Tends(x, x, oo, ONE),
    "an integral through a pole": lambda: Integrated(1 / t**2, t, -ONE, ONE, -TWO, -1 / t),
    "the same, the pole assumed away": lambda: Integrated(
        1 / POSITIVE**2, POSITIVE, -ONE, ONE, -TWO, -1 / POSITIVE
    ),
    "an antiderivative that jumps": lambda: Integrated(1 / (1 + t**2), t, -oo, oo, ZERO, -acot(t)),
    "another one": lambda: Integrated(1 / (1 + t**2), t, -ONE, ONE, -pi / 2, atan(-1 / t)),
    "one with steps": lambda: Integrated(ONE, t, ZERO, TWO, Integer(4), t + floor(t)),
    "a divergent integral": lambda: Integrated(1 / (1 + AT_LEAST_0), AT_LEAST_0, ZERO, oo, ONE, log(1 + AT_LEAST_0)),
    "a variable in its own end": lambda: Integrated(t, t, ZERO, t, t**2 / 2, t**2 / 2),
    "an induction from a wrong start": lambda: Induction(K + 1, K, ZERO, PREVIOUS + 1),
    "an induction with a wrong step": lambda: Induction(2**K, K, ONE, PREVIOUS + 1),
    "an induction over real numbers": lambda: Induction(x, x, ZERO, PREVIOUS + 1),
    "an induction over the even numbers": lambda: Induction(EVEN, EVEN, ZERO, PREVIOUS + 1),
}  # fmt: skip

FINITE: Attacks = {
    "no value to go through": lambda: Cases(eq(x, ONE), ((x, ()),)),
    "a conjunction of nothing": lambda: Cases(Both(())),
    "a disjunction of nothing, denied": lambda: Cases(If(Either(()), eq(ONE, TWO))),
    "a conjunction of nothing for a solver": lambda: Solver(Both(())),
    "a truth value": lambda: Cases(S.true),
    "a proposition that SymPy decided when it was made": lambda: Cases(ONE < TWO),
    "a symbol with two values": lambda: Cases(eq(x, TWO), (*at((x, 1)), *at((x, 2)))),
    "two symbols of one name": lambda: Cases(eq(x, TWO), (*at((POSITIVE, 1)), *at((x, 2)))),
    "√x √y = -1 at -1": lambda: Cases(eq(sqrt(x) * sqrt(y), -ONE), at((x, -1), (y, -1))),
    "log x - log y = 0 at -1": lambda: Cases(eq(log(x) - log(y), ZERO), at((x, -1), (y, -1))),
    "log x - 1 < log y at -1": lambda: Cases(lt(log(x) - 1, log(y)), at((x, -1), (y, -1))),
    "0 to the real power 0": lambda: Cases(eq((x**2) ** y, ONE), at((x, 0), (y, 0))),
    "a positive number that is -1": lambda: Cases(eq(sqrt(POSITIVE**2), -ONE), at((POSITIVE, -1))),
    "atanh x = atanh y at 2": lambda: Cases(eq(atanh(x) - atanh(y), ZERO), at((x, 2), (y, 2))),
    "1/x! = 0 at -1": lambda: Cases(eq(1 / factorial(x), ZERO), at((x, -1))),
    "a function without a definition is not 10": lambda: Cases(ne(F(0), Integer(10))),
    "nor at 1": lambda: Cases(ne(F(x), Integer(10)), at((x, 1))),
    "a float in ten": lambda: Cases(eq(x, Float("0.1")), ((x, (Float("0.1"),)),)),
    "a truth value as a result": lambda: Computed("proof.orders:holds_at_every_order", (ZERO, K), True),
    "one inside a result": lambda: Computed("bounds.formats:nearest", (), (1, (True,))),
    "an unknown function": lambda: Computed("bounds.formats:nope", (), 1),
    "a private one": lambda: Computed("proof.rules.finite:_shown", (1,), "1"),
    "one that a module only imports": lambda: Computed("proof.rules.finite:sympify", (1,), ONE),
    "a constant": lambda: Computed("proof.rules.finite:PACKAGE", (), 1),
    "no function": lambda: Computed("bounds.formats", (), 1),
    "a citation without a source": lambda: Cited("all", "all", ""),
    "with a blank one": lambda: Cited("all", "all", "  "),
    "of nothing": lambda: Cited("all", "", "a book"),
    "all of nothing": lambda: All(()),
    "all of one": lambda: All((Squares(x),)),
    "nonlinear demands that do not add up": lambda: Contradiction((x**2, -(x**2) - 1), (ONE, ONE)),
    "multipliers that are all 0": lambda: Contradiction((x, -x), (ZERO, ZERO)),
    "a negative multiplier": lambda: Contradiction((x, x), (ONE, -ONE)),
    "a multiplier that is a float": lambda: Contradiction((x, -x), (Float("1.0"), Float("1.0"))),
    "an infinite one": lambda: Contradiction((x + 1,), (oo,)),
    "demands that are undefined": lambda: Contradiction((log(x), -log(x)), (ONE, ONE)),
    "an enclosure of a symbol": lambda: Enclosed(x**2 + 1, ZERO),
    "of a function without a definition": lambda: Enclosed(F(0), Integer(-10)),
    "of its derivative": lambda: Enclosed(Subs(Derivative(F(x), x), x, 0), Integer(-10)),
    "of the logarithm of a negative number": lambda: Enclosed(log(1 - pi), log(1 - pi) - 1),
    "between ends that are reversed": lambda: Enclosed(pi, Integer(4), Integer(3)),
    "without an end": lambda: Enclosed(pi),
    "a division by 0 in the solver": lambda: Solver(le(1 / x, 1 / x + 1)),
    "one in what it is given": lambda: Solver(lt(ZERO, 1 / x + 1), (lt(ZERO, 1 / x),)),
    "one behind a case that does not exclude it": lambda: Solver(If(lt(y, ZERO), le(1 / x, 1 / x + 1))),
    "what is given of a whole number": lambda: Solver(lt(ZERO, x), (Compare(ONE, "≤", x, whole=True),)),
    "an exponential in the solver": lambda: Solver(lt(ZERO, exp(x))),
    "what is given contradicts itself": lambda: Solver(lt(x, x - 1), (lt(x, ZERO), lt(ZERO, x))),
    "a quantifier in the solver": lambda: Solver(Every((Number(x),), eq(x, x))),
}

ATTACKS: Final = {**EQUALITIES, **SIGNS, **CALCULUS, **FINITE}


@pytest.mark.parametrize("name", ATTACKS)
def test_what_is_false_or_undefined_is_rejected(name: str) -> None:
    assert outcome(ATTACKS[name]) is not True


TRUE: Attacks = {
    "a division under a case that excludes 0": lambda: Solver(If(lt(ZERO, x), lt(ZERO, 1 / x))),
    "a division that what is given allows": lambda: Solver(lt(ZERO, 1 / x), (lt(ZERO, x),)),
    "a positive number from above 0": lambda: tends(1 / POSITIVE, ZERO, oo),
    "an integral up to a pole": lambda: Integrated(
        1 / sqrt(POSITIVE), POSITIVE, ZERO, ONE, TWO, 2 * sqrt(POSITIVE)
    ),
    "a definition with a division that is given": lambda: Field(
        a * x * T[()], x, (ne(a, ZERO),), (), (Equation(T, (), 1 / a),)
    ),
    "a derivative everywhere": lambda: Differentiated(sqrt(x**2 + 1), x, x / sqrt(x**2 + 1)),
    "0 to the power 0 of a whole number": lambda: Cases(eq(Pow(x, K), ONE), at((x, 0), (K, 0))),
    "cos x is at most 1 at 0": lambda: Cases(le(cos(x), ONE), at((x, 0))),
}  # fmt: skip


@pytest.mark.parametrize("name", TRUE)
def test_what_is_true_beside_them_holds(name: str) -> None:
    assert outcome(TRUE[name]) is True


def test_none_has_the_name_of_another() -> None:
    assert len(ATTACKS) == len(EQUALITIES) + len(SIGNS) + len(CALCULUS) + len(FINITE)
