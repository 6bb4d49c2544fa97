"""A6: how query-key normalisation and soft-capping bound the scores."""

from __future__ import annotations

from sympy import Add, Expr, Integer, Rational, Symbol, exp, sqrt, symbols, tanh

from attnproof.derivations.attention.whole import LAYER
from attnproof.derivations.language.notation import D_K, D_Q, D, F, R, Tensor, index
from attnproof.derivations.language.system import total
from attnproof.derivations.language.tensors import BIAS, CAPPED, SCORES, SOFTCAP, WEIGHT
from attnproof.derivations.lemmas.cauchy_schwarz import H, S
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.identities import put
from attnproof.derivations.proof.met import Assumed
from attnproof.derivations.proof.rules import All, Cases, Equal, Field, Sign, Solver, Squares
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import Both, eq, le, lt
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


Q_1, Q_2, Q_3, Q_4, B_1, B_2 = symbols("q_1 q_2 q_3 q_4 b_1 b_2", real=True)


def unscaled(*x: int) -> Cases:
    """A vector of four components that RMS normalisation leaves as it is: its product with itself is above √4."""
    letters = (Q_1, Q_2, Q_3, Q_4)
    norm = Add(*(q**2 for q in letters))
    says = Both((eq(norm / 4, Integer(1)), lt(Integer(2), norm)))
    return Cases(says, tuple((q, (Integer(n),)) for q, n in zip(letters, x, strict=True)))


def with_offset(x: tuple[int, int], offset: tuple[int, int]) -> Cases:
    """A vector of two components of mean 0 and variance 1 (ε = 0), with an offset: its scaled product with itself is
    above √2, the bound without one.
    """
    normal = (eq(Q_1 + Q_2, ZERO), eq((Q_1**2 + Q_2**2) / 2, Integer(1)))
    score = ((Q_1 + B_1) ** 2 + (Q_2 + B_2) ** 2) / sqrt(2)
    values = zip((Q_1, Q_2, B_1, B_2), (*x, *offset), strict=True)
    return Cases(Both((*normal, lt(sqrt(2), score))), tuple((s, (Integer(n),)) for s, n in values))


def strictly_within(left: Expr, right: Expr, gap: Expr) -> All:
    """``right − left`` is ``gap``, and positive."""
    return All((Field(right - left, gap), Sign(ZERO, "<", gap)))


def logit(score: Expr, cap: Expr, bias: Expr) -> Expr:
    """The layer's own equations: a soft-capped score plus the bias."""
    capped, logits = LAYER.equations[:2]
    expr = put(put(logits.rhs, CAPPED, lambda *_: capped.rhs), SCORES, lambda *_: score)
    return put(put(expr, BIAS, lambda *_: bias), SOFTCAP, lambda: cap)


def gains_at_width(width: int, factor: Expr) -> Solver:
    """``|Σ_r γ_r u_r v_r| <= factor G d`` for ``|u|², |v|² <= d``, ``|γ_r| <= G``, d = ``width``."""
    u, v, gains = (symbols(f"{letter}_1:{width + 1}", real=True) for letter in ("u", "v", "gamma"))
    largest = Symbol("G", positive=True)
    score = Add(*(g * a * b for g, a, b in zip(gains, u, v, strict=True)))
    bound = factor * largest * width
    given = (*(le(_squares_at(x), Integer(width)) for x in (u, v)), *(le(g**2, largest**2) for g in gains))
    return Solver(Both((le(score, bound), le(-bound, score))), given)


def below_one_at_width(width: int, epsilon: Expr) -> Solver:
    """``|x|²/n² < 1`` where ``n² = |x|² + ε`` and n > 0, for x of the given width."""
    x, norm = symbols(f"x_1:{width + 1}", real=True), Symbol("n", positive=True)
    return Solver(lt(_squares_at(x) / norm**2, Integer(1)), (eq(norm**2, _squares_at(x) + epsilon),))


def _squares_at(x: tuple[Expr, ...]) -> Expr:
    return Add(*(one**2 for one in x))


CS = ("cauchy_schwarz",)
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
    met={
        "cauchy_schwarz": {
            "Real vectors of one width d.": (Assumed("Real finite vectors"),),
        },
    },
    steps=(
        identity("L2: how far the squared norm stays below 1", 1 - squares(l2(S)), L2_GAP),
        closed("both norms are at most 1, hence the score is at most |g|", Squares(L2_GAP), uses=CS),
        *(
            closed(
                f"ε > 0: the norm is below 1; a second road at d = {width}, n the root",
                below_one_at_width(width, EPSILON),
            )
            for width in (2, 3)
        ),
        identity("RMS: how far the squared norm stays below d", SQUARED_NORM - squares(rms(S)), RMS_GAP),
        identity(
            "layer: the same for the query less its mean", centred(SQUARED_NORM - squares(rms(S))), centred(RMS_GAP)
        ),
        closed("both norms are at most the root of d: with gains 1 the score is at most d", Squares(RMS_GAP), uses=CS),
        identity(
            "gains, G² = γ_r² + c_r² for each r: the norm grows at most by the factor G",
            total((GAIN[R] ** 2 + SLACK[R] ** 2) * S[R] ** 2, (R, D)) - squares(GAIN[R] * S[R]),
            GAIN_GAP,
        ),
        closed("what is left over: with gains the score is at most G d", Squares(GAIN_GAP), uses=CS),
        closed("a second road at d = 2", gains_at_width(2, Integer(1))),
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
        closed(
            "without the scale √d is exceeded: d = 4, both vectors (1, 1, 1, 1), of RMS 1",
            unscaled(1, 1, 1, 1),
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
        closed(
            "with an offset G√d is exceeded: d = 2, (1, −1) layer-normalised, gain 1, offset (1, −1)",
            with_offset((1, -1), (1, -1)),
            refutes=True,
        ),
        identity("a bilinear form: Lagrange's identity over pairs of indices", FORM_BOUND - FORM**2, FORM_DEFECT),
        closed("hence the bound by the Frobenius norm", Squares(FORM_DEFECT)),
        closed(
            "soft-cap: the distance to κ is positive",
            strictly_within(CAPPED_BY, POSITIVE_CAP, 2 * POSITIVE_CAP / (1 + exp(2 * X / POSITIVE_CAP))),
        ),
        closed(
            "soft-cap: the distance to −κ is positive",
            strictly_within(-POSITIVE_CAP, CAPPED_BY, 2 * POSITIVE_CAP / (1 + exp(-2 * X / POSITIVE_CAP))),
        ),
        closed(
            "the layer adds the bias after the cap: score 0, bias 2κ",
            Sign(POSITIVE_CAP, "<", logit(Integer(0), POSITIVE_CAP, 2 * POSITIVE_CAP)),
            refutes=True,
        ),
    ),
    altered={
        "RMS normalisation bounds by 1": Equal(1 - squares(rms(S)), RMS_GAP),
        "nine tenths of G d": gains_at_width(2, Rational(9, 10)),
        "below 1 without ε": below_one_at_width(2, Integer(0)),
        "√d exceeded without an offset": with_offset((1, -1), (0, 0)),
        "a soft-cap bounds by κ/2": strictly_within(
            CAPPED_BY, POSITIVE_CAP / 2, 2 * POSITIVE_CAP / (1 + exp(2 * X / POSITIVE_CAP))
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
