"""The scores of GAT and GATv2, for those who ask: x·q + y·k inside LeakyReLU, and v·LeakyReLU(W_q q + W_k k)."""

from attnproof.derivations.language.notation import D_A, D_K, D_Q, A, F, I, J, R
from attnproof.derivations.language.piecewise import leaky_relu
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import KEY, PREACTIVATION, QUERY, SCORES, V_HIDDEN, WEIGHT_KEY, WEIGHT_QUERY
from attnproof.derivations.scores.own import parameter, score

x, y = parameter("query_vector", "x", D_Q), parameter("key_vector", "y", D_K)
linear = total(x[R] * QUERY[I, R], (R, D_Q)) + total(y[F] * KEY[J, F], (F, D_K))
gat = score("gat", [QUERY, KEY, x, y], [Equation(SCORES, (I, J), leaky_relu(linear, "1/5"))])

hidden = total(WEIGHT_QUERY[A, R] * QUERY[I, R], (R, D_Q)) + total(WEIGHT_KEY[A, F] * KEY[J, F], (F, D_K))
scores = total(V_HIDDEN[A] * leaky_relu(PREACTIVATION[I, J, A], "1/5"), (A, D_A))
gatv2 = score(
    "gatv2",
    [QUERY, KEY, WEIGHT_QUERY, WEIGHT_KEY, V_HIDDEN],
    [Equation(PREACTIVATION, (I, J, A), hidden), Equation(SCORES, (I, J), scores)],
)
