"""A6: how query-key normalisation and soft-capping bound the scores."""

from __future__ import annotations

from functools import partial

from sympy import Add, Eq, Expr, Ge, Integer, Le, Lt, Mul, Pow, Rational, Sum, Symbol, exp, sqrt, symbols, tanh

from attnproof.derivations.attention.whole import LAYER
from attnproof.derivations.language.notation import D_K, D_Q, D, F, R, Tensor, index
from attnproof.derivations.language.system import total
from attnproof.derivations.language.tensors import BIAS, CAPPED, SCORES, SOFTCAP, WEIGHT
from attnproof.derivations.lemmas.cauchy_schwarz import H, S
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.identities import put
from attnproof.derivations.proof.reasoning import vanishes
from attnproof.derivations.proof.rules import Equal
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.smt import proves
from attnproof.derivations.proof.steps import identity
from attnproof.derivations.propositions.proposition import lt
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.typesetting.latex import expr_latex

GAIN = Tensor("gain", "gamma", (D,))  # product of the two gains
SLACK = Tensor("slack", "c", (D,))  # G² = γ_r² + c_r², because |γ_r| <= G
OFFSET = Tensor("offset", "beta", (D,))
NORM, OFFSET_NORM = Tensor("norm", "p", ()), Tensor("offset_norm", "m", ())
COS, SIN = Tensor("cos", "c", (D,)), Tensor("sin", "s_r", (D,))  # of the angle by which a rotation turns pair r
ROW, COLUMN = Tensor("row", "s", (D_Q,)), Tensor("column", "h", (D_K,))
EPSILON = Symbol("epsilon", positive=True)
M, N = index("m"), index("p")
X = Symbol("x", real=True)
POSITIVE_CAP = Symbol("kappa", positive=True)


def squares(body: Expr) -> Expr:
    """``Σ_r body²``, the body in the index r."""
    return total(body**2, (R, D))


def l2(x: Tensor, epsilon: Expr = EPSILON) -> Expr:
    """Component r of ``x/√(|x|² + ε)``."""
    return x[R] / sqrt(squares_of(x) + epsilon)


def rms(x: Tensor, epsilon: Expr = EPSILON) -> Expr:
    """Component r of ``x/√(|x|²/d + ε)``."""
    return x[R] / sqrt(squares_of(x) / D + epsilon)


def squares_of(x: Tensor) -> Expr:
    """``|x|²`` with an index of its own, so that it can stand beside component r."""
    return total(x[F] ** 2, (F, D))


def centred(expr: Expr) -> Expr:
    """``expr`` with the query less its mean."""
    return put(expr, S, lambda r: S[r] - total(S[M], (M, D)) / D)


def not_negative(expr: Expr) -> bool:
    """``expr`` is made of squares, positive symbols and numbers by sums, products and quotients."""
    if isinstance(expr, Add | Mul):
        return all(map(not_negative, expr.args))
    if isinstance(expr, Sum):
        return not_negative(expr.function)
    if isinstance(expr, Pow):
        return bool(expr.exp.is_even) or not_negative(expr.base)
    return bool(expr.is_positive)


def not_negative_step(rule: str, expr: Expr, *uses: str) -> Step:
    """The step ``expr >= 0``."""
    return Step(rule, rf"{expr_latex(expr)} => \ge 0", partial(not_negative, expr), uses=uses)


def exceeds(query: tuple[int, ...], key: tuple[int, ...], scale: Expr, bound: Expr) -> bool:
    """The scaled dot product of two vectors of integers, as they are after normalisation, is larger than ``bound``."""
    score = scale * sum(q * k for q, k in zip(query, key, strict=True))
    return bool(score > bound)


def layer_normed(x: tuple[int, ...], gain: int, offset: tuple[int, ...]) -> tuple[int, ...]:
    """Layer normalisation (ε = 0) of integers whose mean is 0 and whose variance is 1.

    Raises ValueError for others.
    """
    if sum(x) != 0 or sum(one**2 for one in x) != len(x):
        raise ValueError(f"mean 0 and variance 1 expected, got {x}")
    return tuple(gain * one + beta for one, beta in zip(x, offset, strict=True))


