"""How the degrees of ring elements in their random numbers grow: the rules of ``attnproof.derivations.ring.degree``.

Coefficient r of an element is ``N_r / (A B^r)`` with polynomials of degrees ``deg N_r <= top + r slope``,
``deg A <= below``, ``deg B <= ratio``. Every rule is shown for coefficient n = r of the result, by induction over n
where the result is defined by a recursion; that the functions in use give the same at examples, one for each branch.
"""

from __future__ import annotations

from fractions import Fraction

from sympy import Expr, Integer, Symbol, diff, expand, symbols

from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import All, Computed, Solver
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import Both, le
from attnproof.derivations.ring import degree
from attnproof.derivations.ring.degree import Degree

TOP, SLOPE, BELOW, RATIO = symbols("t s a b", nonnegative=True)
TOP_2, SLOPE_2, BELOW_2, RATIO_2 = symbols("u v c d", nonnegative=True)  # of another element
HIGHEST, STEEPEST = symbols("T S", real=True)  # upper bounds of two
J, M = symbols("j m", nonnegative=True)  # n = j + m
E = Symbol("epsilon")
STEEP = (le(SLOPE + RATIO_2, STEEPEST), le(SLOPE_2 + RATIO, STEEPEST))
FROM_ONE = (le(Integer(1), J),)
RING = "ring.degree:"
ONE, OTHER, LEFT, RIGHT = Degree(1, 3, 4, 1), Degree(3, 2, 0, 0), Degree(2, 3, 1, 2, 0, 7), Degree(1, 4, 1, 2, 0, 7)


def products(slope: Expr) -> Solver:
    """``N_j M_m`` with j + m = r, over ``A A' (B B')^r``: what is missing of the denominator is ``B^m B'^j``."""
    needed = (TOP + J * SLOPE) + (TOP_2 + M * SLOPE_2) + M * RATIO + J * RATIO_2
    return Solver(le(needed, TOP + TOP_2 + (J + M) * slope), STEEP)


def sums(first: Expr, second: Expr) -> Solver:
    """``N_r A' B'^r + N'_r A B^r`` over ``A A' (B B')^r``, r = j: the larger of both, at most T + j S."""
    bound = HIGHEST + J * STEEPEST
    both = (TOP + J * SLOPE + BELOW_2 + J * RATIO_2, TOP_2 + J * SLOPE_2 + BELOW + J * RATIO)
    return Solver(Both(tuple(le(each, bound) for each in both)), (*STEEP, le(first, HIGHEST), le(second, HIGHEST)))


def many(more: Expr) -> Solver:
    """M + 1 elements of one bound, after m of them, whose numerators are multiplied by A; the last, by A^m, has the
    degree of the left side too.
    """
    return Solver(le(TOP + (M - 1) * BELOW + BELOW, TOP + M * more))


def reciprocals(slope: Expr) -> Solver:
    """``y_n = -(1/x_0) Σ x_j y_{n−j}``, j = 1 … n: over ``N_0 (N_0 B)^n``, a term lacks ``N_0^(j − 1)``, and
    y_0 = A/N_0.
    """
    term = (TOP + J * SLOPE) + (BELOW + M * slope) + (J - 1) * TOP
    return Solver(le(term, BELOW + (J + M) * slope), FROM_ONE)


def exponentials(first: Expr, second: Expr) -> Solver:
    """``n y_n = Σ j t_{j−1} y_{n−j}``: over ``(A B)^n`` a term lacks ``A^(j − 1) B``; y_0 = 1 has degree 0."""
    term = (TOP + (J - 1) * SLOPE) + M * STEEPEST + (J - 1) * BELOW + RATIO
    return Solver(le(term, (J + M) * STEEPEST), (le(first, STEEPEST), le(second, STEEPEST), *FROM_ONE))


def roots(slope: Expr) -> Solver:
    """``n x_0 y_n = Σ (αj − n + j) x_j y_{n−j}``: over ``y_0 (N_0 B)^n`` a term lacks ``N_0^(j − 1)``."""
    return Solver(le((TOP + J * SLOPE) + M * slope + (J - 1) * TOP, (J + M) * slope), FROM_ONE)


def exponential_gaps(order: int) -> tuple[Expr, ...]:
    """Coefficients of ``y' − u' y``, u = εt, for a series t of general coefficients and y by the recursion."""
    t = symbols(f"t:{order}")
    y = [symbols("y0")]
    for n in range(1, order):
        y.append(sum(j * t[j - 1] * y[n - j] for j in range(1, n + 1)) / n)
    slope = diff(E * sum(c * E**n for n, c in enumerate(t)), E)
    series = sum(c * E**n for n, c in enumerate(y))
    gap = expand(diff(series, E) - slope * series)
    return tuple(gap.coeff(E, n) for n in range(order - 1))


def power_gaps(order: int) -> tuple[Expr, ...]:
    """Coefficients of ``x y' − α x' y`` for a series x of general coefficients and y by the recursion."""
    x, alpha = symbols(f"x:{order}"), Symbol("alpha")
    y = [symbols("y0")]
    for n in range(1, order):
        y.append(sum((alpha * j - n + j) * x[j] * y[n - j] for j in range(1, n + 1)) / (n * x[0]))
    series, base = (sum(c * E**n for n, c in enumerate(of)) for of in (y, x))
    gap = expand(base * diff(series, E) - alpha * diff(base, E) * series)
    return tuple(gap.coeff(E, n) for n in range(order - 1))


