"""How the degrees of ring elements in their random numbers grow: the rules of ``attnproof.derivations.ring.degree``.

Coefficient r of an element is ``N_r / (A B^r)`` with polynomials of degrees ``deg N_r <= top + r slope``,
``deg A <= below``, ``deg B <= ratio``. Every rule is shown for coefficient n = r of the result, by induction over n
where the result is defined by a recursion.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from itertools import product

from sympy import Expr, Symbol, diff, expand, symbols

from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.reasoning import nonnegative
from attnproof.derivations.ring import degree
from attnproof.derivations.ring.degree import Degree

TOP, SLOPE, BELOW, RATIO = symbols("t s a b", nonnegative=True)
TOP_2, SLOPE_2, BELOW_2, RATIO_2 = symbols("t' s' a' b'", nonnegative=True)
GAP, GAP_2 = symbols("g g'", nonnegative=True)  # what a maximum is above the first and above the second
INDEX, REST = symbols("j m", nonnegative=True, integer=True)
X, Y, E = symbols("x y epsilon")
SOME = [Degree(*row) for row in product((0, 1, 3), (0, 2), (0, 1, 4), (0, 1))]


def enough(claimed: Expr, needed: Expr) -> bool:
    """``needed <= claimed``."""
    return nonnegative(expand(claimed - needed))


def coded(rule: Callable[[Degree], Degree], formula: Callable[[Degree], tuple[int, int, int, int]]) -> bool:
    """The rule in use is the formula, at some thirty degrees."""
    return all(rule(one)[:4] == formula(one) for one in SOME)


def coded_for_two(
    rule: Callable[[Degree, Degree], Degree], formula: Callable[[Degree, Degree], tuple[int, int, int, int]]
) -> bool:
    """The rule for two elements in use gives no less than the formula where that can be less, else the formula."""
    return all(rule(one, other)[:4] == formula(one, other) for one in SOME for other in SOME)


def products(slope: Expr) -> bool:
    """``N_j M_m`` with j + m = r, over ``A A' (B B')^r``: what is missing of the denominator is B^m B'^j.

    ``slope`` is the larger of s + b' and s' + b: written as the first plus g, where it is the second plus g'.
    """
    needed = (TOP + INDEX * SLOPE) + (TOP_2 + REST * SLOPE_2) + REST * RATIO + INDEX * RATIO_2
    return enough(TOP + TOP_2 + INDEX * (SLOPE + RATIO_2 + GAP) + REST * (SLOPE_2 + RATIO + GAP_2), needed) and all(
        enough(slope, part) for part in (SLOPE + RATIO_2, SLOPE_2 + RATIO)
    )


def sums(top: Expr) -> bool:
    """``N_r A' B'^r + N'_r A B^r`` over ``A A' (B B')^r``: both terms, with one of the two maxima each."""
    first = TOP + INDEX * SLOPE + BELOW_2 + INDEX * RATIO_2
    return bool(expand(first - (top + INDEX * (SLOPE + RATIO_2))) == 0)


def many(top: Expr) -> bool:
    """N + 1 elements of one bound, after n of them: over A^(n + 1), the n + 1-st times A^n."""
    last = TOP + REST * BELOW
    return enough(top, last) and enough(top, top.subs(REST, REST - 1) + BELOW)


def shared(terms: int) -> bool:
    """As it is in use: sums of elements that share their denominators, whatever was done to all of them alike; others,
    whose numbers differ or are 0, do not.
    """
    some, other = (one._replace(shared=degree.fresh()) for one in (Degree(2, 3, 1, 2), Degree(1, 4, 1, 2)))
    alike = other._replace(shared=some.shared)
    exponential = degree.exponential(some)
    return (
        degree.add(some, alike) == some._replace(slope=4)
        and degree.total(some, terms) == some
        and degree.add(some, other)[2:4] == (2, 4)
        and degree.total(some._replace(shared=0), terms)[2:4] == (terms, 2 * terms)
        and degree.total(exponential, terms) == exponential == degree.exponential(some)
        and degree.reciprocal(exponential)[:4] == (0, exponential.slope, 0, exponential.ratio)
        and bool(degree.reciprocal(exponential).shared)
        and not degree.reciprocal(some).shared
    )


def reciprocals(top: Expr, slope: Expr) -> bool:
    """``y_n = -(1/x_0) Σ x_j y_{n−j}``, j = 1 … n: over ``N_0 (N_0 B)^n``, a term lacks ``N_0^(j − 1)``; y_0 = A/N_0.

    Here n = j + m, and j is at least 1.
    """
    j = INDEX + 1
    term = (TOP + j * SLOPE) + (top + REST * slope) + (j - 1) * TOP
    return enough(top + (j + REST) * slope, term) and enough(top, BELOW)


def exponentials(slope: Expr) -> bool:
    """``n y_n = Σ j t_{j−1} y_{n−j}``: over ``(A B)^n`` a term lacks ``A^(j − 1) B``; y_0 = 1 has degree 0.

    ``slope`` is at least t + b and at least s + a, n = j + m, j >= 1.
    """
    term = (TOP + INDEX * SLOPE) + REST * slope + INDEX * BELOW + RATIO
    least = (TOP + RATIO) + INDEX * (SLOPE + BELOW) + REST * slope
    return enough(least, term) and enough(slope, TOP + RATIO) and enough(slope, SLOPE + BELOW)


def exponential_recursion(order: int) -> bool:
    """The recursion: coefficients of ``y' = u' y``, u = εt, at a series t of general coefficients."""
    t = symbols(f"t:{order}")
    y = [symbols("y0")]
    for n in range(1, order):
        y.append(sum(j * t[j - 1] * y[n - j] for j in range(1, n + 1)) / n)
    series = sum(c * E**n for n, c in enumerate(y))
    slope = diff(E * sum(c * E**n for n, c in enumerate(t)), E)
    gap = expand(diff(series, E) - slope * series)
    return all(gap.coeff(E, n) == 0 for n in range(order - 1))


def roots(slope: Expr) -> bool:
    """``n x_0 y_n = Σ (αj − n + j) x_j y_{n−j}``: over ``y_0 (N_0 B)^n`` a term lacks ``N_0^(j − 1)``; n = j + m,
    j >= 1.
    """
    j = INDEX + 1
    return enough((j + REST) * slope, (TOP + j * SLOPE) + REST * slope + (j - 1) * TOP)


def root_recursion(order: int) -> bool:
    """The recursion: coefficients of ``x y' = α x' y``."""
    x, alpha = symbols(f"x:{order}"), Symbol("alpha")
    y = [symbols("y0")]
    for n in range(1, order):
        y.append(sum((alpha * j - n + j) * x[j] * y[n - j] for j in range(1, n + 1)) / (n * x[0]))
    series, base = (sum(c * E**n for n, c in enumerate(of)) for of in (y, x))
    gap = expand(base * diff(series, E) - alpha * diff(base, E) * series)
    return all(gap.coeff(E, n) == 0 for n in range(order - 1))


_HALF = Fraction(1, 2)

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
        Step(
            "products: what is missing of the common denominator is multiplied",
            r"\deg (N_j N'_m B^m B'^j) => \le t + t' + (j + m) \max(s + b', s' + b)",
            partial(products, SLOPE + RATIO_2 + SLOPE_2 + RATIO),
        ),
        Step(
            "as it is in use",
            r"xx' => (t + t',\ \max(s + b', s' + b),\ a + a',\ b + b')",
            lambda: coded_for_two(
                degree.multiply,
                lambda x, y: (
                    x.top + y.top,
                    max(x.slope + y.ratio, y.slope + x.ratio),
                    x.below + y.below,
                    x.ratio + y.ratio,
                ),
            ),
        ),
        Step(
            "sums, each term over the product of both denominators",
            r"\deg (N_r A' B'^r) => t + a' + r(s + b')",
            partial(sums, TOP + BELOW_2),
        ),
        Step(
            "as it is in use",
            r"x + x' => (\max(t + a', t' + a),\ \max(s + b', s' + b),\ a + a',\ b + b')",
            lambda: coded_for_two(
                degree.add,
                lambda x, y: (
                    max(x.top + y.below, y.top + x.below),
                    max(x.slope + y.ratio, y.slope + x.ratio),
                    x.below + y.below,
                    x.ratio + y.ratio,
                ),
            ),
        ),
        Step(
            "a sum of many of one bound, one more at a time",
            r"\deg (N_r A^m) => \le t + ma",
            partial(many, TOP + REST * BELOW),
        ),
        Step(
            "of one A and one B, a sum has them once; then the reciprocal of E is over B alone",
            r"N_r/(A B^r) + N'_r/(A B^r) => (\max(t, t'),\ \max(s, s'),\ a,\ b)",
            partial(shared, 3),
        ),
        Step(
            "the reciprocal, by its recursion",
            r"y_n = -\tfrac{1}{x_0} \textstyle\sum_j x_j y_{n-j} => (a,\ t + s,\ t,\ t + b)",
            partial(reciprocals, BELOW, TOP + SLOPE),
        ),
        Step(
            "as it is in use",
            r"1/x => (a,\ t + s,\ t,\ t + b)",
            lambda: coded(degree.reciprocal, lambda x: (x.below, x.top + x.slope, x.top, x.top + x.ratio)),
        ),
        Step(
            "of a number, which has no other coefficient, it is A/N₀",
            r"1/x_0 => (a,\ 0,\ t,\ 0)",
            lambda: coded(partial(degree.reciprocal, number=True), lambda x: (x.below, 0, x.top, 0)),
        ),
        Step(
            "coefficients of an exponential",
            r"y' = (\varepsilon t)' y => n y_n = \textstyle\sum_j j t_{j-1} y_{n-j}",
            partial(exponential_recursion, 6),
        ),
        Step(
            "their degrees, by the recursion",
            r"\deg (N_{j-1} M_{n-j} A^{j-1} B) => \le n \max(t + b, s + a)",
            partial(exponentials, TOP + RATIO + SLOPE + BELOW),
        ),
        Step(
            "as it is in use",
            r"E(x) => (0,\ \max(t + b, s + a),\ 0,\ a + b)",
            lambda: coded(
                degree.exponential, lambda x: (0, max(x.top + x.ratio, x.slope + x.below), 0, x.below + x.ratio)
            ),
        ),
        Step(
            "coefficients of a power",
            r"x y' = \alpha x' y => n x_0 y_n = \textstyle\sum_j (\alpha j - n + j) x_j y_{n-j}",
            partial(root_recursion, 5),
        ),
        Step(
            "their degrees, by the recursion",
            r"\deg (N_j M_{n-j} N_0^{j-1}) => \le n (t + s)",
            partial(roots, TOP + SLOPE),
        ),
        Step(
            "as it is in use; x₀^½ = (N₀ A)^½/A counts with half of its radicand's degree",
            r"x^{1/2} => (\lceil (t + a)/2 \rceil,\ t + s,\ a,\ t + b)",
            lambda: coded(
                lambda x: degree.root(x, _HALF),
                lambda x: (-(-(x.top + x.below) // 2), x.top + x.slope, x.below, x.top + x.ratio),
            ),
        ),
    ),
    altered={
        "a product's slope without the denominators": partial(products, SLOPE + SLOPE_2),
        "a sum without the other's denominator": partial(sums, TOP),
        "a sum of many over one denominator": partial(many, TOP),
        "a reciprocal whose slope is that of x": partial(reciprocals, BELOW, SLOPE),
        "an exponential without the denominator": partial(exponentials, TOP + SLOPE),
        "a power whose slope is that of x": partial(roots, SLOPE),
    },
)
