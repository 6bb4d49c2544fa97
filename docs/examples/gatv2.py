"""GATv2: z[i,j,a] = Σ_r W_s[a,r] q[i,r] + Σ_f W_h[a,f] k[j,f], e[i,j] = Σ_a v[a] LeakyReLU(z[i,j,a])."""

from attnproof.derivations.language.notation import D_A, D_K, D_Q, A, F, I, J, R
from attnproof.derivations.language.piecewise import leaky_relu
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import KEY, PREACTIVATION, QUERY, SCORES, V_HIDDEN, WEIGHT_KEY, WEIGHT_QUERY
from attnproof.derivations.scores.own import score

hidden = total(WEIGHT_QUERY[A, R] * QUERY[I, R], (R, D_Q)) + total(WEIGHT_KEY[A, F] * KEY[J, F], (F, D_K))
scores = total(V_HIDDEN[A] * leaky_relu(PREACTIVATION[I, J, A], "1/5"), (A, D_A))
gatv2 = score(
    "gatv2",
    [QUERY, KEY, WEIGHT_QUERY, WEIGHT_KEY, V_HIDDEN],
    [Equation(PREACTIVATION, (I, J, A), hidden), Equation(SCORES, (I, J), scores)],
    source="Brody, Alon, Yahav 2022, How Attentive are Graph Attention Networks?, equation 7",
)
