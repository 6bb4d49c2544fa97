"""A5: tanh of a sum separates: what it saves, what it loses, and where it is safe."""

from __future__ import annotations

from sympy import Expr, Integer, Rational, cosh, exp, symbols, tanh

from attnproof.derivations.attention.separated import DIRECT, EXP_KEY, EXP_QUERY, FRACTION, SEPARATED
from attnproof.derivations.bounds.formats import FORMATS
from attnproof.derivations.calculus.cost import Kind, count, operations
from attnproof.derivations.claims.g2 import SHIFT, weight
from attnproof.derivations.language.notation import D_A, N_K, N_Q, A
from attnproof.derivations.language.system import total
from attnproof.derivations.language.tensors import PREACTIVATION, V_HIDDEN
from attnproof.derivations.lemmas.checks.separated_tanh import (
    BACKWARD,
    FORWARD,
    POSITIVE,
    UNIT,
    backward_in_range,
    collected,
    collected_backward,
    direct_relative,
    overflow_is_harmless,
    overflows,
    rounds_to_one,
    safe_backward,
)
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.identities import put
from attnproof.derivations.proof.met import Assumed, Because
from attnproof.derivations.proof.rules import Computed, Field
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import lt
from attnproof.derivations.scores import FAMILIES

PRE, SCORE = (equation.rhs for equation in DIRECT.equations)
X, Y = symbols("a b", real=True)
E_X, E_Y = exp(2 * X), exp(2 * Y)


def by_fractions(expr: Expr) -> Expr:
    """``expr`` with each ``tanh(x)`` written ``1 − 2/(1 + exp(2x))`` and each pre-activation by its equation."""
    written = expr.replace(tanh, lambda x: 1 - 2 / (1 + exp(2 * x)))
    return put(written, PREACTIVATION, lambda *_: PRE)


def by_definition(expr: Expr) -> Expr:
    """``expr`` with A and B by their equations."""
    first, second, _ = SEPARATED.equations
    return put(put(expr, EXP_QUERY, lambda *_: first.rhs), EXP_KEY, lambda *_: second.rhs)


def evaluations(form: str, kind: Kind) -> Expr:
    """How often ``kind`` is done in the ``direct`` or the ``separated`` form, counted over its equations."""
    return count(operations({"direct": DIRECT, "separated": SEPARATED}[form]), kind)


def counted(form: str, kind: Kind, expected: Expr) -> Computed:
    """The count is ``expected``."""
    return Computed("claims.a5:evaluations", (form, kind), expected)


_STEPS_OF_ALGEBRA = (
    closed("tanh in exponentials, A = e^(2a) and B = e^(2b)", Field(tanh(X + Y), 1 - 2 / (1 + E_X * E_Y))),
    closed("its derivative", Field(1 - tanh(X + Y) ** 2, 4 * E_X * E_Y / (1 + E_X * E_Y) ** 2)),
    identity(
        "the two programs define the same scores (tanh written by the first step)",
        by_fractions(SCORE),
        by_definition(SEPARATED.equations[-1].rhs),
    ),
    closed("evaluations of tanh in the direct form", counted("direct", "tanh", N_Q * N_K * D_A)),
    closed("exponentials in the separated form", counted("separated", "exp", (N_Q + N_K) * D_A)),
    closed("no tanh is left …", counted("separated", "tanh", ZERO)),
    closed("… but a reciprocal for each former one", counted("separated", "reciprocal", N_Q * N_K * D_A)),
    identity(
        "the sum of v in front",
        SEPARATED.equations[-1].rhs,
        total(V_HIDDEN[A], (A, D_A)) - 2 * total(V_HIDDEN[A] * FRACTION, (A, D_A)),
        given=(lt(ZERO, 1 / FRACTION),),
    ),
    identity("a shift that all keys share does not change the weights", weight(SHIFT[()]), weight(Integer(0))),
)
_STEPS_OF_ROUNDING = (
    closed(
        "all roundings of one unit, u = 1/(256 (1 + r)), at most 2^−8: three factors 1 ± u are within 1 ± h; the "
        "product AB, the quotient, which is at most 2, the last difference, half a subnormal number three times; the "
        "result is within ±1 (monotone)",
        collected(FORWARD),
        uses=("perturbed_product", "exponentials_in_range"),
    ),
    closed(
        "where the product overflows the result is 1, and 1 − tanh(a + b) = 2/(1 + AB) at most 2^(1 − e_max) (1 + u)²",
        overflow_is_harmless(FORWARD),
    ),
    closed(
        "the direct form: tanh is concave for y > 0 and 0 at 0, so that |tanh(cy) − tanh(y)| ≤ |c − 1| tanh(y); two "
        "roundings",
        direct_relative(2 * tanh(POSITIVE) / cosh(POSITIVE) ** 2, 2 * UNIT + UNIT**2),
    ),
    closed(
        "b = 0 and 0 < a ≤ u/4: e^y ≤ 1/(1 − y), at y = 2a below half way to the next number; A rounds to 1, B is 1, "
        "the result is 0",
        rounds_to_one(Rational(1, 2)),
    ),
    closed(
        "all roundings of the derivative, (1 ± u)^(±3) (1 ± u)/(1 ± u)³",
        collected_backward(BACKWARD),
        uses=("perturbed_product", "exponentials_in_range"),
    ),
    *(
        closed(
            f"backward, {name}: for |a|, |b| ≤ ½ k ln 2 A and B are within 2^(±k), AB within 2^(±2k), and (1 + AB)² "
            f"at most 2^(2 (2k + 1)): nothing overflows, nothing is subnormal",
            backward_in_range(name, safe_backward(name)),
            uses=("exponentials_in_range",),
        )
        for name in FORMATS
    ),
    closed(
        "a + b ≥ ½ (e_max + 2) ln 2: the product of the rounded A and B is at least 2^(e_max + 1), it overflows, and "
        "backward is ∞/∞",
        overflows(2),
        uses=("exponentials_in_range",),
    ),
)

