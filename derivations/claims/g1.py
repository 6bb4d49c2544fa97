"""G1: in which sense multiplicative attention is a gate made from the query."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Integer, Matrix

from attnproof.derivations.language.notation import D_K, D_Q, F, I, J, R, Tensor
from attnproof.derivations.language.ranges import tensors_in
from attnproof.derivations.language.system import total
from attnproof.derivations.language.tensors import KEY, QUERY, WEIGHT
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.identities import is_sum_of_squares, put
from attnproof.derivations.proof.rules import Equal
from attnproof.derivations.proof.steps import identity
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.typesetting.latex import expr_latex

SYSTEM = FAMILIES["bilinear"].system
(SCORE,) = (equation.rhs for equation in SYSTEM.equations)
SCALE = Tensor("scale", "lambda", ())

#: what multiplies component f of the key, for query i; and what multiplies component r of the query, for key j
GATE = total(QUERY[I, R] * WEIGHT[R, F], (R, D_Q))
OTHER_GATE = total(WEIGHT[R, F] * KEY[J, F], (F, D_K))
COLUMN_SQUARED = total(WEIGHT[R, F] ** 2, (R, D_Q))


def gate_at(query: Matrix, weight: Matrix, expected: Matrix) -> bool:
    """The gate of numbers is ``expected``, and has components on both sides of [0, 1]."""
    gate = weight.T * query
    return bool(gate == expected and max(gate) > 1 and min(gate) < 0)


def made_from(expr: Expr, expected: tuple[str, ...]) -> bool:
    """The tensors in ``expr`` are exactly those named."""
    return {tensor.name for tensor in tensors_in(expr, SYSTEM)} == set(expected)


CLAIM = Claim(
    id="G1",
    title="Multiplicative attention as a gate",
    usual=(
        "Multiplicative attention is a gate: e = (Wᵀs)ᵀh, an unbounded gate made from the query and applied "
        "elementwise to the key."
    ),
    statement=(
        r"$q^\top W k = \sum_f g_f k_f$ with $g = W^\top q$: the query makes the factors, the key is multiplied by "
        r"them component by component, and the products are summed. It is no gate in the sense of an LSTM: $g$ is "
        r"linear in the query; where column $f$ of $W$ is not 0, $g_f$ takes every real value, so the gate can amplify "
        r"and change the sign; it does not depend on the key; and the view is not unique: with $W k$ in its place, the "
        r"key makes the gate and the query goes through it."
    ),
    assumptions={
        "Real query, key and matrix of any sizes.": "domain",
        "Unbounded are the components whose column of W is not 0; at the others the gate is 0 for every "
        "query.": "ranges",
    },
    steps=(
        identity("the score as a gated and summed key", SCORE, total(GATE * KEY[J, F], (F, D_K))),
        Step(
            "the gate is made from query and matrix alone: it is the same for all keys",
            rf"{expr_latex(GATE)} => \text{{no }} k",
            partial(made_from, GATE, ("query", "weight")),
        ),
        identity("linear: a scaled query", put(GATE, QUERY, lambda *x: SCALE[()] * QUERY[x]), SCALE[()] * GATE),
        identity(
            "the query λ times column f of W: the gate at f is λ times a sum of squares",
            put(GATE, QUERY, lambda _, r: SCALE[()] * WEIGHT[r, F]),
            SCALE[()] * COLUMN_SQUARED,
        ),
        Step(
            "which is positive unless the column is 0: λ gives every real value, negative ones and those above 1 too",
            rf"{expr_latex(COLUMN_SQUARED)} => \ge 0",
            partial(is_sum_of_squares, COLUMN_SQUARED),
        ),
        identity("as well a gate made from the key", SCORE, total(QUERY[I, R] * OTHER_GATE, (R, D_Q))),
        identity("a column of W that is 0: the gate there is 0", put(GATE, WEIGHT, lambda *_: Integer(0)), Integer(0)),
        Step(
            "no gate of an LSTM, which stays within (0, 1): s = (2, −1), W = diag(3, 4)",
            r"W^\top s => (6, -4)",
            partial(gate_at, Matrix([2, -1]), Matrix([[3, 0], [0, 4]]), Matrix([6, -4])),
        ),
    ),
    altered={
        "a gate that depends on the key": partial(made_from, GATE * KEY[J, F], ("query", "weight")),
        "a gate of degree two in the query": Equal(
            put(GATE, QUERY, lambda *x: SCALE[()] * QUERY[x]), SCALE[()] ** 2 * GATE
        ).holds,
        "both gates at once": Equal(SCORE, total(GATE * OTHER_GATE, (F, D_K))).holds,
    },
    scores=("dot", "scaled_dot", "bilinear"),
    references=(FAMILIES["bilinear"].source, "Hochreiter, Schmidhuber 1997, Long Short-Term Memory"),
)
