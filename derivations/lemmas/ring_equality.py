"""What equality in the exponential ring F_p[ε]/ε^k proves, how sure it is, and how many coefficients are enough.

A program's numbers are rational functions of its inputs and of exponentials. In the ring exp(t) is E(t) = exp(εt), cut
off at ε^k, and inputs are random residues mod p. Three things could make different programs equal there: that E obeys a
law that exp does not (it obeys the one law that exp has), that the first coefficient in which they differ lies beyond
ε^(k − 1), and that it vanishes at the numbers drawn.
"""

from __future__ import annotations

from itertools import combinations_with_replacement, product
from typing import Final, Literal

from sympy import Expr, Integer, Symbol, diff, exp, expand, factorial, symbols, tanh

from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import (
    All,
    Cases,
    Cited,
    Computed,
    Differentiated,
    Field,
    Induction,
    Solver,
    Tends,
)
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.rules.orders import PREVIOUS
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import Both, le, lt, ne
from attnproof.derivations.ring.primes import PRIMES
from attnproof.derivations.ring.sureness import ROW_FACTOR, enough_coefficients

X, Y, E, T = symbols("x y epsilon t", real=True)
G, H, P, U, V, S = symbols("g h P u v S", real=True)  # v: the slope of u
M = Symbol("m", integer=True, positive=True)
R = Symbol("r", integer=True, nonnegative=True)
PRIME = Symbol("p", positive=True)
DEGREE, IN_LAST = symbols("D e", nonnegative=True)
OTHER_PRIME, WIDTH, WITH_ROOT, NULL = symbols("q d s z", integer=True, positive=True)
ROWS, OFF = symbols("w v", nonnegative=True)  # p^(d − 1), and how far the solutions of |x|² = c are from it at most
LEAST, SECOND = sorted(PRIMES)[:2]
KEYS: Final = 8
HERE = "lemmas.ring_equality:"
TERM, WHOLE = P * exp(H * E), exp(E * X) * exp(E * Y)

Direction = Literal["forward", "backward"]


def exponents(keys: int, degree: int) -> tuple[int, ...]:
    """How many sums of ``degree`` of n exponents there are, counted, for n = 1 … ``keys``."""
    return tuple(len(list(combinations_with_replacement(range(n), degree))) for n in range(1, keys + 1))


def in_use(keys: int, direction: Direction) -> tuple[int, ...]:
    """``enough_coefficients`` for n = 1 … ``keys``."""
    return tuple(enough_coefficients(n, direction) for n in range(1, keys + 1))


def degrees_in_exponentials(order: int) -> tuple[int, ...]:
    """The softmax average of three values, differentiated ``order`` times by scores: the degrees in the exponentials of
    what is a polynomial in them over ``Z^(order + 1)``. Raises ValueError where it is none.
    """
    scores, values = symbols("s:3", real=True), symbols("v:3", real=True)
    shares = symbols("w:3", positive=True)
    mass = sum(exp(s) for s in scores)
    found = sum(exp(s) * v for s, v in zip(scores, values, strict=True)) / mass
    for s in scores[:order]:
        found = diff(found, s)
    put = {exp(s): w for s, w in zip(scores, shares, strict=True)}
    numerator = expand((found * mass ** (order + 1)).subs(put).cancel())
    if not numerator.is_polynomial(*shares):
        raise ValueError(f"{numerator} is no polynomial in the exponentials")
    return tuple(sorted({sum(powers) for powers in numerator.as_poly(*shares).monoms()}))


def most_zeros(p: int, degree: int) -> int:
    """The most zeros that a polynomial in two variables mod p of this degree, not 0, has: all of them tried."""
    monomials = [(a, b) for a in range(degree + 1) for b in range(degree + 1 - a)]
    points = [[int(pow(x, a) * pow(y, b)) % p for a, b in monomials] for x in range(p) for y in range(p)]
    return max(
        sum(1 for at in points if sum(c * v for c, v in zip(coefficients, at, strict=True)) % p == 0)
        for coefficients in product(range(p), repeat=len(monomials))
        if any(coefficients)
    )


def distinct_primes() -> tuple[int, ...]:
    """How many different primes the ring has, and the two least."""
    first, second, *_ = sorted(set(PRIMES))
    return len(set(PRIMES)), first, second


def rows_counted(p: int, width: int) -> tuple[int, ...]:
    """Rows of so many numbers mod p whose squared norm is a square, not 0, and those whose squared norm is 0."""
    squares = {x * x % p for x in range(1, p)}
    norms = [sum(x * x for x in row) % p for row in product(range(p), repeat=width)]
    return sum(n in squares for n in norms), norms.count(0)


def law(rate: Expr) -> All:
    """``E(x) E(y)`` as a function of ε has the slope ``rate`` times itself and is 1 at 0; so coefficient r is this."""
    return All(
        (
            Differentiated(WHOLE, E, rate * WHOLE),
            Tends(WHOLE, E, ZERO, Integer(1)),
            Induction(rate**R / factorial(R), R, Integer(1), rate / (R + 1) * PREVIOUS),
        )
    )


