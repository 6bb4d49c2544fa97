"""T1: the Jacobian of softmax, its spectrum's bound, and when the bound is attained."""

from __future__ import annotations

from functools import partial
from itertools import combinations

from sympy import And, Expr, Ge, Gt, Integer, Le, Matrix, Rational, exp, expand, eye, sqrt, symbols

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.language.notation import N_K, I, J, L, Tensor, index
from attnproof.derivations.language.system import total
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.identities import is_sum_of_squares, put
from attnproof.derivations.proof.rules import Along, Equal
from attnproof.derivations.proof.smt import proves
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.typesetting.latex import expr_latex

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


def largest_form(alphas: tuple[Expr, ...], vector: tuple[Expr, ...]) -> Expr:
    """``uᵀ J u`` for given weights and a unit vector, at a fixed number of keys."""
    average = sum((a * x for a, x in zip(alphas, vector, strict=True)), Integer(0))
    return expand(sum((a * x**2 for a, x in zip(alphas, vector, strict=True)), Integer(0)) - average**2)


def attains(alphas: tuple[Expr, ...], vector: tuple[Expr, ...], value: Expr) -> bool:
    """Weights that sum to 1 and a unit vector for which the quadratic form is ``value``."""
    unit = sum((x**2 for x in vector), Integer(0)) == 1
    return bool(unit and sum(alphas, Integer(0)) == 1 and largest_form(alphas, vector) == value)


def tends(alphas: tuple[Expr, ...], vector: tuple[Expr, ...], value: Expr) -> bool:
    """As the third key's share goes to 0, the quadratic form goes to ``value`` and is below it for every share > 0."""
    gap = expand(value - largest_form(alphas, vector))
    return bool(gap.subs(SHARE[()], 0) == 0) and equal(gap, SHARE[()] / 2)


def products_of_squares(above: Expr, below: Expr) -> bool:
    """``Σ_j α_j above below`` is a sum of squares with positive weights."""
    return is_sum_of_squares(mean(above * below))


def squares(*parts: Expr) -> bool:
    """Every part is a sum of squares."""
    return all(map(is_sum_of_squares, parts))


def within(low: Expr, high: Expr, keys: int) -> bool:
    """At a fixed number of keys the eigenvalues of J lie within [low, high], for all weights: decided by an SMT solver.

    ``J − low`` and ``high − J`` are positive semidefinite exactly when no principal minor is negative (Sylvester's
    criterion).
    """
    first = symbols(f"alpha1:{keys}", positive=True)
    alphas = (*first, 1 - sum(first, Integer(0)))
    jacobian = Matrix(keys, keys, lambda i, j: alphas[i] * (int(i == j) - alphas[j]))
    parts = (jacobian - low * eye(keys), high * eye(keys) - jacobian)
    given = [Gt(alphas[-1], 0, evaluate=False)]
    return proves(And(*(Ge(minor, 0, evaluate=False) for part in parts for minor in _minors(part))), given)


def _minors(matrix: Matrix) -> list[Expr]:
    sizes = range(1, matrix.rows + 1)
    chosen = [list(rows) for size in sizes for rows in combinations(range(matrix.rows), size)]
    return [expand(matrix.extract(rows, rows).det(method="berkowitz")) for rows in chosen]


