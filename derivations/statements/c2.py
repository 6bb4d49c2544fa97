"""C2, formally: the break-evens of additive and bilinear scores, their sizes, and what follows for equal widths.

A cost is a sum of ones: one multiply-add for each product of each sum, one place for each element that is held. The
program that counts costs over the equations of a score counts the same: steps of the claim say so.
"""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, Rational, Symbol, oo

from attnproof.derivations.language.notation import D_A, D_K, D_Q, N_K, N_Q, A, D, F, I, J, R, Tensor, size
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import (
    Binder,
    Both,
    Compare,
    Every,
    If,
    Iff,
    Limit,
    Proposition,
    Size,
    Some,
    Stated,
    Where,
    eq,
    le,
    lt,
)

N: Final = size("n")
ENOUGH: Final = size("d0")
LENGTH: Final = Symbol("x", real=True)
SIZES: Final[tuple[Binder, ...]] = (Size(N_Q), Size(N_K), Size(D_Q), Size(D_K), Size(D_A))
EQUAL: Final[tuple[Binder, ...]] = (Size(D), Size(N))
LETTERS: Final = {N_Q: I, N_K: J, D_A: A, D_Q: R, D_K: F}


def ones(*sizes: Symbol) -> Expr:
    """One for each choice of an index along every one of ``sizes``."""
    return total(Integer(1), *((LETTERS[each], each) for each in sizes))


#: the additive score: W_s and W_h, and v on the hidden units of every pair
PARAMETERS: Final = ones(D_A, D_Q) + ones(D_A, D_K) + ones(D_A)
WORK: Final = ones(N_Q, D_A, D_Q) + ones(N_K, D_A, D_K) + ones(N_Q, N_K, D_A)
MEMORY: Final = ones(N_Q, D_A) + ones(N_K, D_A) + ones(N_Q, N_K, D_A) + ones(N_Q, N_K)
#: the bilinear score that projects the queries, and the one that projects the keys
B_PARAMETERS: Final = ones(D_Q, D_K)
B_WORK: Final = ones(N_Q, D_K, D_Q) + ones(N_Q, N_K, D_K)
B_MEMORY: Final = ones(N_Q, D_K) + ones(N_Q, N_K)
KEYS_WORK: Final = ones(N_K, D_Q, D_K) + ones(N_Q, N_K, D_Q)
KEYS_MEMORY: Final = ones(N_K, D_Q) + ones(N_Q, N_K)
#: and the one that multiplies every component of a query with every one of a key first
PAIRS_WORK: Final = 2 * ones(N_Q, N_K, D_Q, D_K)
PAIRS_MEMORY: Final = ones(N_Q, N_K, D_Q, D_K) + ones(N_Q, N_K)

FOR_PARAMETERS: Final = D_Q * D_K / (D_Q + D_K + 1)
FOR_WORK: Final = N_Q * D_K * (D_Q + N_K) / (N_Q * D_Q + N_K * D_K + N_Q * N_K)
FOR_MEMORY: Final = N_Q * D_K / (N_Q + N_K + N_Q * N_K)
ADDITIVE: Final = Tensor("additive", "additive", ())
BILINEAR: Final = Tensor("bilinear", "bilinear", ())


def below(additive: Expr, bilinear: Expr, value: Expr) -> Proposition:
    """The additive cost is the smaller one exactly for ``d_a < value``."""
    return Where(
        (Equation(ADDITIVE, (), additive), Equation(BILINEAR, (), bilinear)),
        Iff(lt(ADDITIVE[()], BILINEAR[()]), lt(D_A, value)),
    )


def equal_sizes(expr: Expr) -> Expr:
    """``expr`` with n queries and keys of one width d."""
    return expr.subs({N_Q: N, N_K: N, D_Q: D, D_K: D})


def mirrored(expr: Expr) -> Expr:
    """``expr`` with query and key exchanged."""
    return expr.subs({N_Q: N_K, N_K: N_Q, D_Q: D_K, D_K: D_Q}, simultaneous=True)


def all_three(left: tuple[Expr, ...], right: tuple[Expr, ...]) -> Proposition:
    """Each of the first is less than its partner, at equal sizes."""
    return Both(tuple(lt(equal_sizes(one), equal_sizes(other)) for one, other in zip(left, right, strict=True)))


ADDITIVES: Final = (PARAMETERS, WORK, MEMORY)
BILINEARS: Final = (B_PARAMETERS, B_WORK, B_MEMORY)


def about(width: int, length: int, *values: Rational) -> Proposition:
    """The three break-evens at these sizes are within 0.05 of ``values``."""
    found = map(equal_sizes, (FOR_PARAMETERS, FOR_WORK, FOR_MEMORY))
    off = Rational(1, 20)
    return If(
        Both((eq(D, Integer(width)), eq(N, Integer(length)))),
        Both(
            tuple(Both((le(value - off, one), le(one, value + off))) for one, value in zip(found, values, strict=True))
        ),
    )


