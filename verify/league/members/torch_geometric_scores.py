from attnproof.derivations.language.notation import D_A, D_K, D_Q, A, F, I, J, R
from attnproof.derivations.language.piecewise import leaky_relu
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import KEY, PREACTIVATION, QUERY, SCORES, V_HIDDEN, WEIGHT_KEY, WEIGHT_QUERY
from attnproof.derivations.scores.own import score

hidden = total(WEIGHT_QUERY[A, R] * QUERY[I, R], (R, D_Q)) + total(WEIGHT_KEY[A, F] * KEY[J, F], (F, D_K))
summed = Equation(PREACTIVATION, (I, J, A), hidden)
given = [QUERY, KEY, WEIGHT_QUERY, WEIGHT_KEY, V_HIDDEN]
inside = Equation(SCORES, (I, J), total(V_HIDDEN[A] * leaky_relu(PREACTIVATION[I, J, A], "1/5"), (A, D_A)))
gatv2 = score("gatv2", given, [summed, inside])