def gap_is_positive(gap: Expr, largest: Expr) -> bool:
    """``gap > 0`` for a weight a > 0, ``H ≠ 0`` and ``f² <= largest``: decided by an SMT solver."""
    names = {SHARE[()]: "a", OTHER[()]: "f", HIGH[()]: "H"}
    named = {x: symbols(name, real=True) for x, name in names.items()}
    a, f, high = named.values()
    return proves(Gt(gap.subs(named), 0), [Gt(a, 0), Gt(high**2, 0), Le(f**2, largest)])


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
        Step(
            "weights are positive: positive semidefinite",
            rf"{expr_latex(SPREAD)} => \ge 0",
            partial(is_sum_of_squares, SPREAD),
        ),
        identity(
            "with H and h the largest and smallest entry of u",
            form(U, U),
            (HIGH[()] - MEAN) * (MEAN - LOW[()]) - INSIDE,
        ),
        Step(
            "H − u_j = r_j² and u_j − h = s_j²: the last sum is not negative, term by term",
            rf"{expr_latex(mean(ABOVE[J] ** 2 * BELOW[J] ** 2))} => \ge 0",
            partial(products_of_squares, ABOVE[J] ** 2, BELOW[J] ** 2),
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
        Step(
            "so the form is at most |u|²/2; J is symmetric, its norm the largest form of a unit vector: at most 1/2",
            r"(\bar u - \tfrac{H+h}2)^2,\ \tfrac{(H+h)^2}4,\ \tfrac12 \textstyle\sum_l o_l^2 => \ge 0",
            partial(squares, (MEAN - (HIGH[()] + LOW[()]) / 2) ** 2, (HIGH[()] + LOW[()]) ** 2 / 4, SQUARES / 2),
        ),
        *(
            Step(
                f"a second road at n = {keys}: no principal minor of J or of 1/2 − J is negative (an SMT solver "
                f"decides)",
                r"0 \preceq J => J \preceq \tfrac12",
                partial(within, Integer(0), Rational(1, 2), keys),
            )
            for keys in (2, 3)
        ),
        Step(
            "a single key: the only weight is 1",
            r"\alpha = (1),\ u = (1) => u^\top J u = 0",
            partial(attains, (Integer(1),), (Integer(1),), Integer(0)),
        ),
        Step(
            "two keys with equal scores attain it",
            r"\alpha = (\tfrac12, \tfrac12),\ u = (1, -1)/\sqrt 2 => u^\top J u = \tfrac12",
            partial(attains, (Rational(1, 2), Rational(1, 2)), (1 / sqrt(2), -1 / sqrt(2)), Rational(1, 2)),
        ),
        Step(
            "a third key with the share a of the weight: the form is (1 − a)/2 for that direction: 1/2 is approached",
            r"\alpha = (\tfrac{1-a}2, \tfrac{1-a}2, a),\ u = (1, -1, 0)/\sqrt 2"
            r" => u^\top J u = \tfrac{1-a}2 \to \tfrac12",
            partial(
                tends,
                ((1 - SHARE[()]) / 2, (1 - SHARE[()]) / 2, SHARE[()]),
                (1 / sqrt(2), -1 / sqrt(2), Integer(0)),
                Rational(1, 2),
            ),
        ),
        identity(
            "for n > 2 equality needs h = −H, the first square being 0; a third entry fH with weight a leaves this gap",
            HIGH[()] ** 2 * OTHER[()] ** 2 / 2
            + SHARE[()] * (HIGH[()] - OTHER[()] * HIGH[()]) * (HIGH[()] + OTHER[()] * HIGH[()]),
            GAP,
        ),
        Step(
            "the entry lies between −H and H, and H ≠ 0: the gap is positive, so that no finite scores attain 1/2",
            rf"{expr_latex(GAP)} => > 0,\quad f^2 \le 1",
            partial(gap_is_positive, GAP, Integer(1)),
        ),
    ),
    altered={
        "the bound 1/3 in place of 1/2": partial(within, Integer(0), Rational(1, 3), 2),
        "positive definite in place of semidefinite": partial(within, Rational(1, 100), Rational(1, 2), 3),
        "1/2 attained by unequal weights": partial(
            attains, (Rational(1, 3), Rational(2, 3)), (1 / sqrt(2), -1 / sqrt(2)), Rational(1, 2)
        ),
        "a third entry of any size": partial(gap_is_positive, GAP, Integer(4)),
        "the variance without the square of the mean": Equal(form(U, U), mean(U[J] ** 2)).holds,
    },
    references=("Gao, Pavel 2017, On the Properties of the Softmax Function",),
)