STATEMENT: Final = (
    Stated(
        "counted",
        "the costs of the additive score, its tanh among them, and of the bilinear score",
        Every(
            SIZES,
            Both(
                (
                    eq(PARAMETERS, D_A * (D_Q + D_K + 1)),
                    eq(WORK, D_A * (N_Q * D_Q + N_K * D_K + N_Q * N_K)),
                    eq(MEMORY, D_A * (N_Q + N_K + N_Q * N_K) + N_Q * N_K),
                    eq(ones(N_Q, N_K, D_A), N_Q * N_K * D_A),
                    eq(B_PARAMETERS, D_Q * D_K),
                    eq(B_WORK, N_Q * D_K * (D_Q + N_K)),
                    eq(B_MEMORY, N_Q * D_K + N_Q * N_K),
                )
            ),
        ),
    ),
    Stated(
        "fewer_parameters",
        "the additive score has fewer parameters exactly below d_q d_k / (d_q + d_k + 1)",
        Every((Size(D_Q), Size(D_K), Size(D_A)), below(PARAMETERS, B_PARAMETERS, FOR_PARAMETERS)),
    ),
    Stated(
        "fewer_multiply_adds",
        "the additive score needs fewer multiply-adds exactly below "
        "n_q d_k (d_q + n_k) / (n_q d_q + n_k d_k + n_q n_k)",
        Every(SIZES, below(WORK, B_WORK, FOR_WORK)),
    ),
    Stated(
        "less_memory",
        "the additive score needs less memory exactly below n_q d_k / (n_q + n_k + n_q n_k)",
        Every((Size(N_Q), Size(N_K), Size(D_K), Size(D_A)), below(MEMORY, B_MEMORY, FOR_MEMORY)),
    ),
    Stated(
        "against_projected_keys",
        "against the bilinear score that projects the keys: the same with query and key exchanged",
        Every(
            SIZES,
            Both((below(WORK, KEYS_WORK, mirrored(FOR_WORK)), below(MEMORY, KEYS_MEMORY, mirrored(FOR_MEMORY)))),
        ),
    ),
    Stated(
        "pairs_first_never_cheaper",
        "contracting query and key first takes neither fewer multiply-adds nor less memory",
        Every(SIZES, Both((le(B_WORK, PAIRS_WORK), le(B_MEMORY, PAIRS_MEMORY)))),
    ),
    Stated(
        "cheaper_for_large_widths",
        "equal sizes, d_a and n fixed: from some width on the additive score is the cheaper one in all three",
        Every(
            (Size(N), Size(D_A)),
            Some(
                (Size(ENOUGH),),
                Every((Size(D),), If(Compare(ENOUGH, "≤", D, whole=True), all_three(ADDITIVES, BILINEARS))),
            ),
        ),
    ),
    Stated(
        "dearer_with_many_units",
        "equal sizes, at least d units: the additive score is the dearer one in all three",
        Every((*EQUAL, Size(D_A)), If(Compare(D, "≤", D_A, whole=True), all_three(BILINEARS, ADDITIVES))),
    ),
    Stated(
        "where_the_break_evens_lie",
        "equal sizes: for parameters below d/2, for multiply-adds between d/2 and d, for memory d/(n + 2)",
        Every(
            EQUAL,
            Both(
                (
                    lt(Integer(0), equal_sizes(FOR_PARAMETERS)),
                    lt(equal_sizes(FOR_PARAMETERS), D / 2),
                    lt(D / 2, equal_sizes(FOR_WORK)),
                    lt(equal_sizes(FOR_WORK), D),
                    eq(equal_sizes(FOR_MEMORY), D / (N + 2)),
                )
            ),
        ),
    ),
    Stated(
        "long_sequences",
        "equal sizes: the break-even for multiply-adds tends to d for long sequences",
        Every((Size(D),), Limit(LENGTH * D * (D + LENGTH) / (2 * LENGTH * D + LENGTH**2), LENGTH, oo, D)),
    ),
    Stated(
        "at_64_keys",
        "d = 512, n = 64: about 255.8, 271.1 and 7.8",
        Every(EQUAL, about(512, 64, Rational(2558, 10), Rational(2711, 10), Rational(78, 10))),
    ),
    Stated(
        "at_1024_keys",
        "d = 512, n = 1024: about 255.8, 384 and 0.5",
        Every(EQUAL, about(512, 1024, Rational(2558, 10), Rational(384), Rational(1, 2))),
    ),
)

OUTSIDE: Final[tuple[str, ...]] = ()
