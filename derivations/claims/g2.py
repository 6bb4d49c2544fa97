"""G2: in which sense the tanh of additive attention is a gate, and its relation to an LSTM's gate."""

from __future__ import annotations

from sympy import Add, Expr, Integer, Rational, Symbol, cosh, exp, tanh

from attnproof.derivations.language.notation import D_A, N_K, N_Q, A, I, J, L, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import BIAS_HIDDEN, PREACTIVATION, V_HIDDEN, WEIGHT_KEY, WEIGHT_QUERY
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.identities import put
from attnproof.derivations.proof.rules import All, Cases, Differentiated, Equal, Field, Sign
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import eq, ne
from attnproof.derivations.scores import FAMILIES

SYSTEM = FAMILIES["additive"].system.resolve("bias_hidden")
PRE, SCORE = (equation.rhs for equation in SYSTEM.equations)
X = Symbol("x", real=True)
GATE = Equation(Tensor("gate", "g", (N_Q, N_K, D_A)), (I, J, A), tanh(PREACTIVATION[I, J, A]))
SHIFT = Tensor("shift", "C", ())
PLAIN = Tensor("plain_scores", "e", (N_K,))


def sigmoid(x: Expr) -> Expr:
    """The gate of an LSTM."""
    return 1 / (1 + exp(-x))


def in_sigmoids(expr: Expr) -> Expr:
    """``expr`` with each ``tanh(x)`` written ``2σ(2x) − 1``."""
    return expr.replace(tanh, lambda x: 2 * sigmoid(2 * x) - 1)


def weight(shift: Expr) -> Expr:
    """The softmax weight of key j when ``shift`` is added to every score."""
    return exp(PLAIN[J] + shift) / total(exp(PLAIN[L] + shift), (L, N_K))


def doubled(expr: Expr) -> Expr:
    """``expr`` with the parameters inside tanh doubled."""
    for tensor in (WEIGHT_QUERY, WEIGHT_KEY, BIAS_HIDDEN):
        expr = put(expr, tensor, lambda *where, tensor=tensor: 2 * tensor[where])
    return expr


def bends(left: Expr, middle: Expr, right: Expr) -> Cases:
    """A second difference that is not 0: no affine function, hence no ``g(s)ᵀh`` plus a term of the query alone."""
    return Cases(ne(Add(left, -2 * middle, right, evaluate=False), ZERO))


def opens_like(function: Expr, at_zero: Expr, slope: Expr) -> All:
    """The value at 0, and the derivative everywhere, which is positive."""
    return All(
        (
            Cases(eq(function, at_zero), ((X, (ZERO,)),)),
            Differentiated(function, X, slope),
            Sign(ZERO, "<", slope),
        )
    )


CLAIM = Claim(
    id="G2",
    title="Additive attention as a gate",
    usual="Additive attention's tanh is a gate in (−1, 1).",
    headline=(
        "Twice an LSTM gate `σ(2z)` up to a shift shared by all keys; but what it gates is the parameter `v`, no "
        "activation, and a sum over units is no gate."
    ),
    statement=(
        r"The score is $e = \sum_a g_a v_a$ with $g = \tanh(z)$ in $(-1, 1)$, a gate made from query and key. With "
        r"LSTM gates, $\tanh x = 2\sigma(2x) - 1$: $e = 2\sum_a v_a\sigma(2z_a) - \sum_a v_a$, and since a shift that "
        r"all keys share does not change a softmax, the weights are those of the vector $2v$ behind the LSTM gates "
        r"$\sigma(2z)$, whose parameters are twice $W_s$, $W_h$, $b$. The view stops there: what goes through the gate "
        r"is the constant $v$, neither the key nor the value; the score is in general not $g(s)^\top h$ plus a term of "
        r"the query, for any $g$; and the gate in $(-1, 1)$ changes the sign of $v_a$ where $z_a < 0$ and is closed at "
        r"$z_a = 0$, where the LSTM gate is half open."
    ),
    assumptions={
        "Real query, key and parameters of any sizes; the hidden bias may be 0.": "domain",
        "For the weights: no soft-cap, and a softmax over the keys alone.": "normaliser",
    },
    steps=(
        closed("tanh by the sigmoid σ(x) = 1/(1 + e^(−x))", Field(tanh(X), 2 * sigmoid(2 * X) - 1)),
        closed("the distance to 1", Field(1 - tanh(X), 2 * sigmoid(-2 * X))),
        closed("the distance to −1", Field(1 + tanh(X), 2 * sigmoid(2 * X))),
        closed(
            "the sigmoid is positive, hence −1 < tanh < 1",
            All((Sign(ZERO, "<", sigmoid(2 * X)), Sign(ZERO, "<", sigmoid(-2 * X)))),
        ),
        identity(
            "the score is v behind the gate, summed",
            SCORE,
            total(V_HIDDEN[A] * GATE.lhs, (A, D_A)),
            definitions=(GATE,),
        ),
        identity(
            "the score by sigmoids (tanh written by the first step)",
            in_sigmoids(SCORE),
            2 * total(V_HIDDEN[A] * sigmoid(2 * PREACTIVATION[I, J, A]), (A, D_A)) - total(V_HIDDEN[A], (A, D_A)),
        ),
        identity("a shift that all keys share does not change the weights", weight(SHIFT[()]), weight(Integer(0))),
        identity("the argument of the LSTM gate: all parameters doubled", doubled(PRE), 2 * PRE),
        closed(
            "not affine in the key, so that no gate lets the key through: one unit, z = h + 1, keys −1, 0, 1",
            bends(tanh(0, evaluate=False), tanh(1), tanh(2)),
            refutes=True,
        ),
        closed("tanh is 0 at 0 and increases: negative for x < 0", opens_like(tanh(X), ZERO, 1 / cosh(X) ** 2)),
        closed(
            "the sigmoid at 0, and its increase",
            opens_like(sigmoid(2 * X), Rational(1, 2), 2 * sigmoid(2 * X) * sigmoid(-2 * X)),
        ),
    ),
    altered={
        "tanh as an undoubled sigmoid": Field(tanh(X), 2 * sigmoid(X) - 1),
        "scores by sigmoids without the sum of v": Equal(
            in_sigmoids(SCORE), 2 * total(V_HIDDEN[A] * sigmoid(2 * PREACTIVATION[I, J, A]), (A, D_A))
        ),
        "an affine unit bends": bends(ZERO, Integer(1), Integer(2)),
        "tanh is half open at 0": opens_like(tanh(X), Rational(1, 2), 1 / cosh(X) ** 2),
    },
    scores=("additive", "concat"),
    counterexample=(
        "import numpy as np\n"
        "v, s, h = np.array([1.0, -2.0]), 0.5, np.array([-1.0, 0.2, 1.0])   # one-dimensional query and keys, W_s = "
        "W_h = 1\n"
        "z = (s + h)[:, None] * np.ones(2)\n"
        "print(np.tanh(z)[0])                                # negative: an LSTM gate is not\n"
        "print(np.tanh(z) @ v, 2 / (1 + np.exp(-2 * z)) @ v - v.sum())  # the same scores\n"
        "print(np.tanh(s + 1e3 * h)[:, None] @ np.ones((1, 2)) @ v)     # a gated key would grow with the key"
    ),
    references=(FAMILIES["additive"].source, "Hochreiter, Schmidhuber 1997, Long Short-Term Memory"),
)
