"""C2: at which number of hidden units the additive score becomes dearer than the bilinear one."""

from __future__ import annotations

from functools import lru_cache, partial

from sympy import Expr, Integer, Rational, Symbol, factor, oo

from attnproof.derivations.calculus.cost import count, memory, operations, parameters
from attnproof.derivations.claims.c1 import score
from attnproof.derivations.language.notation import D_A, D_K, D_Q, N_K, N_Q, D
from attnproof.derivations.language.notation import size as size_named
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.reasoning import nonnegative, tends_to, vanishes
from attnproof.derivations.typesetting.latex import expr_latex

N = size_named("n")

ADDITIVE = operations(score("additive"))
PROJECTED_QUERIES = operations(score("bilinear"), ("query", "weight"))
PROJECTED_KEYS = operations(score("bilinear"), ("weight", "key"))
PAIRS_FIRST = operations(score("bilinear"), ("query", "key"))

#: what is compared: (additive, bilinear), the bilinear score with projected queries
PARAMETERS = parameters(score("additive")), parameters(score("bilinear"))
WORK = count(ADDITIVE, "multiply_add"), count(PROJECTED_QUERIES, "multiply_add")
MEMORY = memory(ADDITIVE), memory(PROJECTED_QUERIES)

#: the break-even values of d_a
FOR_PARAMETERS = D_Q * D_K / (D_Q + D_K + 1)
FOR_WORK = N_Q * D_K * (D_Q + N_K) / (N_Q * D_Q + N_K * D_K + N_Q * N_K)
FOR_MEMORY = N_Q * D_K / (N_Q + N_K + N_Q * N_K)


def break_even(costs: tuple[Expr, Expr], value: Expr) -> bool:
    """The first cost less the second is ``c (d_a − value)``, c > 0 and neither with d_a in it: that has its sign."""
    difference = costs[0] - costs[1]
    slope = difference.expand().coeff(D_A)
    if slope.has(D_A) or value.has(D_A) or not slope.is_positive:
        return False
    return vanishes(difference - slope * (D_A - value))


def counts(found: tuple[Expr, Expr], additive: Expr, bilinear: Expr) -> bool:
    """Two counted costs are the two formulas."""
    return vanishes(found[0] - additive) and vanishes(found[1] - bilinear)


def functions(expected: Expr) -> bool:
    """Besides multiply-adds the additive score takes ``expected`` tanh and as many additions, the bilinear nothing."""
    own = vanishes(count(ADDITIVE, "tanh") - expected) and vanishes(count(ADDITIVE, "addition") - expected)
    return own and count(PROJECTED_QUERIES, "tanh", "exp", "reciprocal", "addition") == 0


def mirrored(found: Expr, other: Expr) -> bool:
    """``other`` is ``found`` with query and key exchanged."""
    swapped = found.subs({N_Q: N_K, N_K: N_Q, D_Q: D_K, D_K: D_Q}, simultaneous=True)
    return vanishes(swapped - other)


def never_cheaper(expensive: Expr, other: Expr) -> bool:
    """``expensive − other >= 0`` for all sizes, each of them 1 + x with x >= 0: no coefficient is negative."""
    shifted = {size: 1 + Symbol(f"x_{size}", nonnegative=True) for size in (N_Q, N_K, D_Q, D_K, D_A)}
    return nonnegative((expensive - other).subs(shifted).expand())


@lru_cache
def equal_sizes(expr: Expr) -> Expr:
    """As many queries as keys, n, all vectors of one width d."""
    return factor(expr.subs({N_Q: N, N_K: N, D_Q: D, D_K: D}))


def between(expr: Expr, lower: Expr, upper: Expr) -> bool:
    """``lower < expr < upper`` for equal sizes, as rational functions of positive d and n."""
    value = equal_sizes(expr)
    return bool(factor(value - lower).is_positive) and bool(factor(upper - value).is_positive)


def is_simply(expr: Expr, expected: Expr) -> bool:
    """For equal sizes ``expr`` is ``expected``."""
    return vanishes(equal_sizes(expr) - expected)


def unbounded(expr: Expr) -> bool:
    """For equal sizes the break-even grows without bound in d, n fixed: value/d tends to a positive constant."""
    return bool((equal_sizes(expr) / D).limit(D, oo).is_positive)


def long_sequences(expr: Expr, value: Expr) -> bool:
    """For equal sizes and n → ∞ the break-even tends to ``value``."""
    return tends_to(equal_sizes(expr), N, value)


def table(width: int, length: int, expected: tuple[Rational, Rational, Rational]) -> bool:
    """The three break-evens at d = ``width`` and n = ``length``."""
    at = {D: width, N: length}
    return tuple(equal_sizes(e).subs(at) for e in (FOR_PARAMETERS, FOR_WORK, FOR_MEMORY)) == expected


