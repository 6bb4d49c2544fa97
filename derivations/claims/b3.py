"""B3: a bias for each key."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Function, Integer, Symbol, diff, exp, log, simplify, symbols

from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.reasoning import same
from attnproof.derivations.scores import FAMILIES

T_I, T_J, B_I, B_J = symbols("t_i t_j b_i b_j", real=True)
REST = Symbol("R", positive=True)
SCORE = Function("e", real=True)  # of a query and a key
CONTENT = Function("g", real=True)  # a bias that is computed from the key
QUERY, KEY, KEY_2 = symbols("q k k_2", real=True)


def shift(expected: Expr) -> bool:
    """The log-odds with the biases less those without, whatever the scores (and so the query) are."""
    first, second = SCORE(QUERY, KEY), SCORE(QUERY, KEY_2)
    moved = log(exp(first + B_I) / exp(second + B_J)) - log(exp(first) / exp(second))
    ratio = (exp(T_I) / (exp(T_I) + exp(T_J) + REST)) / (exp(T_J) / (exp(T_I) + exp(T_J) + REST))
    return same(ratio, exp(T_I) / exp(T_J)) and same(simplify(moved.expand(force=True)), expected)


def equal_keys(expected: Expr) -> bool:
    """Two equal keys at positions i and j: exchanging them changes nothing in the inputs, so an equivariant layer gives
    them equal weights; their log-odds are ``expected``.
    """
    return same(log_odds_of_equal_keys(), expected)


def log_odds_of_equal_keys() -> Expr:
    """``log(α_i/α_j)`` from the logits of two equal keys, the normaliser cancelled (the step before)."""
    first, second = SCORE(QUERY, KEY) + B_I, SCORE(QUERY, KEY) + B_J
    return log(exp(first) / exp(second)).expand(force=True)


def vanishes_only_for(value: Expr) -> bool:
    """The log-odds of two equal keys are 0 for ``b_i = value`` and no other b_i: their slope in b_i is 1 everywhere."""
    odds = log_odds_of_equal_keys()
    return same(odds.subs(B_I, value), Integer(0)) and same(diff(odds, B_I), Integer(1))


def moves_with_its_key(first: Expr, second: Expr) -> bool:
    """Exchanging the keys k and k_2 exchanges the logits ``e(q, k) + first`` and ``e(q, k_2) + second``."""
    logits = [SCORE(QUERY, KEY) + first, SCORE(QUERY, KEY_2) + second]
    swapped = [x.subs({KEY: KEY_2, KEY_2: KEY}, simultaneous=True) for x in logits]
    return bool(swapped == logits[::-1])


CLAIM = Claim(
    id="B3",
    title="A bias for each key",
    usual=(
        "A bias per key shifts the log-odds of two keys by the difference of their biases; a positional one breaks "
        "equivariance."
    ),
    statement=(
        r"With logits $t_i = e_i + b_i$ and a softmax over the keys, $\log(\alpha_i/\alpha_j)$ is shifted by exactly "
        r"$b_i - b_j$, whatever the query and the score. A bias by position is equivariant under permutations of the "
        r"keys if and only if it is the same at every position (then it changes nothing, B1): two equal keys have "
        r"log-odds $b_i - b_j$. A bias computed from the key itself, $b_i = g(k_i)$, keeps the equivariance."
    ),
    assumptions={"Softmax over the keys alone (other keys may have any logits); finite biases.": "normaliser"},
    steps=(
        Step(
            "the normaliser is common to both weights",
            r"\log\frac{\alpha_i}{\alpha_j}\Big|_b - \log\frac{\alpha_i}{\alpha_j}\Big|_0 => b_i - b_j",
            partial(shift, B_I - B_J),
            uses=("softmax_shift",),
        ),
        Step(
            "two equal keys: an equivariant layer would give 0",
            r"\log(\alpha_i/\alpha_j),\quad k_i = k_j => b_i - b_j",
            partial(equal_keys, B_I - B_J),
            uses=("softmax_shift",),
        ),
        Step(
            "so equivariance forces equal biases: 0 there, and strictly increasing in the first bias",
            r"b_i - b_j = 0 => \iff b_i = b_j",
            partial(vanishes_only_for, B_J),
            uses=("softmax_shift",),
        ),
        Step(
            "and one bias for all positions is equivariant",
            r"e(q, k_i) + b,\ e(q, k_j) + b => \text{exchanged by } k_i \leftrightarrow k_j",
            partial(moves_with_its_key, B_I, B_I),
        ),
        Step(
            "a bias by content moves with its key",
            r"e(q, k_i) + g(k_i) => \text{exchanged by } k_i \leftrightarrow k_j",
            partial(moves_with_its_key, CONTENT(KEY), CONTENT(KEY_2)),
        ),
    ),
    altered={
        "a shift by the sum of the biases": partial(shift, B_I + B_J),
        "equal keys stay equal": partial(equal_keys, Integer(0)),
        "equivariant for twice the bias": partial(vanishes_only_for, 2 * B_J),
        "a bias by position moves with its key": partial(moves_with_its_key, B_I, B_J),
    },
    scores=tuple(FAMILIES),
    tables=("bias_invariance",),
    references=("Press, Smith, Lewis 2022, Train Short, Test Long (ALiBi): a bias by relative position",),
)
