"""What equality in the exponential ring F_p[ε]/ε^k proves, how sure it is, and how many coefficients are enough.

A program's numbers are rational functions of its inputs and of exponentials. In the ring exp(t) is E(t) = exp(εt), cut
off at ε^k, and inputs are random residues mod p. Three things could make different programs equal there: that E obeys a
law that exp does not (it obeys the one law that exp has), that the first coefficient in which they differ lies beyond
ε^(k − 1), and that it vanishes at the numbers drawn.
"""

from __future__ import annotations

from functools import partial
from itertools import combinations_with_replacement, product
from math import comb
from typing import Literal

from sympy import Expr, Function, Integer, Rational, Symbol, diff, exp, expand, factorial, simplify, symbols, tanh

from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.reasoning import nonnegative, same, vanishes
from attnproof.derivations.ring.primes import PRIMES
from attnproof.derivations.ring.sureness import ROW_FACTOR, enough_coefficients

X, Y, E, T = symbols("x y epsilon t", real=True)
G, H, P = symbols("g h P", real=True)
M = Symbol("m", integer=True, positive=True)
DEGREE, IN_LAST = symbols("D e", nonnegative=True)
PRIME = Symbol("p", positive=True)
U, S = symbols("u S", real=True)
U_FUNCTION = Function("u")


def homomorphism(orders: int, right: Expr) -> bool:
    """Coefficient r of E(x) E(y), for r < ``orders``, is that of E at ``right``; both solve f' = (x + y) f with 1 at
    0.
    """
    coefficients = all(
        expand(
            sum(X**i * Y ** (r - i) / (factorial(i) * factorial(r - i)) for i in range(r + 1)) - right**r / factorial(r)
        )
        == 0
        for r in range(orders)
    )
    f = exp(E * X) * exp(E * Y)
    return coefficients and bool(expand(diff(f, E) - right * f) == 0) and f.subs(E, 0) == 1


def ratio(above: Expr, below: Expr) -> bool:
    """Tanh as a ratio, written in e = exp(2t)."""
    return vanishes(tanh(T) - above / below)


def one_fewer(factor: Expr) -> bool:
    """``(d/dε − g)`` multiplies ``P exp(hε)`` by ``factor``, which is 0 exactly for h = g."""
    term = P * exp(H * E)
    return bool(expand(diff(term, E) - G * term - factor * term) == 0) and bool(factor.subs(H, G) == 0)


def order_drops(power: Expr) -> bool:
    """``(d/dε − g) ε^m u`` is ``ε^power`` times what has no pole at 0."""
    u = U_FUNCTION(E)
    found = diff(E**M * u, E) - G * E**M * u
    regular = M * u + E * diff(u, E) - G * E * u
    return bool(simplify(expand((found - E**power * regular) / E**M)) == 0)


def exponents(keys: int, degree: int, expected: int) -> bool:
    """Sums of ``degree`` of so many exponents, counted, are ``expected``."""
    return len(list(combinations_with_replacement(range(keys), degree))) == expected


def counted(degree: int, direction: Literal["forward", "backward"]) -> bool:
    """The numbers in use are the counts, up to eight keys."""
    return all(exponents(n, degree, enough_coefficients(n, direction)) for n in range(1, 9))


def degree_in_exponentials(order: int, degree: int) -> bool:
    """The softmax average of three values, differentiated ``order`` times by scores: over Z^(order + 1) a polynomial of
    ``degree`` in the exponentials.
    """
    scores, values = symbols("s:3", real=True), symbols("v:3", real=True)
    shares = symbols("w:3", positive=True)
    mass = sum(exp(s) for s in scores)
    found = sum(exp(s) * v for s, v in zip(scores, values, strict=True)) / mass
    for s in scores[:order]:
        found = diff(found, s)
    put = {exp(s): w for s, w in zip(scores, shares, strict=True)}
    numerator = expand((found * mass ** (order + 1)).subs(put).cancel())
    return numerator.is_polynomial(*shares) and {sum(m) for m in numerator.as_poly(*shares).monoms()} == {degree}