def one_fewer(factor: Expr) -> All:
    """``(d/dε − g)`` multiplies ``P exp(hε)`` by ``factor``, which is 0 exactly for h = g."""
    return All((Differentiated(TERM, E, H * TERM), Field(H * TERM - G * TERM, factor * TERM)))


def order_drops(power: Expr) -> All:
    """``(d/dε − g) ε^m u``, v the slope of u, is ``ε^power`` times what has no pole at 0."""
    left = M * E ** (M - 1) * U + E**M * V - G * E**M * U
    return All((Differentiated(E**M, E, M * E ** (M - 1)), Field(left, E**power * (M * U + E * V - E * G * U))))


def counted(degree: int, direction: Direction, counts: tuple[int, ...]) -> All:
    """The numbers in use are the counts, up to eight keys."""
    return All(
        (Computed(HERE + "exponents", (KEYS, degree), counts), Computed(HERE + "in_use", (KEYS, direction), counts))
    )


def split(last: Expr) -> Field:
    """A polynomial of degree D, of degree e in its last variable: the coefficient of its e-th power vanishes with
    probability at most (D − e)/p, by induction, and else the last variable is one of at most ``last`` roots of p.
    """
    return Field((DEGREE - IN_LAST) / PRIME + last / PRIME, DEGREE / PRIME)


def both_draws(bits: int) -> Cases:
    """The product of the two least primes is at least ``2^bits``."""
    values = ((M, (Integer(bits),)), (PRIME, (Integer(LEAST),)), (OTHER_PRIME, (Integer(SECOND),)))
    return Cases(le(2**M, PRIME * OTHER_PRIME), values)


def parametrised(norm: Expr) -> All:
    """With S the other squares: ``norm² = x_1² + S``, both of degree 2 over one factor 2u, which is norm − x_1."""
    first, given = (S - U**2) / (2 * U), (ne(U, ZERO),)
    return All((Field(norm**2, first**2 + S, given), Field(norm - first, U, given), Field(norm + first, S / U, given)))


def quadric(p: int, width: int, with_root: int, null: int) -> All:
    """The counts that ``rows`` uses, at a small prime that is 3 mod 4."""
    values = zip((PRIME, WIDTH, WITH_ROOT, NULL), (p, width, with_root, null), strict=True)
    says = Both((le(PRIME ** (WIDTH - 1) * (PRIME - 3), 2 * WITH_ROOT), le(NULL, 2 * PRIME ** (WIDTH - 1))))
    return All(
        (
            Computed(HERE + "rows_counted", (p, width), (with_root, null)),
            Cases(says, tuple((name, (Integer(value),)) for name, value in values)),
        )
    )


def norms(lost: int) -> Solver:
    """Rows with a root are at least ``(p − lost)/2 · p^(d − 1)``, those of norm 0 at most ``2 p^(d − 1)``."""
    with_root, null = (PRIME - 1) / 2 * (ROWS - OFF), ROWS + (PRIME - 1) * OFF
    says = Both((le(ROWS * (PRIME - lost) / 2, with_root), le(null, 2 * ROWS)))
    return Solver(says, (le(OFF, ROWS / PRIME), lt(Integer(1), PRIME)))


def rows(factor: int) -> Solver:
    """Zeros on the quadric ``y² = |x|²`` in d + 1 variables, a polynomial of degree D >= 1 there, by p^(d − 1):
    2D where u ≠ 0, 2 where u = 0. The rows with a root are at least (p − 3)/2 by it. The quotient is at most
    ``factor · D/p`` at every prime of the ring.
    """
    quotient = 2 * (2 * DEGREE + 2) / (PRIME - 3)
    return Solver(le(quotient, factor * DEGREE / PRIME), (le(Integer(1), DEGREE), le(Integer(LEAST), PRIME)))


