"""T1: the Jacobian of softmax, its spectrum's bound, and when the bound is attained."""

from __future__ import annotations

from itertools import combinations

from sympy import Add, Expr, Integer, Matrix, Mul, Rational, Symbol, exp, expand, eye, sqrt, symbols

from attnproof.derivations.language.notation import N_K, I, J, L, Tensor, index
from attnproof.derivations.language.system import total
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.identities import put
from attnproof.derivations.proof.rules import Along, Cases, Equal, Field, Solver, Squares, Tends
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import Both, eq, le, lt, ne

M = index("m")
E = Tensor("scores", "e", (N_K,))
E_DOT = Tensor("tangent_scores", "e_dot", (N_K,), "tangent")
U = Tensor("direction", "u", (N_K,))
W = Tensor("other_direction", "w", (N_K,))
HIGH = Tensor("high", "H", ())  # the largest u_j
LOW = Tensor("low", "h", ())  # the smallest u_j
OTHER = Tensor("other", "f", ())  # another entry over the largest
SHARE = Tensor("share", "a", ())  # its weight
ABOVE = Tensor("above", "r", (N_K,))  # H − u_j = r_j²
BELOW = Tensor("below", "s", (N_K,))  # u_j − h = s_j²
OTHERS = Tensor("others", "o", (N_K - 2,))  # the entries of u beside the largest and the smallest


def alpha(j: Expr) -> Expr:
    """The softmax weight of key j."""
    return exp(E[j]) / total(exp(E[L]), (L, N_K))


def mean(body: Expr) -> Expr:
    """``Σ_j α_j body``, with ``body`` in the index j."""
    return total(alpha(J) * body, (J, N_K))


def applied(vector: Tensor) -> Expr:
    """``(J u)_i = α_i (u_i − Σ_j α_j u_j)``: the Jacobian ``α_i (δ_ij − α_j)`` applied to a vector."""
    return alpha(I) * (vector[I] - mean(vector[J]))


def form(left: Tensor, right: Tensor) -> Expr:
    """``uᵀ J w``."""
    return total(left[I] * applied(right), (I, N_K))


SPREAD = total(alpha(J) * alpha(M) * (U[J] - U[M]) ** 2, (J, N_K), (M, N_K)) / 2
MEAN = mean(U[J])
INSIDE = mean((HIGH[()] - U[J]) * (U[J] - LOW[()]))
SQUARES = total(OTHERS[L] ** 2, (L, N_K - 2))


WEIGHTS = symbols("alpha_1 alpha_2 alpha_3", positive=True)
ENTRIES = symbols("u_1 u_2 u_3", real=True)
SMALL = Symbol("a", positive=True)  # the share of a third key


def largest_form(keys: int) -> Expr:
    """``uᵀ J u`` at a fixed number of keys."""
    pairs = list(zip(WEIGHTS[:keys], ENTRIES[:keys], strict=True))
    return Add(*(a * x**2 for a, x in pairs)) - Add(*(a * x for a, x in pairs)) ** 2


def at(alphas: tuple[Expr, ...], vector: tuple[Expr, ...]) -> tuple[tuple[Symbol, tuple[Expr, ...]], ...]:
    """Weights and the entries of a vector, as values of their symbols."""
    keys = len(alphas)
    return tuple(zip((*WEIGHTS[:keys], *ENTRIES[:keys]), ((x,) for x in (*alphas, *vector)), strict=True))


def attains(alphas: tuple[Expr, ...], vector: tuple[Expr, ...], value: Expr) -> Cases:
    """Weights that sum to 1 and a unit vector for which the quadratic form is ``value``."""
    keys = len(alphas)
    unit = (eq(Add(*WEIGHTS[:keys]), Integer(1)), eq(Add(*(x**2 for x in ENTRIES[:keys])), Integer(1)))
    return Cases(Both((*unit, eq(largest_form(keys), value))), at(alphas, vector))


def shared(value: Expr) -> Field:
    """The form where a third key has the share a: weights (1 − a)/2, (1 − a)/2, a, the vector (1, −1, 0)/√2."""
    given = at(((1 - SMALL) / 2, (1 - SMALL) / 2, SMALL), (1 / sqrt(2), -1 / sqrt(2), Integer(0)))
    form_there = Add(
        *(Mul(a[0], x[0] ** 2, evaluate=False) for (_, a), (_, x) in zip(given[:3], given[3:], strict=True)),
        evaluate=False,
    )
    return Field(form_there, value)


def within(low: Expr, high: Expr, keys: int) -> Solver:
    """At a fixed number of keys the eigenvalues of J lie within [low, high], for all weights.

    ``J − low`` and ``high − J`` are positive semidefinite exactly when no principal minor is negative (Sylvester's
    criterion). Those that are 0 whatever the weights are, are left out.
    """
    first = WEIGHTS[: keys - 1]
    alphas = (*first, 1 - Add(*first))
    jacobian = Matrix(keys, keys, lambda i, j: alphas[i] * (int(i == j) - alphas[j]))
    parts = (jacobian - low * eye(keys), high * eye(keys) - jacobian)
    minors = tuple(le(ZERO, minor) for part in parts for minor in _minors(part) if minor != 0)
    return Solver(Both(minors), (lt(ZERO, alphas[-1]),))


def _minors(matrix: Matrix) -> list[Expr]:
    sizes = range(1, matrix.rows + 1)
    chosen = [list(rows) for size in sizes for rows in combinations(range(matrix.rows), size)]
    return [expand(matrix.extract(rows, rows).det(method="berkowitz")) for rows in chosen]


