"""G2, formally: the tanh of additive attention as a gate, by LSTM gates, and where the view stops."""

from __future__ import annotations

from typing import Final

from sympy import Integer, Rational, Symbol, exp, tanh

from attnproof.derivations.language.indexing import substitute
from attnproof.derivations.language.notation import D_A, D_K, D_Q, N_K, N_Q, A, F, I, J, L, R, Tensor
from attnproof.derivations.language.sigmoid import sigmoid
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import (
    BIAS_HIDDEN,
    KEY,
    PREACTIVATION,
    QUERY,
    V_HIDDEN,
    WEIGHT_KEY,
    WEIGHT_QUERY,
    WEIGHTS,
)
from attnproof.derivations.proof.identities import put
from attnproof.derivations.propositions.proposition import (
    Array,
    Binder,
    Both,
    Every,
    Iff,
    Index,
    Not,
    Number,
    Size,
    Some,
    Stated,
    Where,
    eq,
    lt,
)
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.statements._pieces import scores

X: Final = Symbol("x", real=True)
ZERO: Final = Integer(0)
SYSTEM: Final = FAMILIES["additive"].system.resolve("bias_hidden")
PRE: Final = SYSTEM.equations[0]
SCORE: Final = scores(SYSTEM)
SIZES: Final = (Size(N_Q), Size(N_K), Size(D_Q), Size(D_K), Size(D_A))
PARAMETERS: Final = (WEIGHT_QUERY, WEIGHT_KEY, BIAS_HIDDEN)
BOUND: Final[tuple[Binder, ...]] = (*SIZES, Array(QUERY), Array(KEY), *map(Array, PARAMETERS), Array(V_HIDDEN))
PLACES: Final = (Index(I, N_Q), Index(J, N_K))
GATE: Final = Tensor("gate", "g", PREACTIVATION.shape)
OF_V: Final = total(V_HIDDEN[A], (A, D_A))

DOUBLED: Final = {
    tensor: Tensor(f"doubled_{tensor.name}", f"{tensor.symbol}2", tensor.shape) for tensor in (*PARAMETERS, V_HIDDEN)
}
LSTM_PRE: Final = Tensor("lstm_argument", "u", PREACTIVATION.shape)
LSTM_LOGITS: Final = Tensor("lstm_logits", "t", (N_Q, N_K))
OTHER_WEIGHTS: Final = Tensor("lstm_weights", "beta", (N_Q, N_K))


def doubled() -> tuple[Equation, ...]:
    """Every parameter twice, and ``Σ_a 2v_a σ(...)`` with the doubled parameters inside σ."""
    axes = {D_A: A, D_Q: R, D_K: F}
    places = {tensor: tuple(axes[size] for size in tensor.shape) for tensor in DOUBLED}
    twice = (Equation(DOUBLED[tensor], where, 2 * tensor[where]) for tensor, where in places.items())
    inside = PRE.rhs
    for tensor in PARAMETERS:
        inside = put(inside, tensor, lambda *at, tensor=tensor: DOUBLED[tensor][at])
    return (
        *twice,
        Equation(LSTM_PRE, PRE.indices, inside),
        Equation(LSTM_LOGITS, (I, J), total(DOUBLED[V_HIDDEN][A] * sigmoid(LSTM_PRE[I, J, A]), (A, D_A))),
        Equation(OTHER_WEIGHTS, (I, J), exp(LSTM_LOGITS[I, J]) / total(exp(LSTM_LOGITS[I, L]), (L, N_K))),
    )


S: Final = Tensor("one_query", "s", (D_Q,))
H: Final = Tensor("one_key", "h", (D_K,))
OPENING: Final = Tensor("opening", "g", (D_K,))
TERM: Final = Tensor("term", "c", ())
PLAIN: Final = put(put(scores(FAMILIES["additive"].system.resolve()), QUERY, lambda _, r: S[r]), KEY, lambda _, f: H[f])

STATEMENT: Final = (
    Stated(
        "gate_between_minus_one_and_one",
        "the score is the sum over the units of v behind the gate tanh(z), which lies in (−1, 1)",
        Every(
            BOUND,
            Where(
                (PRE, Equation(GATE, (I, J, A), tanh(PREACTIVATION[I, J, A]))),
                Every(
                    PLACES,
                    Both(
                        (
                            Every(
                                (Index(A, D_A),), Both((lt(Integer(-1), GATE[I, J, A]), lt(GATE[I, J, A], Integer(1))))
                            ),
                            eq(SCORE, total(GATE[I, J, A] * V_HIDDEN[A], (A, D_A))),
                        )
                    ),
                ),
            ),
        ),
    ),
    Stated(
        "tanh_by_the_sigmoid",
        "tanh x = 2 σ(2x) − 1",
        Every((Number(X),), eq(tanh(X), 2 * sigmoid(2 * X) - 1)),
    ),
    Stated(
        "score_by_lstm_gates",
        "the score is twice the sum of v behind LSTM gates, less the sum of v",
        Every(
            BOUND,
            Where(
                (PRE,),
                Every(
                    PLACES,
                    eq(SCORE, 2 * total(V_HIDDEN[A] * sigmoid(2 * PREACTIVATION[I, J, A]), (A, D_A)) - OF_V),
                ),
            ),
        ),
    ),
    Stated(
        "weights_by_lstm_gates",
        "the softmax weights are those of 2v behind LSTM gates with twice the parameters",
        Every(
            BOUND,
            Where(
                (
                    Equation(WEIGHTS, (I, J), exp(SCORE) / total(exp(substitute(SCORE, {J: L})), (L, N_K))),
                    *doubled(),
                ),
                Every(PLACES, eq(WEIGHTS[I, J], OTHER_WEIGHTS[I, J])),
            ),
        ),
    ),
    Stated(
        "no_gate_on_the_key",
        "at all sizes and for every query there are parameters for which no gate g lets the key through: the score is "
        "not g·h plus a term without the key",
        Every(
            (*SIZES[2:], Array(S)),
            Some(
                (Array(WEIGHT_QUERY), Array(WEIGHT_KEY), Array(V_HIDDEN)),
                Not(
                    Some(
                        (Array(OPENING), Array(TERM)),
                        Every((Array(H),), eq(PLAIN, total(OPENING[F] * H[F], (F, D_K)) + TERM[()])),
                    )
                ),
            ),
        ),
    ),
    Stated(
        "sign_and_closing",
        "tanh is negative exactly below 0 and 0 exactly at 0; the LSTM gate lies in (0, 1) and is ½ exactly at 0",
        Every(
            (Number(X),),
            Both(
                (
                    Iff(lt(tanh(X), ZERO), lt(X, ZERO)),
                    Iff(eq(tanh(X), ZERO), eq(X, ZERO)),
                    lt(ZERO, sigmoid(2 * X)),
                    lt(sigmoid(2 * X), Integer(1)),
                    Iff(eq(sigmoid(2 * X), Rational(1, 2)), eq(X, ZERO)),
                )
            ),
        ),
    ),
)

OUTSIDE: Final = ()