def split(last: Expr) -> bool:
    """A polynomial of degree D, of degree e in its last variable: the coefficient of its e-th power vanishes with
    probability at most (D − e)/p, by induction, and else the last variable is one of at most ``last`` roots of p.
    """
    return nonnegative(expand(DEGREE / PRIME - ((DEGREE - IN_LAST) / PRIME + last / PRIME)))


def zeros(p: int, degree: int, most: int) -> bool:
    """Every polynomial in two variables mod p of this degree, not 0, has at most ``most`` zeros: all of them tried."""
    monomials = [(a, b) for a in range(degree + 1) for b in range(degree + 1 - a)]
    points = [[pow(x, a) * pow(y, b) % p for a, b in monomials] for x in range(p) for y in range(p)]
    return all(
        sum(sum(c * v for c, v in zip(coefficients, at, strict=True)) % p == 0 for at in points) <= most
        for coefficients in product(range(p), repeat=len(monomials))
        if any(coefficients)
    )


def both_draws(bits: int) -> bool:
    """Two of the ring's primes: D/p · D/q is at most ``D² 2^−bits``."""
    p, q, *_ = sorted(PRIMES)
    return p * q >= 2**bits and len(set(PRIMES)) == len(PRIMES)


def parametrised(first: Expr, norm: Expr) -> bool:
    """With S the other squares: ``norm² = first² + S``, both of degree 2 over one factor 2u."""
    return same(norm**2, first**2 + S) and same(norm - first, U) and same(norm + first, S / U)


def rows(factor: int) -> bool:
    """Zeros on the quadric ``y² = |x|²`` in d + 1 variables, a polynomial of degree D >= 1 there, by p^(d − 1):
    2D where u ≠ 0, 2 where u = 0. The rows with a root are at least (p − 3)/2 by it. The quotient is at most
    ``factor · D/p`` at every prime of the ring.
    """
    more, larger = symbols("n l", nonnegative=True)
    degree, prime = 1 + more, min(PRIMES) + larger
    return nonnegative(expand(factor * degree * (prime - 3) - 2 * (2 * degree + 2) * prime))


