"""B1: a bias shared by all keys."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Integer, Symbol, diff, exp, expand, log, simplify, symbols, tanh

from derivations.claim import Claim, Step
from derivations.claims.reasoning import certainly_nonzero, nonnegative, nonnegative_from_zero, same

T, B, E_1, E_2 = symbols("t b e_1 e_2", real=True)
X, REST, SINK, KAPPA = symbols("x R c kappa", positive=True)
DELTA, SLACK = symbols("Delta s", nonnegative=True)
MOST, SIZE, UNIT = symbols("E beta u", positive=True)  # max |e|, |b|, unit roundoff
FRACTION = Symbol("f", nonnegative=True)  # significand of |b| is 1 + f


def factors_out(term: Expr) -> bool:
    """Each exponential ``exp(t + b)`` is ``exp(b) exp(t)``, hence the sum over any number of keys is ``exp(b)`` times what it was."""
    return same(expand(term), exp(B) * exp(T))


def cancels(changed: Expr) -> bool:
    """The weight with every exponential multiplied by ``exp(b)``, the other keys' sum being one symbol, equals ``x/(x + R)``."""
    return same(changed, X / (X + REST))


def reacts(log_odds_or_weight: Expr, point: dict[Symbol, Expr]) -> bool:
    """The derivative with respect to b at an exact point is not zero: the weights depend on the bias."""
    return certainly_nonzero(diff(log_odds_or_weight, B).subs(point))


def perturbation(lower: Expr, upper: Expr) -> bool:
    """Logits off by δ_j with |δ_j| <= Δ: ``log(α'_i/α_i) = δ_i - log Σ α_l exp(δ_l)`` stays within [lower, upper].

    The mean of ``exp(δ_l)`` with weights that sum to 1 lies in [exp(-Δ), exp(Δ)], because each term does.
    """
    above = nonnegative_from_zero(exp(DELTA) - exp(DELTA - SLACK), SLACK)
    below = nonnegative_from_zero(exp(-DELTA + SLACK) - exp(-DELTA), SLACK)
    extremes = same(DELTA - log(exp(-DELTA)).expand(force=True), upper) and same(
        -DELTA - log(exp(DELTA)).expand(force=True), lower
    )
    return above and below and extremes


def rounding(bound: Expr) -> bool:
    """``fl(e + b) = (e + b)(1 + ε)``, |ε| <= u: at most ``u (|e| + |b|) <= bound`` for |e| <= E (written |e| = E - s, s <= E)."""
    size = Symbol("a", nonnegative=True)  # |e|, with E = |e| + s
    return nonnegative(simplify(bound.subs(MOST, size + SLACK) - UNIT * (size + SIZE)))


def absorbed(limit: Expr) -> bool:
    """``|e| <= limit`` (with ulp-scale 1: |b| = 1 + f, u = 2^-p) is at most half the gap to the neighbours of b.

    Away from zero the neighbour is 2u away, towards zero also unless f = 0 (then u, and a tie goes to b, whose last bit is 0).
    """
    within = limit.subs(SIZE, 1 + FRACTION)
    grows = nonnegative(diff(within, FRACTION))  # so that f = 1 is the worst f < 1
    return (
        grows and nonnegative((UNIT - within).subs(FRACTION, 1)) and nonnegative((UNIT / 2 - within).subs(FRACTION, 0))
    )


