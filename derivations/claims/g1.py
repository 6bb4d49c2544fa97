"""G1: in which sense multiplicative attention is a gate made from the query."""

from __future__ import annotations

from sympy import Integer, symbols

from attnproof.derivations.language.notation import D_K, D_Q, N_K, F, I, J, R, Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.language.tensors import KEY, QUERY, WEIGHT
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.identities import put
from attnproof.derivations.proof.rules import Along, Cases, Equal, Squares
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import Both, lt
from attnproof.derivations.scores import FAMILIES

SYSTEM = FAMILIES["bilinear"].system
(SCORE,) = (equation.rhs for equation in SYSTEM.equations)
SCALE = Tensor("scale", "lambda", ())

#: what multiplies component f of the key, for query i; and what multiplies component r of the query, for key j
GATE = total(QUERY[I, R] * WEIGHT[R, F], (R, D_Q))
OTHER_GATE = total(WEIGHT[R, F] * KEY[J, F], (F, D_K))
COLUMN_SQUARED = total(WEIGHT[R, F] ** 2, (R, D_Q))


S_1, S_2, W_1, W_2 = symbols("s_1 s_2 w_1 w_2", real=True)
KEY_DOT = Tensor("tangent_key", "k_dot", (N_K, D_K), "tangent")
# of two components, with W = diag(w_1, w_2)
OUTSIDE = Cases(
    Both((lt(Integer(1), W_1 * S_1), lt(W_2 * S_2, ZERO))),
    ((S_1, (Integer(2),)), (S_2, (Integer(-1),)), (W_1, (Integer(3),)), (W_2, (Integer(4),))),
)


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
        closed(
            "the gate is made from query and matrix alone: it does not change with the key",
            Along(GATE, ((KEY, KEY_DOT),), ZERO),
        ),
        identity("linear: a scaled query", put(GATE, QUERY, lambda *x: SCALE[()] * QUERY[x]), SCALE[()] * GATE),
        identity(
            "the query λ times column f of W: the gate at f is λ times a sum of squares",
            put(GATE, QUERY, lambda _, r: SCALE[()] * WEIGHT[r, F]),
            SCALE[()] * COLUMN_SQUARED,
        ),
        closed(
            "which is positive unless the column is 0: λ gives every real value, negative ones and those above 1 too",
            Squares(COLUMN_SQUARED),
        ),
        identity("as well a gate made from the key", SCORE, total(QUERY[I, R] * OTHER_GATE, (R, D_Q))),
        identity("a column of W that is 0: the gate there is 0", put(GATE, WEIGHT, lambda *_: Integer(0)), Integer(0)),
        closed("no gate of an LSTM, which stays within (0, 1): one component above 1, one below 0", OUTSIDE),
    ),
    altered={
        "a gate that depends on the key": Along(GATE * KEY[J, F], ((KEY, KEY_DOT),), ZERO),
        "a gate of degree two in the query": Equal(
            put(GATE, QUERY, lambda *x: SCALE[()] * QUERY[x]), SCALE[()] ** 2 * GATE
        ),
        "both gates at once": Equal(SCORE, total(GATE * OTHER_GATE, (F, D_K))),
    },
    scores=("dot", "scaled_dot", "bilinear"),
    references=(FAMILIES["bilinear"].source, "Hochreiter, Schmidhuber 1997, Long Short-Term Memory"),
)