def strictly_within(left: Expr, right: Expr, gap: Expr) -> bool:
    """``right − left`` is ``gap``, and positive."""
    return vanishes(right - left - gap) and bool(gap.is_positive)


def logit(score: Expr, cap: Expr, bias: Expr) -> Expr:
    """The layer's own equations: a soft-capped score plus the bias."""
    capped, logits = LAYER.equations[:2]
    expr = put(put(logits.rhs, CAPPED, lambda *_: capped.rhs), SCORES, lambda *_: score)
    return put(put(expr, BIAS, lambda *_: bias), SOFTCAP, lambda: cap)


def above(expr: Expr, bound: Expr) -> bool:
    """``expr > bound`` for every positive κ."""
    return bool((expr - bound).is_positive)


def gains_at_width(width: int, factor: Expr) -> bool:
    """``|Σ_r γ_r u_r v_r| <= factor G d`` for ``|u|², |v|² <= d``, ``|γ_r| <= G``, d = ``width``, by an SMT solver."""
    u, v, gains = (symbols(f"{letter}1:{width + 1}", real=True) for letter in ("u", "v", "g"))
    largest = Symbol("G", positive=True)
    score = sum((g * a * b for g, a, b in zip(gains, u, v, strict=True)), Integer(0))
    given = [*(Le(_squares_at(x), width) for x in (u, v)), *(Le(g**2, largest**2) for g in gains)]
    bound = factor * largest * width
    return proves(Le(score, bound), given) and proves(Ge(score, -bound), given)


def below_one_at_width(width: int, epsilon: Expr) -> bool:
    """``|x|²/n² < 1`` where ``n² = |x|² + ε`` and n > 0, for x of the given width: decided by an SMT solver."""
    x, norm = symbols(f"x1:{width + 1}", real=True), Symbol("n", positive=True)
    return proves(Lt(_squares_at(x) / norm**2, 1), [Eq(norm**2, _squares_at(x) + epsilon)])


def _squares_at(x: tuple[Expr, ...]) -> Expr:
    return sum((one**2 for one in x), Integer(0))


L2_GAP = EPSILON / (squares(S[R]) + EPSILON)
RMS_GAP = D * EPSILON / (squares(S[R]) / D + EPSILON)
GAIN_GAP = total(SLACK[R] ** 2 * S[R] ** 2, (R, D))
FORM = total(WEIGHT[R, F] * ROW[R] * COLUMN[F], (R, D_Q), (F, D_K))
FORM_DEFECT = (
    total(
        (WEIGHT[R, F] * ROW[M] * COLUMN[N] - WEIGHT[M, N] * ROW[R] * COLUMN[F]) ** 2,
        *((R, D_Q), (F, D_K), (M, D_Q), (N, D_K)),
    )
    / 2
)
FORM_BOUND = (
    total(WEIGHT[R, F] ** 2, (R, D_Q), (F, D_K)) * total(ROW[R] ** 2, (R, D_Q)) * total(COLUMN[F] ** 2, (F, D_K))
)
SQUARED_NORM = D  # bounds that of a vector after RMS or layer normalisation, hence the product of two
CAPPED_BY = POSITIVE_CAP * tanh(X / POSITIVE_CAP)