CLAIM = Claim(
    id="B1",
    title="A bias shared by all keys",
    usual="A scalar bias shared by all keys leaves the weights unchanged.",
    statement=(
        r"For every score, a bias $b$ that is added to the logits of all keys of a query leaves the weights unchanged, if it is added "
        r"after any soft-cap and the weights are a softmax over the keys alone. Before a soft-cap, with a sink term in the denominator, "
        r"or with a sigmoid in place of the softmax, the weights depend on $b$. In floating point (unit roundoff $u$, no overflow) "
        r"rounding $e_j + b$ moves each weight by a factor within $e^{\pm 2u(|b| + \max|e|)}$, besides the softmax's own rounding; "
        r"where every $e_j + b$ is exact the logits are the same up to the shift, and once $\max|e| \le u|b|/2$ every "
        r"$e_j + b$ rounds to $b$ and the weights are uniform."
    ),
    assumptions=(
        "Softmax over the keys alone; the bias is added after any soft-cap.",
        "For floating point: round to nearest, ties to even, |b| and |e + b| in the normal range.",
    ),
    steps=(
        Step("law of exponents", r"e^{t_j + b}", r"e^{b} e^{t_j}", partial(factors_out, exp(T + B))),
        Step(
            "the common factor cancels, at every number of keys",
            r"\frac{e^{t_i + b}}{\sum_l e^{t_l + b}}",
            r"\frac{e^{t_i}}{\sum_l e^{t_l}}",
            partial(cancels, exp(B) * X / (exp(B) * X + exp(B) * REST)),
        ),
        Step(
            "before a soft-cap it does not: the log-odds move",
            r"\partial_b\,\kappa\left(\tanh\tfrac{e_1+b}{\kappa} - \tanh\tfrac{e_2+b}{\kappa}\right)",
            r"\ne 0 \text{ at } e = (1, 0),\ b = \kappa = 1",
            partial(
                reacts,
                KAPPA * (tanh((E_1 + B) / KAPPA) - tanh((E_2 + B) / KAPPA)),
                {E_1: Integer(1), E_2: Integer(0), B: Integer(1), KAPPA: Integer(1)},
            ),
        ),
        Step(
            "with a sink c in the denominator it does not",
            r"\partial_b\, \frac{e^b x}{e^b (x + R) + c}",
            r"\ne 0 \text{ at } x = R = c = 1,\ b = 0",
            partial(
                reacts,
                exp(B) * X / (exp(B) * (X + REST) + SINK),
                {X: Integer(1), REST: Integer(1), SINK: Integer(1), B: Integer(0)},
            ),
        ),
        Step(
            "with a sigmoid it does not",
            r"\partial_b\, 1/(1 + e^{-e-b})",
            r"\ne 0 \text{ at } e = b = 0",
            partial(reacts, 1 / (1 + exp(-E_1 - B)), {E_1: Integer(0), B: Integer(0)}),
        ),
        Step(
            "logits off by at most Δ",
            r"\log(\alpha'_i/\alpha_i) = \delta_i - \log \sum_l \alpha_l e^{\delta_l}",
            r"\in [-2\Delta, 2\Delta]",
            partial(perturbation, -2 * DELTA, 2 * DELTA),
        ),
        Step(
            "one rounded addition for each key",
            r"|\mathrm{fl}(e_j + b) - (e_j + b)|",
            r"\le u(|b| + \max|e|)",
            partial(rounding, UNIT * (SIZE + MOST)),
        ),
        Step(
            "a score below half the gap to the neighbours of b is absorbed",
            r"|e_j| \le u|b|/2",
            r"\mathrm{fl}(e_j + b) = b",
            partial(absorbed, UNIT * SIZE / 2),
        ),
    ),
    if_proved="qualified",
    scores=("dot", "scaled_dot", "bilinear", "additive", "concat"),
    tables=("bias_invariance",),
    counterexample=(
        "import numpy as np\n"
        "def softmax(t): return np.exp(t - t.max()) / np.exp(t - t.max()).sum()\n"
        "e = np.array([1.0, 0.0])\n"
        "print(softmax(np.tanh(e)), softmax(np.tanh(e + 1)))    # before a soft-cap of 1: different\n"
        "print(softmax(e), softmax(e + 2.0**54))                # beyond the format's resolution: uniform"
    ),
    references=("Blanchard, D. Higham, N. Higham 2021, Accurately computing the log-sum-exp and softmax functions",),
)