def gap_is_positive(largest: Expr) -> Solver:
    """``gap > 0`` for a weight a > 0, ``H ≠ 0`` and ``f² <= largest``."""
    return Solver(lt(ZERO, GAP), (lt(ZERO, SHARE[()]), ne(HIGH[()], ZERO), le(OTHER[()] ** 2, largest)))


GAP = HIGH[()] ** 2 * (OTHER[()] ** 2 / 2 + SHARE[()] * (1 - OTHER[()] ** 2))

CLAIM = Claim(
    id="T1",
    title="The softmax Jacobian",
    usual="∂α_i/∂e_j = α_i(δ_ij − α_j); symmetric, positive semidefinite, rows sum to 0, bounded.",
    statement=(
        r"$J = \partial\alpha/\partial e$ has the entries $\alpha_i(\delta_{ij} - \alpha_j)$; it is symmetric, "
        r"positive semidefinite and its rows sum to 0. At every number n of keys $\|J\|_2 \le 1/2$. For n = 2 equal "
        r"scores attain it. For n > 2 no finite scores do; it is approached when two keys share all the weight "
        r"equally. For n = 1 the Jacobian is 0."
    ),
    assumptions={"Finite real scores, so that every weight is positive.": "ranges"},
    steps=(
        closed(
            "the Jacobian applied to a direction",
            Along(alpha(J), ((E, E_DOT),), alpha(J) * (E_DOT[J] - mean(E_DOT[J]))),
        ),
        identity("the weights sum to 1", mean(Integer(1)), Integer(1)),
        identity("symmetric", form(U, W), form(W, U)),
        identity("rows sum to 0", put(applied(U), U, lambda _: Integer(1)), Integer(0)),
        identity("the quadratic form is the variance of u under α", form(U, U), mean(U[J] ** 2) - MEAN**2),
        identity("the variance as a sum of squares", form(U, U), SPREAD),
        closed("weights are positive: positive semidefinite", Squares(SPREAD)),
        identity(
            "with H and h the largest and smallest entry of u",
            form(U, U),
            (HIGH[()] - MEAN) * (MEAN - LOW[()]) - INSIDE,
        ),
        closed(
            "H − u_j = r_j² and u_j − h = s_j²: the last sum is not negative, term by term",
            Squares(mean(ABOVE[J] ** 2 * BELOW[J] ** 2)),
        ),
        identity(
            "the product is a quarter of the range squared less a square",
            (HIGH[()] - MEAN) * (MEAN - LOW[()]),
            (HIGH[()] - LOW[()]) ** 2 / 4 - (MEAN - (HIGH[()] + LOW[()]) / 2) ** 2,
        ),
        identity(
            "for n ≥ 2 |u|² is H² + h² and n − 2 other squares: |u|²/2 is a quarter of the range squared and squares",
            (HIGH[()] ** 2 + LOW[()] ** 2 + SQUARES) / 2,
            (HIGH[()] - LOW[()]) ** 2 / 4 + (HIGH[()] + LOW[()]) ** 2 / 4 + SQUARES / 2,
            least=((N_K, 2),),
        ),
        closed(
            "so the form is at most |u|²/2; J is symmetric, its norm the largest form of a unit vector: at most 1/2",
            Squares((MEAN - (HIGH[()] + LOW[()]) / 2) ** 2 + (HIGH[()] + LOW[()]) ** 2 / 4 + SQUARES / 2, ((N_K, 2),)),
        ),
        *(
            closed(
                f"a second road at n = {keys}: no principal minor of J or of 1/2 − J is negative",
                within(ZERO, Rational(1, 2), keys),
            )
            for keys in (2, 3)
        ),
        closed("a single key: the only weight is 1", attains((Integer(1),), (Integer(1),), ZERO)),
        closed(
            "two keys with equal scores attain it",
            attains((Rational(1, 2), Rational(1, 2)), (1 / sqrt(2), -1 / sqrt(2)), Rational(1, 2)),
        ),
        closed(
            "a third key with the share a of the weight: the form is (1 − a)/2 for the direction (1, −1, 0)/√2, its "
            "mean being 0",
            shared((1 - SMALL) / 2),
        ),
        closed("1/2 is approached", Tends((1 - SMALL) / 2, SMALL, ZERO, Rational(1, 2))),
        identity(
            "for n > 2 equality needs h = −H, the first square being 0; a third entry fH with weight a leaves this gap",
            HIGH[()] ** 2 * OTHER[()] ** 2 / 2
            + SHARE[()] * (HIGH[()] - OTHER[()] * HIGH[()]) * (HIGH[()] + OTHER[()] * HIGH[()]),
            GAP,
        ),
        closed(
            "the entry lies between −H and H, and H ≠ 0: the gap is positive, so that no finite scores attain 1/2",
            gap_is_positive(Integer(1)),
        ),
    ),
    altered={
        "the bound 1/3 in place of 1/2": within(ZERO, Rational(1, 3), 2),
        "positive definite in place of semidefinite": within(Rational(1, 100), Rational(1, 2), 3),
        "1/2 attained by unequal weights": attains(
            (Rational(1, 3), Rational(2, 3)), (1 / sqrt(2), -1 / sqrt(2)), Rational(1, 2)
        ),
        "a third entry of any size": gap_is_positive(Integer(4)),
        "the variance without the square of the mean": Equal(form(U, U), mean(U[J] ** 2)),
    },
    references=("Gao, Pavel 2017, On the Properties of the Softmax Function",),
)
