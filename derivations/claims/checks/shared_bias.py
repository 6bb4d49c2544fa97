"""A bias shared by all keys in floating point: the checks behind claim B1.

The program: ``t_j = fl(e_j + b)``, ``s_j = fl(t_j − max t)``, ``p_j = exp(s_j)`` with a relative error of at most h,
the sum of the p_j in any order, and the quotient with at most two roundings (reciprocal and product, or one division).
"""

from __future__ import annotations

from sympy import Abs, Expr, Integer, Rational, Symbol, diff, log, simplify, symbols

from attnproof.derivations.proof.reasoning import bounded_on_box, nonnegative, vanishes

MOST, SIZE, UNIT = symbols("E beta u", positive=True)  # max |e|, |b|, unit roundoff
SLACK = Symbol("s", nonnegative=True)
FRACTION = Symbol("f", nonnegative=True)  # significand of |b| is 1 + f
KEYS = Symbol("n", integer=True, positive=True)
ADDED, SPREAD = symbols("Delta S", positive=True)  # errors of e + b; range of the computed logits
E_J, E_M, D_J, D_M, B = symbols("e_j e_m delta_j delta_m b", real=True)
LOG_EXP, LOG_ROUND = symbols("ell_h ell_u", positive=True)  # −ln(1 − h), −ln(1 − u)
FACTOR = 1 + Symbol("r", nonnegative=True)  # (1 − u)^(−(n + 1))
MORE_BITS = Symbol("q", integer=True, nonnegative=True)
BITS = MORE_BITS + 2  # at least two

ADDITION = UNIT * (SIZE + MOST)
RANGE = 2 * MOST + 2 * ADDED
LOGIT = ADDED + UNIT * RANGE + LOG_EXP
LOGIT_BOUND = UNIT * (1 + 2 * UNIT) * (SIZE + MOST) + 2 * UNIT * MOST + LOG_EXP  # D
FACTOR_BOUND = 2 * LOGIT_BOUND + (KEYS + 1) * LOG_ROUND  # of a weight: |ln(computed/exact)|
BIAS, EXP_ERROR = Symbol("b", real=True), Symbol("h", nonnegative=True)


def in_given(expr: Expr) -> Expr:
    """``expr`` in what the reader knows: the bias b, u, and the exponential's relative error h."""
    return expr.subs({SIZE: Abs(BIAS), LOG_EXP: -log(1 - EXP_ERROR), LOG_ROUND: -log(1 - UNIT)})


def rounding(bound: Expr) -> bool:
    """``fl(e + b) = (e + b)(1 + ε)``, |ε| <= u: ``u (|e| + |b|) <= bound`` for |e| <= E (written |e| = E - s)."""
    size = Symbol("a", nonnegative=True)  # |e|, with E = |e| + s
    return nonnegative(simplify(bound.subs(MOST, size + SLACK) - UNIT * (size + SIZE)))


def spread(bound: Expr) -> bool:
    """Two computed logits ``e + δ`` (the bias dropped) differ by at most ``bound``."""
    return bounded_on_box(E_J + D_J - E_M - D_M, {E_J: MOST, E_M: MOST, D_J: ADDED, D_M: ADDED}, bound)


def exponent(bound: Expr) -> bool:
    """The computed exponential's log errs by that of the additions, ``u S`` of the subtraction and ``−ln(1 − h)``."""
    upper = 1 / (1 - UNIT)  # with h in place of u: 1 + h <= 1/(1 − h)
    factor = nonnegative(simplify((upper - (1 + UNIT)).subs(UNIT, 1 / (1 + MOST))))
    return factor and vanishes((ADDED + UNIT * SPREAD + LOG_EXP).subs(SPREAD, RANGE) - bound)


def common(count: Expr) -> bool:
    """Factors 1 ± u besides: n − 1 additions and two roundings of the quotient."""
    return vanishes((KEYS - 1) + 2 - count)


def total(bound: Expr) -> bool:
    """Twice the logits' error and the common factors give ``bound`` in |b|, E, n, u and the exponential's error."""
    return vanishes((2 * LOGIT + (KEYS + 1) * LOG_ROUND).subs(ADDED, ADDITION) - bound)


def odds(bound: Expr) -> bool:
    """Two keys share the computed sum: both logits' errors and two roundings of either quotient give ``bound``."""
    return vanishes(2 * LOGIT + (2 + 2) * LOG_ROUND - bound)


def common_share(bound: Expr) -> bool:
    """A weight below 1 times a factor within ``F^(±1)`` moves by at most ``bound``."""
    return nonnegative(simplify(bound - (FACTOR - 1))) and nonnegative(simplify(bound - (1 - 1 / FACTOR)))


def tie(odd: int, even: int) -> bool:
    """``2^k (1 + odd u)`` is half way between two numbers; the one of even significand is ``2^k (1 + even u)``."""
    significand = 2 ** (BITS - 1) + Rational(even, 2)
    return odd % 2 == 1 and abs(odd - even) == 1 and bool(significand.is_even)


def share_reached(first: int, second: int, share: Expr) -> bool:
    """Sums ``1 + first u``, ``1 + second u`` (times 2^k), rounded down and up: log-odds move by ``share`` of 2Δ."""
    before = (second - first) * UNIT
    after = ((second + 1) - (first - 1)) * UNIT
    return vanishes((after - before) / (2 * ADDITION.subs({SIZE: 1, MOST: second * UNIT})) - share)


def same_difference(expected: Expr) -> bool:
    """With exact additions the program subtracts ``(e_j + b) − (e_m + b)``, which is ``expected`` whatever b is."""
    return vanishes((E_J + B) - (E_M + B) - expected)


def absorbed(limit: Expr) -> bool:
    """``|e| <= limit`` (with ulp-scale 1: |b| = 1 + f, u = 2^-p) is at most half the gap to the neighbours of b.

    Away from zero the neighbour is 2u away, towards zero also unless f = 0 (then u, and a tie goes to b, whose last bit
    is 0).
    """
    within = limit.subs(SIZE, 1 + FRACTION)
    grows = nonnegative(diff(within, FRACTION))  # so that f = 1 is the worst f < 1
    return (
        grows and nonnegative((UNIT - within).subs(FRACTION, 1)) and nonnegative((UNIT / 2 - within).subs(FRACTION, 0))
    )


def exact_range(largest: Expr) -> bool:
    """Scores and bias are multiples of 2^g = 1: ``largest`` + E is 2^p, and the next number is missing."""
    return vanishes(largest + MOST - 2**BITS) and bool((2**BITS + Integer(1)).is_odd)
