"""B3: a bias for each key."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Function, Integer, exp, log, symbols

from attnproof.derivations.language.notation import N_K, I, J, L, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.met import Assumed
from attnproof.derivations.proof.rules import Equal, Field, Solver
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import Iff, eq
from attnproof.derivations.scores import FAMILIES

E_I, E_J, B_I, B_J = symbols("e_i e_j b_i b_j", real=True)
SCORE = Function("f", real=True)  # of one key, the query being what it is
CONTENT = Function("g", real=True)  # a bias that is computed from the key
KEYS, MOVED = Tensor("keys", "k", (N_K,)), Tensor("moved", "x", (N_K,))
PLACES = Tensor("places", "pi", (N_K,))  # the key at position i comes from position π_i
BEFORE, AFTER = Tensor("before", "t", (N_K,)), Tensor("after", "u", (N_K,))
BIASES = Tensor("biases", "b", (N_K,))
BIAS = Tensor("bias", "b", ())[()]

WEIGHTS, LOGITS = Tensor("weights", "alpha", (N_K,)), Tensor("logits", "t", (N_K,))
SOFTMAX = Equation(WEIGHTS, (J,), exp(LOGITS[J]) / total(exp(LOGITS[L]), (L, N_K)))
SHIFT = Field(log(exp(E_I + B_I) / exp(E_J + B_J)) - log(exp(E_I) / exp(E_J)), B_I - B_J)
EQUAL_KEYS = Field(log(exp(E_I + B_I) / exp(E_I + B_J)), B_I - B_J)
ONLY = Solver(Iff(eq(B_I - B_J, Integer(0)), eq(B_I, B_J)))


def _equivariant(before: Expr, after: Expr) -> Equal:
    """The logits ``after`` the keys have moved, x for k, are those ``before``, at the positions the keys came from."""
    return Equal(
        AFTER[I],
        BEFORE[PLACES[I]],
        definitions=(
            Equation(MOVED, (J,), KEYS[PLACES[J]]),
            Equation(AFTER, (J,), SCORE(MOVED[J]) + after),
            Equation(BEFORE, (J,), SCORE(KEYS[J]) + before),
        ),
    )


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
    met={
        "softmax_shift": {
            "A softmax over the keys alone; finite logits.": (Assumed("Softmax over the keys alone"),),
        },
    },
    steps=(
        identity(
            "the normaliser is common to both weights",
            WEIGHTS[I] / WEIGHTS[J],
            exp(LOGITS[I] - LOGITS[J]),
            definitions=(SOFTMAX,),
            uses=("softmax_shift",),
        ),
        closed("so the log-odds with the biases less those without", SHIFT, uses=("softmax_shift",)),
        closed(
            "two equal keys, hence equal scores: an equivariant layer would give 0", EQUAL_KEYS, uses=("softmax_shift",)
        ),
        closed("so equivariance forces equal biases", ONLY, uses=("softmax_shift",)),
        closed(
            "and one bias for all positions is equivariant: the key at position i came from π_i; f is the score of a "
            "key",
            _equivariant(BIAS, BIAS),
        ),
        closed("a bias by content moves with its key", _equivariant(CONTENT(KEYS[J]), CONTENT(MOVED[J]))),
    ),
    altered={
        "a shift by the sum of the biases": replace(SHIFT, right=B_I + B_J),
        "equal keys stay equal": replace(EQUAL_KEYS, right=Integer(0)),
        "equivariant for twice the bias": Solver(Iff(eq(B_I - B_J, Integer(0)), eq(B_I, 2 * B_J))),
        "a bias by position moves with its key": _equivariant(BIASES[J], BIASES[J]),
    },
    scores=tuple(FAMILIES),
    tables=("bias_invariance",),
    references=("Press, Smith, Lewis 2022, Train Short, Test Long (ALiBi): a bias by relative position",),
)
