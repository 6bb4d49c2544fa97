"""A2: static ranking in graph attention (GAT), dynamic ranking in GATv2."""

from __future__ import annotations

from sympy import Expr, Integer, Matrix, Symbol, expand, symbols

from attnproof.derivations.language.notation import D_A, D_K, D_Q, N_K, A, F, J, R, Tensor, index
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.rules import All, Equal, Field, Sign, Solver
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.rules.signs import Order
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import eq, lt

M = index("m")
S = Tensor("query", "s", (D_Q,))  # one query
H = Tensor("key", "h", (N_K, D_K))
A_1, A_2 = Tensor("a_1", "a_1", (D_A,)), Tensor("a_2", "a_2", (D_A,))
W_S, W_H = Tensor("weight_query", "W_s", (D_A, D_Q)), Tensor("weight_key", "W_h", (D_A, D_K))

U_S, U_H = Tensor("unit_query", "w_s", (D_Q,)), Tensor("unit_key", "w_h", (D_K,))  # the rows of a single hidden unit

SLOPE = Symbol("lambda", positive=True)  # of LeakyReLU on negative arguments
PART, OTHER = Symbol("g", nonnegative=True), Symbol("r", positive=True)
BELOW_ONE, MARGIN = PART / (PART + OTHER), OTHER / (PART + OTHER)  # any slope in [0, 1), and 1 less it
ANY = Symbol("lambda", real=True)
X_1, X_2, VALUE_1, VALUE_2 = symbols("x_1 x_2 y_1 y_2", real=True)  # y_j = LeakyReLU(x_j)
X, GAP = Symbol("x", nonnegative=True), Symbol("delta", positive=True)


def leaky_relu(x: Expr, slope: Expr) -> Expr:
    """``x`` for x >= 0, ``slope · x`` below. Raises ValueError where the sign of x is not known."""
    if x.is_nonnegative:
        return x
    if x.is_nonpositive:
        return slope * x
    raise ValueError(f"the sign of {x} is not known")


def argument(j: Expr) -> Expr:
    """GAT's argument ``a_1ᵀW_s s + a_2ᵀW_h h_j``."""
    return total(A_1[A] * W_S[A, R] * S[R], (A, D_A), (R, D_Q)) + part_of_key(j)


def part_of_key(j: Expr) -> Expr:
    """``a_2ᵀW_h h_j``: no query in it."""
    return total(A_2[A] * W_H[A, F] * H[j, F], (A, D_A), (F, D_K))


GAT = Equation(Tensor("argument", "z", (N_K,)), (J,), argument(J))


def single_unit(j: Expr) -> Expr:
    """The argument of GATv2's only hidden unit, ``w_sᵀs + w_hᵀh_j``."""
    return total(U_S[R] * S[R], (R, D_Q)) + total(U_H[F] * H[j, F], (F, D_K))


def linear(j: Expr) -> Expr:
    """GATv2 with slope 1: ``aᵀ(W_s s + W_h h_j)``, one vector a for both parts."""
    of_query, of_key = total(W_S[A, R] * S[R], (R, D_Q)), total(W_H[A, F] * H[j, F], (F, D_K))
    return total(A_2[A] * (of_query + of_key), (A, D_A))


def increments(slope: Expr) -> list[Expr]:
    """``φ(x + δ) − φ(x)``, δ > 0, in every case: both arguments >= 0, both <= 0, one on each side, 0 included."""
    pairs = ((X, X + GAP), (-X - GAP, -X), (-X, GAP), (-GAP, X))
    return [expand(leaky_relu(larger, slope) - leaky_relu(smaller, slope)) for smaller, larger in pairs]


def rising(slope: Expr, relation: Order) -> All:
    """LeakyReLU with this slope keeps every order (``≤``), and ties nothing (``<``); for ``≤`` what is not 0."""
    rises = [rise for rise in dict.fromkeys(increments(slope)) if rise != 0 or relation == "<"]
    return All(tuple(Sign(ZERO, relation, rise) for rise in rises))


def ties(slope: Expr) -> Solver:
    """LeakyReLU with this slope has the same value at two negative arguments, whichever they are."""
    values = (eq(VALUE_1, ANY * X_1), eq(VALUE_2, ANY * X_2))
    return Solver(eq(VALUE_1, VALUE_2), (lt(X_1, ZERO), lt(X_2, ZERO), eq(ANY, slope), *values))


def scores_v2(query: int, weights: Matrix, outer: Matrix, slope: Expr) -> list[Expr]:
    """GATv2's scores ``aᵀ LeakyReLU(W [s; h])`` of a query of width 1 with the keys 0 and 1."""
    found = []
    for key in (0, 1):
        hidden = weights * Matrix([query, key])
        found.append(sum((a * leaky_relu(z, slope) for a, z in zip(outer, hidden, strict=True)), ZERO))
    return found