CLAIM = Claim(
    id="A6",
    title="Bounded scores",
    usual=(
        "Query-key normalisation bounds every score: by the gain for L2 normalisation, by √d times the gains for RMS "
        "or layer normalisation; soft-capping bounds it by the cap."
    ),
    headline=(
        "By the gain for L2 normalisation; by `d` times the gains for RMS and layer normalisation, `√d` times for "
        "the score over `√d`; an offset adds its norm."
    ),
    statement=(
        r"L2 normalisation with one gain g: $|e| \le |g|$, and below it for $\varepsilon > 0$, $g \ne 0$. RMS or layer "
        r"normalisation without offset, with "
        rf"$|\gamma^q_r \gamma^k_r| \le G$: $|\hat q^\top \hat k| \le {expr_latex(SQUARED_NORM)} G$, so "
        rf"${expr_latex(SQUARED_NORM / sqrt(D))} G$ only for the score divided by $\sqrt d$; without "
        r"$\varepsilon$ and with gains 1 it is attained for RMS. An offset adds its norm: $|\hat q| \le \sqrt "
        r"d\max|\gamma| + |\beta|$, and the bound without it can be exceeded. A bilinear score of normalised vectors "
        r"is bounded only together with its matrix: $|q^\top W k| \le \|W\|_F |q||k|$. A soft-cap gives "
        r"$|\kappa\tanh(e/\kappa)| < \kappa$ for every score; a bias added after it is not bounded by it."
    ),
    assumptions={
        "Real finite vectors and gains, real arithmetic; the normalisation adds ε > 0 under its root, or ε = 0 and the "
        "root is not 0.": "ranges",
        "The normalised vectors enter the dot product directly, or by a rotation (rotary positions).": "norms",
        "κ > 0.": "ranges",
    },
    steps=(
        identity("L2: how far the squared norm stays below 1", 1 - squares(l2(S)), L2_GAP),
        not_negative_step("both norms are at most 1, hence the score is at most |g|", L2_GAP, "cauchy_schwarz"),
        *(
            Step(
                f"ε > 0: the norm is below 1; a second road at d = {width}, where an SMT solver decides",
                r"|x|^2/(|x|^2 + \varepsilon) => < 1",
                partial(below_one_at_width, width, EPSILON),
            )
            for width in (2, 3)
        ),
        identity("RMS: how far the squared norm stays below d", SQUARED_NORM - squares(rms(S)), RMS_GAP),
        identity(
            "layer: the same for the query less its mean", centred(SQUARED_NORM - squares(rms(S))), centred(RMS_GAP)
        ),
        not_negative_step(
            "both norms are at most the root of d: with gains 1 the score is at most d", RMS_GAP, "cauchy_schwarz"
        ),
        identity(
            "gains, G² = γ_r² + c_r² for each r: the norm grows at most by the factor G",
            total((GAIN[R] ** 2 + SLACK[R] ** 2) * S[R] ** 2, (R, D)) - squares(GAIN[R] * S[R]),
            GAIN_GAP,
        ),
        not_negative_step("what is left over: with gains the score is at most G d", GAIN_GAP, "cauchy_schwarz"),
        Step(
            "a second road at d = 2: an SMT solver decides",
            r"|\gamma_1 u_1 v_1 + \gamma_2 u_2 v_2|,\ |u|^2, |v|^2 \le 2 => \le 2 G",
            partial(gains_at_width, 2, Integer(1)),
        ),
        identity(
            "a rotation of pairs of components keeps the norm, c² + s² being 1",
            squares(COS[R] * S[R] - SIN[R] * H[R]) + squares(SIN[R] * S[R] + COS[R] * H[R]),
            total((COS[R] ** 2 + SIN[R] ** 2) * (S[R] ** 2 + H[R] ** 2), (R, D)),
        ),
        identity(
            "RMS without ε, query and key equal: d is attained",
            squares(rms(S, Integer(0))),
            SQUARED_NORM,
            given=(lt(ZERO, squares_of(S)),),
        ),
        Step(
            "without the scale √d is exceeded: d = 4, both vectors (1, 1, 1, 1), of RMS 1",
            r"\hat q^\top \hat k = 4 => > \sqrt 4",
            partial(exceeds, (1, 1, 1, 1), (1, 1, 1, 1), Integer(1), sqrt(4)),
            refutes=True,
        ),
        identity(
            "an offset: with p² = |u|², m² = |β|², (p + m)² exceeds |u + β|² by 2(pm − u·β) ≥ 0 (Cauchy, Schwarz)",
            (NORM[()] + OFFSET_NORM[()]) ** 2 - squares(S[R] + OFFSET[R]),
            NORM[()] ** 2
            - squares(S[R])
            + OFFSET_NORM[()] ** 2
            - squares(OFFSET[R])
            + 2 * (NORM[()] * OFFSET_NORM[()] - total(S[R] * OFFSET[R], (R, D))),
            uses=("cauchy_schwarz",),
        ),
        Step(
            "with an offset G√d is exceeded: d = 2, (1, −1) layer-normalised, gain 1, offset (1, −1)",
            r"\hat q^\top \hat k/\sqrt 2 = 8/\sqrt 2 => > \sqrt 2",
            partial(
                exceeds, layer_normed((1, -1), 1, (1, -1)), layer_normed((1, -1), 1, (1, -1)), 1 / sqrt(2), sqrt(2)
            ),
            refutes=True,
        ),
        identity("a bilinear form: Lagrange's identity over pairs of indices", FORM_BOUND - FORM**2, FORM_DEFECT),
        not_negative_step("hence the bound by the Frobenius norm", FORM_DEFECT),
        Step(
            "soft-cap: the distance to κ",
            r"\kappa - \kappa\tanh(x/\kappa) => \frac{2\kappa}{1 + e^{2x/\kappa}} > 0",
            partial(strictly_within, CAPPED_BY, POSITIVE_CAP, 2 * POSITIVE_CAP / (1 + exp(2 * X / POSITIVE_CAP))),
        ),
        Step(
            "soft-cap: the distance to −κ",
            r"\kappa\tanh(x/\kappa) + \kappa => \frac{2\kappa}{1 + e^{-2x/\kappa}} > 0",
            partial(strictly_within, -POSITIVE_CAP, CAPPED_BY, 2 * POSITIVE_CAP / (1 + exp(-2 * X / POSITIVE_CAP))),
        ),
        Step(
            "the layer adds the bias after the cap: score 0, bias 2κ",
            r"\kappa\tanh(0) + 2\kappa => > \kappa",
            partial(above, logit(Integer(0), POSITIVE_CAP, 2 * POSITIVE_CAP), POSITIVE_CAP),
            refutes=True,
        ),
    ),
    altered={
        "RMS normalisation bounds by 1": Equal(1 - squares(rms(S)), RMS_GAP).holds,
        "nine tenths of G d": partial(gains_at_width, 2, Rational(9, 10)),
        "below 1 without ε": partial(below_one_at_width, 2, Integer(0)),
        "√d exceeded without an offset": partial(
            exceeds, layer_normed((1, -1), 1, (0, 0)), layer_normed((1, -1), 1, (0, 0)), 1 / sqrt(2), sqrt(2)
        ),
        "a soft-cap bounds by κ/2": partial(
            strictly_within, CAPPED_BY, POSITIVE_CAP / 2, 2 * POSITIVE_CAP / (1 + exp(2 * X / POSITIVE_CAP))
        ),
    },
    scores=tuple(FAMILIES),
    counterexample=(
        "import numpy as np\n"
        "d, x = 64, np.tile([1.0, -1.0], 32)                      # mean 0, variance 1\n"
        "layer = lambda x, offset: (x - x.mean()) / x.std() + offset\n"
        "q = layer(x, 0 * x)\n"
        "print(q @ q, q @ q / np.sqrt(d))                        # 64 = d without the scale, 8 = sqrt(d) with it\n"
        "q = layer(x, 3 * x)\n"
        "print(q @ q / np.sqrt(d), '>', np.sqrt(d))              # an offset: 128 > 8, although the gain is 1"
    ),
    references=(
        "Henry, Dachapally, Pawar, Chen 2020, Query-Key Normalization for Transformers",
        "Dehghani et al. 2023, Scaling Vision Transformers to 22 Billion Parameters (layer-normalised query, key)",
        "Gemma Team 2024, Gemma 2: Improving Open Language Models at a Practical Size (soft-capping)",
    ),
)