def bound_of(rule: str, *of: Degree) -> tuple[int, ...]:
    """Top, slope, below and ratio by a function of ``attnproof.derivations.ring.degree``.

    rule  its name; ``reciprocal of a number`` and ``square root`` for its options
    """
    if rule == "reciprocal of a number":
        return degree.reciprocal(of[0], number=True)[:4]
    if rule == "square root":
        return degree.root(of[0], Fraction(1, 2))[:4]
    found: Degree = getattr(degree, rule)(*of)
    return found[:4]


def in_use(rule: str, of: tuple[Degree, ...], value: tuple[int, int, int, int]) -> Computed:
    """What the function in use gives."""
    return Computed("lemmas.ring_degree:bound_of", (rule, *of), value)


LEMMA = Lemma(
    name="ring_degree",
    title="Degrees in the exponential ring",
    statement=(
        r"Let coefficient $r$ of $x$ be $N_r/(A B^r)$ with $\deg N_r \le t + rs$, $\deg A \le a$, $\deg B \le b$. Then "
        r"$1/x$ has $(a,\ t + s,\ t,\ t + b)$ for $(t, s, a, b)$, $E(x)$ has $(0,\ \max(t + b, s + a),\ 0,\ a + b)$, "
        r"$x^\alpha/x_0^\alpha$ has $(0,\ t + s,\ 0,\ t + b)$, $xx'$ has "
        r"$(t + t',\ \max(s + b', s' + b),\ a + a',\ b + b')$ and $x + x'$ the same with $\max(t + a', t' + a)$ first."
    ),
    steps=(
        closed(
            "products of coefficients j and m: what is missing of the common denominator is multiplied; u, v, c, d are "
            "t, s, a, b of the other element, and S is at least both of two",
            products(STEEPEST),
        ),
        closed(
            "as it is in use, (t, s, a, b) first with one, then with the other slope",
            All(
                (
                    in_use("multiply", (ONE, OTHER), (4, 3, 4, 1)),
                    in_use("multiply", (ONE, Degree(0, 2, 1, 3)), (1, 6, 5, 4)),
                )
            ),
        ),
        closed(
            "sums, each term over the product of both denominators: T and S are at least both of two",
            sums(TOP + BELOW_2, TOP_2 + BELOW),
        ),
        closed(
            "as it is in use",
            All(
                (
                    in_use("add", (ONE, OTHER), (7, 3, 4, 1)),
                    in_use("add", (ONE, Degree(0, 2, 5, 3)), (6, 6, 9, 4)),
                )
            ),
        ),
        closed("a sum of m + 1 elements of one bound, one more at a time", many(BELOW)),
        closed(
            "as it is in use, and of one A and one B, which a sum has once: the larger of both, and no more",
            All(
                (
                    Computed(RING + "total", (ONE, 3), Degree(9, 5, 12, 3)),
                    Computed(RING + "add", (LEFT, RIGHT), Degree(2, 4, 1, 2, 0, 7)),
                    Computed(RING + "total", (LEFT, 3), LEFT),
                )
            ),
        ),
        closed("the reciprocal, by its recursion", reciprocals(TOP + SLOPE)),
        closed("as it is in use", in_use("reciprocal", (ONE,), (4, 4, 1, 2))),
        closed(
            "of a number, which has no other coefficient, it is A/N₀",
            in_use("reciprocal of a number", (ONE,), (4, 0, 1, 0)),
        ),
        closed(
            "coefficients of an exponential: n y_n = Σ j t_(j − 1) y_(n − j) solves y' = (εt)' y, order by order",
            Computed("lemmas.ring_degree:exponential_gaps", (6,), (ZERO,) * 5),
        ),
        closed(
            "their degrees, by the recursion: S is at least t + b and s + a", exponentials(TOP + RATIO, SLOPE + BELOW)
        ),
        closed(
            "as it is in use",
            All(
                (
                    in_use("exponential", (ONE,), (0, 7, 0, 5)),
                    in_use("exponential", (Degree(3, 2, 0, 1),), (0, 4, 0, 1)),
                )
            ),
        ),
        closed(
            "coefficients of a power: n x_0 y_n = Σ (αj − n + j) x_j y_(n − j) solves x y' = α x' y",
            Computed("lemmas.ring_degree:power_gaps", (5,), (ZERO,) * 4),
        ),
        closed("their degrees, by the recursion", roots(TOP + SLOPE)),
        closed(
            "as it is in use; x₀^½ = (N₀ A)^½/A counts with half of its radicand's degree, rounded up",
            in_use("square root", (ONE,), (3, 4, 4, 2)),
        ),
    ),
    altered={
        "a product's slope without the denominators": products(SLOPE + SLOPE_2),
        "a sum without the other's denominator": sums(TOP, TOP_2),
        "a sum of many over one denominator": many(ZERO),
        "a reciprocal whose slope is that of x": reciprocals(SLOPE),
        "an exponential without the denominator": exponentials(TOP, SLOPE),
        "a power whose slope is that of x": roots(SLOPE),
        "a reciprocal of a number with a slope": in_use("reciprocal of a number", (ONE,), (4, 4, 1, 2)),
    },
)