def prefers_its_own_key(weights: Matrix, outer: Matrix, slope: Expr, margin: Expr) -> All:
    """Query 0 scores key 0, and query 1 key 1, higher than the other key by exactly ``margin``, which is positive."""
    (own, other), (last, mine) = (scores_v2(query, weights, outer, slope) for query in (0, 1))
    letter = Tensor("margin", "m", ())
    named = (Equation(letter, (), margin),)
    return All(
        (
            Field(own - other, letter[()], definitions=named),
            Field(mine - last, letter[()], definitions=named),
            Sign(ZERO, "<", margin),
        )
    )


WEIGHTS = Matrix([[1, -1], [-1, 1]])
OUTER = Matrix([-1, -1])

CLAIM = Claim(
    id="A2",
    title="Static and dynamic graph attention",
    usual="Graph attention (GAT) ranks keys the same way for every query, GATv2 does not.",
    headline="For slopes above 0: GAT always; GATv2 with one hidden unit, or slope 1, too.",
    statement=(
        r"GAT's score $\operatorname{LeakyReLU}(a_1^\top W_s s + a_2^\top W_h h_j)$ with a slope $\lambda > 0$ ranks "
        r"the keys by $a_2^\top W_h h_j$, strictly and for every query: no choice of parameters lets two queries "
        r"prefer different keys. With $\lambda = 0$ (ReLU) a query may tie keys, it never reverses two. GATv2's "
        r"$a^\top \operatorname{LeakyReLU}(W [s; h_j])$ can: with two hidden units, $W = \begin{pmatrix} 1 & -1 \\ -1 "
        r"& 1 \end{pmatrix}$, $a = (-1, -1)$, and any $0 \le \lambda < 1$, the queries 0 and 1 each prefer the key "
        r"equal to them by $1 - \lambda$. GATv2 need not: with one hidden unit, or with $\lambda = 1$, it ranks "
        r"statically too (with one unit and slope 0 up to ties)."
    ),
    assumptions={
        "One head; 0 ≤ λ is the slope on negative arguments. The softmax over the keys keeps the order.": "ranges",
        "W_s and W_h may differ; GAT as published has W_s = W_h.": "convention",
    },
    steps=(
        identity(
            "GAT: the arguments of two keys differ by their own parts, whatever the query",
            GAT.target[J] - GAT.target[M],
            part_of_key(J) - part_of_key(M),
            definitions=(GAT,),
        ),
        closed(
            "LeakyReLU with any slope λ > 0 is strictly increasing, case by case, x ≥ 0 and δ > 0",
            rising(SLOPE, "<"),
        ),
        closed("slope 0: no order is reversed", rising(ZERO, "≤")),
        closed("slope 0: two negative arguments tie", ties(ZERO)),
        closed(
            "GATv2 with W and a as stated and the slope g/(g + r), any in [0, 1): the scores are −(1 − λ)|s − h|; of "
            "the queries 0 and 1 each prefers the key equal to it by 1 − λ = r/(g + r)",
            prefers_its_own_key(WEIGHTS, OUTER, BELOW_ONE, MARGIN),
        ),
        identity(
            "GATv2 with one hidden unit: arguments differ by the keys' parts; the order, or its reverse, is static",
            single_unit(J) - single_unit(M),
            total(U_H[F] * (H[J, F] - H[M, F]), (F, D_K)),
            refutes=True,
        ),
        identity(
            "GATv2 with slope 1: the scores differ by the parts of the keys",
            linear(J) - linear(M),
            part_of_key(J) - part_of_key(M),
            refutes=True,
        ),
    ),
    altered={
        "GAT's argument is the part of the key alone": Equal(argument(J), part_of_key(J)),
        "ReLU, slope 0, ranks strictly too": rising(ZERO, "<"),
        "a slope above 0 ties two negative arguments": ties(Integer(1)),
        "GATv2 with slope 1 turns the order round": prefers_its_own_key(WEIGHTS, OUTER, Integer(1), MARGIN),
        "one hidden unit turns the order round": prefers_its_own_key(
            Matrix([[1, -1]]), Matrix([-1]), BELOW_ONE, MARGIN
        ),
    },
    counterexample=(
        "import numpy as np\n"
        "phi = lambda x: np.where(x >= 0, x, 0.2 * x)\n"
        "W, a, h = np.array([[1.0, -1.0], [-1.0, 1.0]]), np.array([-1.0, -1.0]), np.array([0.0, 1.0])\n"
        "for s in (0.0, 1.0):\n"
        "    gat = phi(0.3 * s + 0.7 * h)                       # any two numbers: the same order for both queries\n"
        "    v2 = np.array([a @ phi(W @ [s, k]) for k in h])    # two units: the order turns round\n"
        "    one = -1.0 * phi(0.3 * s + 0.7 * h)                # GATv2 with one unit: the same order again\n"
        "    print(gat.argsort(), v2.argsort(), one.argsort())"
    ),
    references=(
        "Velickovic et al. 2018, Graph Attention Networks",
        "Brody, Alon, Yahav 2022, How Attentive are Graph Attention Networks?",
    ),
)