def counts_at(which: int, width: int, length: int, units: int) -> tuple[Expr, ...]:
    """Parameters, multiply-adds and memory of the additive (0) or bilinear (1) score at equal sizes d, n and d_a."""
    at = {N_Q: length, N_K: length, D_Q: width, D_K: width, D_A: units}
    return tuple(costs[which].subs(at) for costs in (PARAMETERS, WORK, MEMORY))


def three_counts(which: int, width: int, length: int, units: int) -> str:
    """The same for the reader."""
    return r",\quad ".join(f"{int(cost):,}".replace(",", r"\,") for cost in counts_at(which, width, length, units))


def additive_is_cheaper(width: int, length: int, units: int) -> bool:
    """The additive score has the smaller of all three counts at these equal sizes."""
    costs = zip(counts_at(0, width, length, units), counts_at(1, width, length, units), strict=True)
    return all(bool(additive < bilinear) for additive, bilinear in costs)


#: (d, n): the break-even for parameters, multiply-adds, memory
TABLE = {
    (64, 64): (Rational(4096, 129), Rational(128, 3), Rational(32, 33)),
    (64, 1024): (Rational(4096, 129), Rational(544, 9), Rational(32, 513)),
    (512, 64): (Rational(262144, 1025), Rational(4608, 17), Rational(256, 33)),
    (512, 1024): (Rational(262144, 1025), Rational(384), Rational(256, 513)),
}

