"""C2: at which number of hidden units the additive score becomes dearer than the bilinear one."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Integer, Rational, oo

from attnproof.derivations.language.notation import D_A, D_K, D_Q, N_K, N_Q, D
from attnproof.derivations.language.notation import size as size_named
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.rules import All, Cases, Computed, Field, Sign, Solver, Tends
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import Both, eq, le, lt

N = size_named("n")
ONE = Integer(1)

#: what is compared: (additive, bilinear), the bilinear score with projected queries
PARAMETERS = D_A * (D_Q + D_K + 1), D_Q * D_K
WORK = D_A * (N_Q * D_Q + N_K * D_K + N_Q * N_K), N_Q * D_K * (D_Q + N_K)
MEMORY = D_A * (N_Q + N_K + N_Q * N_K) + N_Q * N_K, N_Q * D_K + N_Q * N_K
TANH = N_Q * N_K * D_A
PAIRS_FIRST = 2 * N_Q * N_K * D_Q * D_K, N_Q * N_K * D_Q * D_K + N_Q * N_K  # multiply-adds, memory

#: the break-even values of d_a
FOR_PARAMETERS = D_Q * D_K / (D_Q + D_K + 1)
FOR_WORK = N_Q * D_K * (D_Q + N_K) / (N_Q * D_Q + N_K * D_K + N_Q * N_K)
FOR_MEMORY = N_Q * D_K / (N_Q + N_K + N_Q * N_K)


def _operations(value: Expr, name: str, kind: str, *order: str) -> Computed:
    return Computed("claims.checks.costs:operations_of", (name, kind, *order), value)


def _held(value: Expr, name: str, *order: str) -> Computed:
    return Computed("claims.checks.costs:elements_held_by", (name, *order), value)


def _break_even(costs: tuple[Expr, Expr], value: Expr) -> All:
    """The additive cost less the other one is a positive multiple, without d_a in it, of ``d_a − value``."""
    slope = costs[0].expand().coeff(D_A)
    return All((Sign(Integer(0), "<", slope), Field(costs[0] - costs[1], slope * (D_A - value))))


def equal_sizes(expr: Expr) -> Expr:
    """As many queries as keys, n, all vectors of one width d."""
    return expr.subs({N_Q: N, N_K: N, D_Q: D, D_K: D}, simultaneous=True)


def _between(expr: Expr, lower: Expr, upper: Expr) -> All:
    value = equal_sizes(expr)
    return All((Sign(lower, "<", value), Sign(value, "<", upper)))


def _at(width: int, length: int, units: int) -> Cases:
    """The additive score has the smaller of all three counts at these equal sizes."""
    costs = [tuple(map(equal_sizes, pair)) for pair in (PARAMETERS, WORK, MEMORY)]
    sizes = ((D, (Integer(width),)), (N, (Integer(length),)), (D_A, (Integer(units),)))
    return Cases(Both(tuple(lt(additive, bilinear) for additive, bilinear in costs)), sizes)


def _table(width: int, length: int, expected: tuple[Rational, Rational, Rational]) -> Step:
    values = zip(map(equal_sizes, (FOR_PARAMETERS, FOR_WORK, FOR_MEMORY)), expected, strict=True)
    return closed(
        f"the three break-evens at d = {width}, n = {length}: about "
        + ", ".join(f"{float(value):.4g}" for value in expected),
        Cases(
            Both(tuple(eq(break_even, value) for break_even, value in values)),
            ((D, (Integer(width),)), (N, (Integer(length),))),
        ),
    )


#: (d, n): the break-even for parameters, multiply-adds, memory
TABLE = {
    (64, 64): (Rational(4096, 129), Rational(128, 3), Rational(32, 33)),
    (64, 1024): (Rational(4096, 129), Rational(544, 9), Rational(32, 513)),
    (512, 64): (Rational(262144, 1025), Rational(4608, 17), Rational(256, 33)),
    (512, 1024): (Rational(262144, 1025), Rational(384), Rational(256, 513)),
}
NEVER_CHEAPER = Solver(
    Both((le(WORK[1], PAIRS_FIRST[0]), le(MEMORY[1], PAIRS_FIRST[1]))),
    tuple(le(ONE, size) for size in (N_Q, N_K, D_Q, D_K)),
)

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
        closed(
            "parameters of the additive and of the bilinear score",
            All(
                tuple(
                    Computed("claims.checks.costs:parameters_of", (name,), value)
                    for name, value in zip(("additive", "bilinear"), PARAMETERS, strict=True)
                )
            ),
        ),
        closed(
            "multiply-adds, counted over the equations; the bilinear score projects the queries",
            All(
                (
                    _operations(WORK[0], "additive", "multiply_add"),
                    _operations(WORK[1], "bilinear", "multiply_add", "query", "weight"),
                )
            ),
        ),
        closed(
            "elements held, counted over the equations",
            All((_held(MEMORY[0], "additive"), _held(MEMORY[1], "bilinear", "query", "weight"))),
        ),
        closed(
            "evaluations of tanh, and as many additions",
            All(tuple(_operations(TANH, "additive", kind) for kind in ("tanh", "addition"))),
        ),
        closed(
            "the bilinear score has none of them",
            All(
                tuple(
                    _operations(Integer(0), "bilinear", kind, "query", "weight")
                    for kind in ("tanh", "exp", "reciprocal", "addition")
                )
            ),
        ),
        *(
            closed(
                f"break-even for {what}: the difference is a positive multiple of the distance of d_a from it",
                _break_even(costs, value),
            )
            for what, costs, value in (
                ("parameters", PARAMETERS, FOR_PARAMETERS),
                ("multiply-adds", WORK, FOR_WORK),
                ("memory", MEMORY, FOR_MEMORY),
            )
        ),
        closed(
            "projecting the keys instead: the same multiply-adds and memory with query and key exchanged",
            All(
                (
                    _operations(N_K * D_Q * (D_K + N_Q), "bilinear", "multiply_add", "weight", "key"),
                    _held(N_K * D_Q + N_K * N_Q, "bilinear", "weight", "key"),
                )
            ),
        ),
        closed(
            "contracting query and key first",
            All(
                (
                    _operations(PAIRS_FIRST[0], "bilinear", "multiply_add", "query", "key"),
                    _held(PAIRS_FIRST[1], "bilinear", "query", "key"),
                )
            ),
        ),
        closed("which is never fewer multiply-adds, nor less memory", NEVER_CHEAPER),
        *(
            closed(
                f"equal sizes, n fixed: the break-even for {what} grows in proportion to d, over which it is here",
                Tends(equal_sizes(value) / D, D, oo, share),
                refutes=True,
            )
            for what, value, share in (
                ("parameters", FOR_PARAMETERS, Rational(1, 2)),
                ("multiply-adds", FOR_WORK, Rational(1, 2)),
                ("memory", FOR_MEMORY, 1 / (N + 2)),
            )
        ),
        closed(
            "the usual statement the wrong way round: at a great width the additive score is the cheaper one",
            _at(4096, 16, 32),
            refutes=True,
        ),
        closed("equal sizes: parameters", _between(FOR_PARAMETERS, Integer(0), D / 2)),
        closed("equal sizes: multiply-adds", _between(FOR_WORK, D / 2, D)),
        closed(
            "equal sizes: multiply-adds for long sequences",
            Tends(equal_sizes(FOR_WORK), N, oo, D),
        ),
        closed("equal sizes: memory", Field(equal_sizes(FOR_MEMORY), D / (N + 2))),
        closed("equal sizes: memory, below d", _between(FOR_MEMORY, Integer(0), D)),
        *(_table(width, length, expected) for (width, length), expected in TABLE.items()),
    ),
    altered={
        "a break-even for parameters without v": _break_even(PARAMETERS, D_Q * D_K / (D_Q + D_K)),
        "a break-even that depends on d_a": _break_even(PARAMETERS, D_A),
        "the additive score cheaper at d = 4096, n = 16 with d units": _at(4096, 16, 4096),
        "contracting query and key first is cheaper": replace(NEVER_CHEAPER, statement=le(PAIRS_FIRST[0], WORK[1])),
        "projections once for each pair": _operations(D_A * N_Q * N_K * (D_Q + D_K + 1), "additive", "multiply_add"),
        "the break-even for multiply-adds below d/2": _between(FOR_WORK, Integer(0), D / 2),
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