LEMMA = Lemma(
    name="ring_equality",
    title="Equality in the exponential ring",
    statement=(
        r"Let two programs differ at order $r < k$ in $\varepsilon$, over $\mathbb F_p$ for both primes, by a "
        r"numerator of degree at most $D$. They come out equal with probability at most $(D/p)(D/q)$, and at most "
        r"$81 (D/p)(D/q)$ where norms of rows have roots. Without nested exponentials they differ at such an order if "
        r"they differ at all and $k \ge n(n + 1)/2$ for values over $n$ keys, $k \ge \binom{n + 3}{4}$ for gradients: "
        r"$k = 16$ is enough for $n \le 3$."
    ),
    assumptions={
        "Inputs are uniform residues and independent, in both draws; ln 2 and π are squares of such.": "distribution",
        "The difference, if it is not 0, is not 0 mod either of the two primes, drawn from 83.": "domain",
        "Values are quotients of sums of the keys' exponentials, gradients of sums of products of two, as in every "
        "softmax, shifted or streamed; one row of queries.": "domain",
        "Exponentials of exponentials (the additive score, a soft-cap) have no such number of coefficients.": "domain",
        "Roots are of constants or of squared norms of rows of at least two inputs, drawn again until they have one.": (
            "domain"
        ),
        "No functions that are not interpreted (erf).": "domain",
        "Choices by value (maximum, mask, relu) are those of one run.": "convention",
        "A constant is the simple number that it is within two units in its last place of, and one of 10⁴ or more that "
        "hides a key is infinity.": "convention",
    },
    steps=(
        closed(
            "the law of the exponential: E(x) E(y), slope and start, and so coefficient r, which is that of E(x + y); "
            "1/r! exists for r < k <= p",
            law(X + Y),
        ),
        closed("tanh is a ratio of exponentials; so are its like", Field(tanh(T), (exp(2 * T) - 1) / (exp(2 * T) + 1))),
        closed(
            "of N different exponentials P exp(hε), one, h = g, is removed by d/dε − g; the others keep a coefficient "
            "that is not 0",
            one_fewer(H - G),
        ),
        closed(
            "which lowers the order in ε by one at most: (d/dε − g) ε^m u, v the slope of u; by induction from P₁ ≠ 0 "
            "the order is at most N − 1",
            order_drops(M - 1),
        ),
        closed(
            "a value has degree 1 in the exponentials, over their sum",
            Computed(HERE + "degrees_in_exponentials", (0,), (1,)),
        ),
        closed("a gradient degree 2, over its square", Computed(HERE + "degrees_in_exponentials", (1,), (2,))),
        closed(
            "so the difference of two values, denominators cleared, has the sums of two exponents: n(n + 1)/2",
            counted(2, "forward", (1, 3, 6, 10, 15, 21, 28, 36)),
        ),
        closed(
            "of two gradients, the sums of four: C(n + 3, 4); for three keys 15, which is below 16",
            counted(4, "backward", (1, 5, 15, 35, 70, 126, 210, 330)),
        ),
        closed(
            "a polynomial in one variable",
            Cited(
                r"f \ne 0 \text{ over a field},\ \deg f = e",
                r"f \text{ has at most } e \text{ roots}",
                "number of roots of a polynomial over a field: Lang 2002, Algebra",
            ),
        ),
        closed("so zeros of a polynomial, one variable after the other (Schwartz, Zippel)", split(IN_LAST)),
        closed(
            "tried on every polynomial of degree 2 in two variables mod 3: at most 2 · 3",
            Computed(HERE + "most_zeros", (3, 2), 6),
        ),
        closed(
            "the degree of a coefficient follows the operations; both primes, the least two of 83",
            Computed(HERE + "distinct_primes", (), (83, LEAST, SECOND)),
            uses=("ring_degree",),
        ),
        closed("so D/p · D/q is at most D² 2^(−60)", both_draws(60)),
        closed(
            "rows whose norm has a root, by parameters u and the other features: x_1 = (S − u²)/(2u), with the norm y",
            parametrised((S + U**2) / (2 * U)),
        ),
        closed(
            "how many rows of d ≥ 2 numbers have the squared norm c",
            Cited(
                r"c \in \mathbb{F}_p,\ p \text{ odd},\ d \ge 2",
                r"\left|\#\{|x|^2 = c\} - p^{d-1}\right| \le p^{d-2} \text{ for } c \ne 0,\quad "
                r"\left|\#\{|x|^2 = 0\} - p^{d-1}\right| \le (p - 1) p^{d-2}",
                "numbers of solutions of quadratic equations: Lidl, Niederreiter 1997, Finite Fields",
            ),
        ),
        closed(
            "so how many have one of the (p − 1)/2 squares, and how many 0: w = p^(d − 1) is off by v ≤ w/p",
            norms(3),
        ),
        closed(
            "the same counted mod 7 and mod 11",
            All((quadric(7, 2, 24, 1), quadric(7, 3, 126, 49), quadric(11, 2, 60, 1), quadric(11, 3, 550, 121))),
        ),
        closed("the zeros among them, one row after the other, each with the degree in it", rows(ROW_FACTOR)),
    ),
    altered={
        "E(x) E(y) = E(xy)": law(X * Y),
        "E(t) in place of E(2t)": Field(tanh(T), (exp(T) - 1) / (exp(T) + 1)),
        "the other exponentials are kept as they are": one_fewer(Integer(1)),
        "the order in ε is kept": order_drops(M),
        "a gradient of degree 1": Computed(HERE + "degrees_in_exponentials", (1,), (1,)),
        "as many exponents as keys": Computed(HERE + "exponents", (3, 2), (1, 2, 3)),
        "gradients need no more than values": counted(2, "backward", (1, 3, 6, 10, 15, 21, 28, 36)),
        "one root more in the last variable": split(IN_LAST + 1),
        "one zero fewer": Computed(HERE + "most_zeros", (3, 2), 5),
        "primes above 2³¹": both_draws(62),
        "a norm of the other sign": parametrised(-(S + U**2) / (2 * U)),
        "half of all rows have a root": norms(0),
        "rows as sure as numbers": rows(1),
    },
    references=(
        "Schwartz 1980, Fast probabilistic algorithms for verification of polynomial identities",
        "Zippel 1979, Probabilistic algorithms for sparse polynomials",
    ),
)