CLAIM = Claim(
    id="C2",
    title="Which score is the cheaper one",
    usual="For large d_s, d_h multiplicative attention is the cheaper one.",
    headline=(
        "The other way round for fixed `d_a` and fixed lengths: exact break-evens for parameters, multiply-adds and "
        "memory; additive needs `n_q n_k d_a` tanh on top."
    ),
    statement=(
        r"It depends on $d_a$. The additive score has fewer parameters than the bilinear one exactly for $d_a < d_q "
        r"d_k/(d_q + d_k + 1)$, needs fewer multiply-adds exactly for $d_a < n_q d_k (d_q + n_k)/(n_q d_q + n_k d_k + "
        r"n_q n_k)$ and less memory exactly for $d_a < n_q d_k/(n_q + n_k + n_q n_k)$, against the bilinear score that "
        r"projects the queries (exchange query and key for the one that projects the keys; contracting query and key "
        r"first is never cheaper). The additive score needs in addition $n_q n_k d_a$ evaluations of tanh and as many "
        r"additions. With $d_q = d_k = d$ and $n_q = n_k = n$: for fixed $d_a$ and $n$ the additive score is the "
        r"cheaper one in all three counts once $d$ is large enough; for $d_a \ge d$ it is the dearer one in all three "
        r"at every size. For parameters the break-even lies below $d/2$, for multiply-adds between $d/2$ and $d$ "
        r"(towards $d$ for long sequences), for memory it is $d/(n + 2)$. At $d = 512$, $n = 64$ the three are about "
        r"255.8, 271.1 and 7.8; at $n = 1024$ 255.8, 384 and 0.5."
    ),
    assumptions={
        "Score alone, no hidden bias; every projection is computed once for each query or key; dense real "
        "arrays.": "convention",
        "Product and addition are one multiply-add; tanh and additions of broadcast sums count apart.": "convention",
        "Memory: intermediate results and scores, in elements; elementwise functions work in place.": "convention",
    },
    steps=(
        Step(
            "parameters of the additive and of the bilinear score",
            r"\text{additive},\ \text{bilinear} => d_a(d_q + d_k + 1),\ d_q d_k",
            partial(counts, PARAMETERS, D_A * (D_Q + D_K + 1), D_Q * D_K),
        ),
        Step(
            "multiply-adds, counted over the equations; the bilinear score projects the queries",
            r"\text{additive},\ \text{bilinear} => d_a(n_q d_q + n_k d_k + n_q n_k),\ n_q d_k(d_q + n_k)",
            partial(counts, WORK, D_A * (N_Q * D_Q + N_K * D_K + N_Q * N_K), N_Q * D_K * (D_Q + N_K)),
        ),
        Step(
            "elements held, counted over the equations",
            r"\text{additive},\ \text{bilinear} => d_a(n_q + n_k + n_q n_k) + n_q n_k,\ n_q d_k + n_q n_k",
            partial(counts, MEMORY, D_A * (N_Q + N_K + N_Q * N_K) + N_Q * N_K, N_Q * D_K + N_Q * N_K),
        ),
        Step(
            "evaluations of tanh, and as many additions",
            r"\text{additive} => n_q n_k d_a",
            partial(functions, N_Q * N_K * D_A),
        ),
        *(
            Step(
                f"break-even for {what}: the difference is a positive multiple of the distance of d_a from it",
                rf"\text{{additive}} - \text{{bilinear}} => c\,\left(d_a - {expr_latex(value)}\right),\ c > 0",
                partial(break_even, costs, value),
            )
            for what, costs, value in (
                ("parameters", PARAMETERS, FOR_PARAMETERS),
                ("multiply-adds", WORK, FOR_WORK),
                ("memory", MEMORY, FOR_MEMORY),
            )
        ),
        Step(
            "projecting the keys instead: the same multiply-adds with query and key exchanged",
            "n_q d_k(d_q + n_k) => n_k d_q(d_k + n_q)",
            partial(mirrored, WORK[1], count(PROJECTED_KEYS, "multiply_add")),
        ),
        Step(
            "projecting the keys instead: the same memory with query and key exchanged",
            "n_q d_k + n_q n_k => n_k d_q + n_q n_k",
            partial(mirrored, MEMORY[1], memory(PROJECTED_KEYS)),
        ),
        Step(
            "contracting query and key first: never fewer multiply-adds",
            r"2 n_q n_k d_q d_k - n_q d_k(d_q + n_k) => \ge 0",
            partial(never_cheaper, count(PAIRS_FIRST, "multiply_add"), WORK[1]),
        ),
        Step(
            "contracting query and key first: never less memory",
            r"n_q n_k d_q d_k - n_q d_k => \ge 0",
            partial(never_cheaper, memory(PAIRS_FIRST), MEMORY[1]),
        ),
        *(
            Step(
                f"equal sizes, n fixed: the break-even for {what} grows in proportion to d",
                r"\lim_{d\to\infty} d_a^*/d => > 0",
                partial(unbounded, value),
                refutes=True,
            )
            for what, value in (("parameters", FOR_PARAMETERS), ("multiply-adds", FOR_WORK), ("memory", FOR_MEMORY))
        ),
        Step(
            "the usual statement the wrong way round: d = 4096, n = 16, d_a = 32, the additive score is cheaper",
            f"{three_counts(0, 4096, 16, 32)} => {'< ' + three_counts(1, 4096, 16, 32)}",
            partial(additive_is_cheaper, 4096, 16, 32),
            refutes=True,
        ),
        Step(
            "equal sizes: parameters",
            rf"{expr_latex(equal_sizes(FOR_PARAMETERS))} => \in (0, d/2)",
            partial(between, FOR_PARAMETERS, Integer(0), D / 2),
        ),
        Step(
            "equal sizes: multiply-adds",
            rf"{expr_latex(equal_sizes(FOR_WORK))} => \in (d/2, d)",
            partial(between, FOR_WORK, D / 2, D),
        ),
        Step(
            "equal sizes: multiply-adds for long sequences",
            f"{expr_latex(equal_sizes(FOR_WORK))} => d",
            partial(long_sequences, FOR_WORK, D),
        ),
        Step(
            "equal sizes: memory",
            rf"{expr_latex(equal_sizes(FOR_MEMORY))} => \frac{{d}}{{n + 2}}",
            partial(is_simply, FOR_MEMORY, D / (N + 2)),
        ),
        Step(
            "equal sizes: memory, below d",
            r"\frac{d}{n + 2} => \in (0, d)",
            partial(between, FOR_MEMORY, Integer(0), D),
        ),
        *(
            Step(
                f"the three break-evens at d = {width}, n = {length}",
                "d_a^* => " + r",\ ".join(f"{float(value):.4g}" for value in expected),
                partial(table, width, length, expected),
            )
            for (width, length), expected in TABLE.items()
        ),
    ),
    altered={
        "a break-even for parameters without v": partial(break_even, PARAMETERS, D_Q * D_K / (D_Q + D_K)),
        "the additive score cheaper at d = 4096, n = 16 with d units": partial(additive_is_cheaper, 4096, 16, 4096),
        "contracting query and key first is cheaper": partial(
            never_cheaper, WORK[1], count(PAIRS_FIRST, "multiply_add")
        ),
        "the break-even for multiply-adds below d/2": partial(between, FOR_WORK, Integer(0), D / 2),
    },
    scores=("bilinear", "additive"),
    counterexample=(
        "import numpy as np\n"
        "d_a, n = 32, 16                                      # fixed, while the width d grows\n"
        "for d in (64, 512, 4096):\n"
        "    additive = d_a * (2 * d + 1), d_a * n * (2 * d + n), d_a * n * (n + 2)\n"
        "    bilinear = d * d, n * d * (d + n), n * d\n"
        "    print(d, np.divide(additive, bilinear).round(2))  # parameters, multiply-adds, memory: below 1 additive "
        "is cheaper"
    ),
)