CLAIM = Claim(
    id="A5",
    title="tanh of a sum separates",
    usual="tanh(a + b) = 1 − 2/(1 + AB) with A = exp(2a), B = exp(2b).",
    statement=(
        r"It is an identity, with derivative $4AB/(1+AB)^2$. Additive attention then needs $(n_q + n_k) d_a$ "
        r"exponentials and no tanh, but $n_q n_k d_a$ reciprocals in place of $n_q n_k d_a$ tanh; $\sum_a v_a$ may be "
        r"left out before a softmax. In a format with unit roundoff $u$ each unit is off by at most $7u$, hence the "
        r"score by at most $7u\|v\|_1$ before its sum is rounded, for $|a|, |b| \le 4.85$ in fp16, 43.6 in bf16 and "
        r"fp32, 354 in fp64. That is absolute: for $b = 0 < a \le u/4$ the result is 0, while the direct form's "
        r"relative error is at most $2u + u^2$ everywhere. The derivative's relative error is at most $8u$ for $|a|, "
        r"|b| \le 1.03$ in fp16, 10.7 in bf16 and fp32, 88.3 in fp64; for $a + b \ge \tfrac12 (e_{\max} + 2)\ln 2$ "
        r"(5.90 in fp16) $4AB$ and $(1+AB)^2$ overflow: it is NaN."
    ),
    assumptions={
        "The exponentials, tanh and all operations are correctly rounded in the format, to nearest with ties to even, "
        "with subnormals; it has p bits, 8 ≤ p ≤ e_max, as fp16, bf16, fp32 and fp64 have.": "rounding",
        "a and b are numbers of the format; for the relative error of the direct form its result, before it is "
        "rounded, is 0 or a normal number.": "ranges",
        "For leaving out the sum of v: no soft-cap, and a softmax over the keys alone.": "normaliser",
        "The NaN: a and b are each within the range given for the forward form.": "ranges",
        "What overflows is infinite, and an infinite number over another is NaN, as in IEEE 754.": "convention",
    },
    met={
        "perturbed_product": {
            "P > 0, as a product of exponentials is.": (Because("P = AB, a product of exponentials"),),
        },
        "exponentials_in_range": {
            "Formats whose smallest normal number is 2^(1 − e_max); rounding is monotone.": (
                Assumed("The exponentials, tanh"),
            ),
        },
    },
    steps=(*_STEPS_OF_ALGEBRA, *_STEPS_OF_ROUNDING),
    altered={
        "exp(a) in place of exp(2a)": Field(tanh(X + Y), 1 - 2 / (1 + exp(X) * exp(Y))),
        "one reciprocal for each pair of keys": counted("separated", "reciprocal", N_Q * N_K),
        "6u in place of 7u for a unit": collected(FORWARD - 1),
        "6u in place of 8u for the derivative": collected_backward(BACKWARD - 2),
        "one exponent more for the derivative in fp16": backward_in_range("fp16", safe_backward("fp16") + 1),
        "a product that overflows from ½ (e_max + 1) ln 2 on": overflows(1),
        "a sum that is lost up to u in place of u/4": rounds_to_one(Rational(2)),
    },
    scores=("additive", "concat"),
    references=(FAMILIES["additive"].source, "Higham 2002, Accuracy and Stability of Numerical Algorithms"),
)