def quadric(p: int, width: int) -> bool:
    """The counts that ``rows`` uses, at a small prime that is 3 mod 4: rows whose squared norm is a square, not 0."""
    squares = {x * x % p for x in range(1, p)}
    norms = [sum(x * x for x in row) % p for row in product(range(p), repeat=width)]
    with_root, null = sum(n in squares for n in norms), norms.count(0)
    return bool(2 * with_root >= p ** (width - 1) * (p - 3) and null <= 2 * p ** (width - 1))


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
        Step(
            "the law of the exponential holds coefficient by coefficient; 1/r! exists for r < k <= p",
            r"E(x) E(y) => E(x + y)",
            partial(homomorphism, 16, X + Y),
        ),
        Step(
            "tanh is a ratio of exponentials; so are its like",
            r"\tanh t => \frac{E(2t) - 1}{E(2t) + 1}",
            partial(ratio, exp(2 * T) - 1, exp(2 * T) + 1),
        ),
        Step(
            "of N different exponentials, one is removed by a derivative; the others keep a coefficient that is not 0",
            r"\left(\tfrac{d}{d\varepsilon} - g_N\right) \textstyle\sum_{j \le N} P_j e^{\varepsilon g_j} => "
            r"\textstyle\sum_{j < N} (g_j - g_N) P_j e^{\varepsilon g_j}",
            partial(one_fewer, H - G),
        ),
        Step(
            "which lowers the order in ε by one at most: by induction from P₁ ≠ 0 the order is at most N − 1",
            r"\left(\tfrac{d}{d\varepsilon} - g\right) \varepsilon^m u => \varepsilon^{m - 1} (mu + \varepsilon u' - g "
            r"\varepsilon u)",
            partial(order_drops, M - 1),
        ),
        Step(
            "a value has degree 1 in the exponentials, over their sum",
            r"\textstyle\sum_j \alpha_j v_j => A_1 / Z",
            partial(degree_in_exponentials, 0, 1),
        ),
        Step(
            "a gradient degree 2, over its square",
            r"\partial_{s_i} \textstyle\sum_j \alpha_j v_j => A_2 / Z^2",
            partial(degree_in_exponentials, 1, 2),
        ),
        Step(
            "so the difference of two values, denominators cleared, has the sums of two exponents",
            r"A_1 Z' - A_1' Z => N = \tfrac{n(n + 1)}{2}",
            partial(counted, 2, "forward"),
        ),
        Step(
            "of two gradients, the sums of four",
            r"A_2 Z'^2 - A_2' Z^2 => N = \binom{n + 3}{4}",
            partial(counted, 4, "backward"),
        ),
        Step(
            "three keys",
            r"\tbinom{4}{2},\ \tbinom{6}{4} => 6,\ 15 \le 16",
            lambda: comb(4, 2) == 6 and comb(6, 4) == 15 and enough_coefficients(3, "backward") <= 16,
        ),
        Step(
            "zeros of a polynomial, one variable after the other (Schwartz, Zippel)",
            r"\tfrac{D - e}{p} + \tfrac{e}{p} => \tfrac{D}{p}",
            partial(split, IN_LAST),
        ),
        Step(
            "tried on every polynomial of degree 2 in two variables mod 3",
            r"\#\{f = 0\} => \le 2 \cdot 3",
            partial(zeros, 3, 2, 6),
        ),
        Step(
            "the degree of a coefficient follows the operations; two primes above 2³⁰",
            r"\tfrac{D}{p} \cdot \tfrac{D}{q} => \le 2^{-60} D^2",
            partial(both_draws, 60),
            uses=("ring_degree",),
        ),
        Step(
            "rows whose norm has a root, by parameters u and the other features",
            r"y^2 = x_1^2 + S => x_1 = \tfrac{S - u^2}{2u},\ y = \tfrac{S + u^2}{2u}",
            partial(parametrised, (S - U**2) / (2 * U), (S + U**2) / (2 * U)),
        ),
        Step(
            "how many rows have one, and how many have the norm 0, counted mod 7 and mod 11",
            r"\#\{|x|^2 = \square \ne 0\} => \ge \tfrac12 p^{d - 1} (p - 3)",
            lambda: quadric(7, 2) and quadric(7, 3) and quadric(11, 2) and quadric(11, 3),
        ),
        Step(
            "the zeros among them, one row after the other, each with the degree in it",
            r"\frac{(2D + 2) p^{d - 1}}{p^{d - 1} (p - 3)/2} => \le \tfrac{9D}{p}",
            partial(rows, ROW_FACTOR),
        ),
    ),
    altered={
        "E(x) E(y) = E(xy)": partial(homomorphism, 3, X * Y),
        "E(t) in place of E(2t)": partial(ratio, exp(T) - 1, exp(T) + 1),
        "the other exponentials are kept as they are": partial(one_fewer, Integer(1)),
        "the order in ε is kept": partial(order_drops, M),
        "a gradient of degree 1": partial(degree_in_exponentials, 1, 1),
        "as many exponents as keys": partial(exponents, 3, 2, 3),
        "gradients need no more than values": partial(counted, 2, "backward"),
        "one root more in the last variable": partial(split, IN_LAST + Rational(1)),
        "one zero fewer": partial(zeros, 3, 2, 5),
        "primes above 2³¹": partial(both_draws, 62),
        "a norm of the other sign": partial(parametrised, (S - U**2) / (2 * U), -(S + U**2) / (2 * U)),
        "rows as sure as numbers": partial(rows, 1),
    },
    references=(
        "Schwartz 1980, Fast probabilistic algorithms for verification of polynomial identities",
        "Zippel 1979, Probabilistic algorithms for sparse polynomials",
    ),
)
