"""T8: what layer normalisation before tanh guarantees, and what it does not."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Add, Expr, Integer, Rational, Symbol, cosh, oo, sech, sqrt, symbols

from attnproof.derivations.language.notation import D_A, A, Tensor, index
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.lemmas.sech_squared_convex import CURVATURE, T
from attnproof.derivations.lemmas.sech_squared_odd_width import HALF
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.identities import put
from attnproof.derivations.proof.met import Assumed, Because
from attnproof.derivations.proof.rules import All, Enclosed, Field, Rule, Sign, Solver, Tends
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import Either, Iff, eq, le, lt, ne

B = index("b")
X = Tensor("input", "x", (D_A,))  # the pre-activation before it is normalised
GAINS = Tensor("gains", "gamma", (D_A,))
Z = Tensor("normalised", "z", (D_A,), "intermediate")
EPS, GAIN, OFFSET, LEVEL, SLOPE, COMMON = (
    Tensor(name, name, ())[()] for name in ("epsilon", "gamma", "beta", "c_0", "c_1", "c")
)

MU = total(X[B], (B, D_A)) / D_A
VARIANCE = total((X[B] - MU) ** 2, (B, D_A)) / D_A

SPREAD = (lt(ZERO, VARIANCE + EPS),)

S2, E, SHIFT, LARGEST = (Symbol(name, positive=True) for name in ("v", "epsilon", "beta", "gamma"))
CENTRED = Symbol("x", real=True)
OTHERS = Symbol("r", integer=True, positive=True)  # d_a − 1
MINUS = Symbol("k", integer=True, nonnegative=True)
SHRINK = sqrt(S2 / (S2 + E))

Levels = tuple[tuple[Expr, Expr], ...]  # (number of units, their common value)
ODD: Levels = ((HALF + 1, sqrt(HALF / (HALF + 1))), (HALF, -sqrt((HALF + 1) / HALF)))
ONE, WHOLE = Integer(1), Symbol("n", real=True)
HALVES: Levels = ((Rational(1, 2), Integer(1)), (Rational(1, 2), Integer(-1)))
EVEN: Levels = ((HALF, Integer(1)), (HALF, Integer(-1)))
ONE_UNIT: Levels = ((Integer(1), sqrt(OTHERS)), (OTHERS, -1 / sqrt(OTHERS)))
LEAST_ODD = ((HALF + 1) * sech(sqrt(HALF / (HALF + 1))) ** 2 + HALF * sech(sqrt((HALF + 1) / HALF)) ** 2) / (
    2 * HALF + 1
)


def z(a: Expr) -> Expr:
    """Layer normalisation without gain and offset."""
    return (X[a] - MU) / sqrt(VARIANCE + EPS)


def mean(body: Expr) -> Expr:
    """The mean over the units of ``body`` in the index a."""
    return total(body, (A, D_A)) / D_A


def _named(levels: Levels) -> tuple[Equation, ...]:
    """The values of the units by name, so that a step can show what is added up."""
    return tuple(Equation(Tensor(f"x_{k}", f"x_{k}", ()), (), x) for k, (_, x) in enumerate(levels, start=1))


def average(levels: Levels, of: Callable[[Expr], Expr]) -> Expr:
    """The mean over the units of a function of their values, which are named."""
    counts = [n for n, _ in levels]
    return Add(*(n * of(x.lhs) for n, x in zip(counts, _named(levels), strict=True))) / Add(*counts)


def normalised(levels: Levels) -> tuple[Rule, ...]:
    """The mean is 0 and the mean square 1."""
    named = _named(levels)
    return (
        Field(average(levels, lambda x: x), ZERO, definitions=named),
        Field(average(levels, lambda x: x**2), ONE, definitions=named),
    )


def attained(levels: Levels, value: Expr) -> All:
    """A normalised vector whose mean of sech² is ``value``."""
    mean_slope = average(levels, lambda x: sech(x) ** 2)
    return All((*normalised(levels), Field(mean_slope, value, definitions=_named(levels))))


def approached(levels: Levels, variable: Symbol, ends: Levels) -> All:
    """Normalised vectors whose shares and values tend to ``ends`` as ``variable`` grows."""
    count = Add(*(n for n, _ in levels))
    limits: list[Rule] = []
    for (n, x), (share, value) in zip(levels, ends, strict=True):
        limits += [Tends(n / count, variable, oo, share), Tends(x, variable, oo, value)]
    return All((*normalised(levels), *limits))


def balanced(units: Expr, minus: Expr) -> Solver:
    """``units`` numbers ±1, k of them −1, add up to 0 exactly for k = ``minus``."""
    return Solver(Iff(eq(units - 2 * MINUS, ZERO), eq(MINUS, minus)))


def excess_between(low: Rational, high: Rational) -> Enclosed:
    """``2 f''(1)`` lies between ``low`` and ``high``; ``f''(t²) = CURVATURE/(2 t³ cosh⁴ t)``."""
    return Enclosed((CURVATURE / (T**3 * cosh(T) ** 4)).subs(T, 1), low, high)


def shrunk(factor: Expr) -> All:
    """With ε every unit is ``factor`` times what it is without, and ``factor`` is between 0 and 1."""
    shrinks = Equation(Tensor("factor", "c", ()), (), factor)
    with_epsilon = Field(CENTRED / sqrt(S2 + E), shrinks.lhs * CENTRED / sqrt(S2), definitions=(shrinks,))
    return All((with_epsilon, Sign(ZERO, "<", factor), Sign(factor**2, "≤", ONE)))


def unit_at_most(bound: Expr) -> Solver:
    """``x² <= bound`` for a unit whose square is at most r times the others' sum, ``r + 1 − x²``."""
    return Solver(le(CENTRED**2, bound), (le(CENTRED**2, OTHERS * (OTHERS + 1 - CENTRED**2)),))


def falls_short(signed: bool) -> Solver:
    """``(γ² − γ_a²) z_a² >= 0`` for ``γ_a <= γ`` and (``signed``) ``γ_a >= −γ``."""
    each, unit = symbols("gamma_a z_a", real=True)
    given = (le(each, LARGEST), *((le(-LARGEST, each),) if signed else ()))
    return Solver(le(ZERO, (LARGEST**2 - each**2) * unit**2), given)


def vanishes(arguments: tuple[Expr, ...], variable: Symbol) -> All:
    """``sech²`` of each argument tends to 0 as ``variable`` grows: the argument grows without bound."""
    return All((*(Tends(x, variable, oo, oo) for x in arguments), Tends(sech(T) ** 2, T, oo, ZERO)))


CLAIM = Claim(
    id="T8",
    title="Layer normalisation before tanh",
    usual="Layer normalisation before tanh keeps it out of saturation.",
    headline=(
        "On average: mean `sech²` is at least `sech²(1) = 0.4199…` at every width; not for a single unit, nor "
        "with a large gain. For `ε = 0` even widths attain it, odd ones from 3 on do not, `0.63/d²` off for large "
        "`d`."
    ),
    statement=(
        r"Without gain and offset the mean of $\operatorname{sech}^2(z_a)$ over the units is at least "
        r"$\operatorname{sech}^2(1) = 0.4199\ldots$, for every input and every width $d_a$. With $\varepsilon = 0$ an "
        r"even $d_a$ attains it, exactly for vectors of as many 1 as −1. An odd $d_a = 2m + 1 \ge 3$ never does; its "
        r"minimum is $\tfrac{1}{2m+1}\left((m + 1) \operatorname{sech}^2\sqrt{m/(m+1)} + m "
        r"\operatorname{sech}^2\sqrt{(m+1)/m}\right)$, attained exactly, up to the sign of the vector, by $m + 1$ "
        r"units at $\sqrt{m/(m+1)}$ and $m$ at $-\sqrt{(m+1)/m}$: $0.4897\ldots$ for $d_a = 3$, and larger than "
        r"$\operatorname{sech}^2(1)$ by about $0.63/d_a^2$ for large $d_a$, so that the infimum over all odd widths is "
        r"$\operatorname{sech}^2(1)$ too. With $\varepsilon > 0$ the bounds are strict, and the first rises to "
        r"$\operatorname{sech}^2\sqrt{v/(v+\varepsilon)}$ for an input of variance $v$; a constant input gives 1. Not "
        r"promised: a single unit, or the mean weighted by $|v_a|$, whose $\operatorname{sech}^2$ may be as small as "
        r"$\operatorname{sech}^2\sqrt{d_a - 1}$ (attained for $\varepsilon = 0$, $d_a \ge 2$) and no smaller. With "
        r"gains $|\gamma_a| \le \gamma$ the guarantee is $\operatorname{sech}^2(\gamma)$, with one gain and one offset "
        r"for all units $\operatorname{sech}^2\sqrt{\gamma^2 + \beta^2}$: a large gain or offset leaves nothing of it, "
        r"as even $d_a$ show."
    ),
    assumptions={
        "z = (x − mean)/√(variance + ε), the variance with the divisor d_a, ε ≥ 0, and variance + ε > 0.": "ranges",
        "Real numbers; no gain and no offset where none is named.": "domain",
    },
    met={
        "sech_squared_convex": {
            "x ≥ 0; derivatives at x > 0, where x = t².": (
                Because(
                    "x is a mean of squares or the square of a unit; the tangent is taken at a mean square above 0, "
                    "and where that is 0 all units are 0 and both sides 1"
                ),
            ),
        },
        "sech_squared_odd_width": {
            "Real numbers; d odd and at least 3.": (
                Assumed("Real numbers"),
                Because("the steps speak of the widths d = 2m + 1, m ≥ 1"),
            ),
        },
        "cauchy_schwarz": {
            "Real vectors of one width d.": (Because("the two vectors are the r other units and r ones"),),
        },
    },
    steps=(
        identity("the normalised units have mean 0", mean(z(A)), Integer(0), given=SPREAD),
        identity("and mean square v/(v + ε)", mean(z(A) ** 2), VARIANCE / (VARIANCE + EPS), given=SPREAD),
        identity(
            "Jensen: f(x) = sech²(√x) lies above its tangent at M, the mean square; the mean of the tangent is f(M)",
            put(mean(LEVEL + SLOPE * (Z[A] ** 2 - total(Z[B] ** 2, (B, D_A)) / D_A)), Z, z),
            LEVEL,
            given=SPREAD,
            uses=("sech_squared_convex",),
        ),
        closed(
            "the mean square is at most 1, and f falls: the mean of sech² is at least f(1)",
            Sign(S2 / (S2 + E), "≤", ONE),
            uses=("sech_squared_convex",),
        ),
        closed("ε > 0: strictly", Sign(S2 / (S2 + E), "<", ONE), uses=("sech_squared_convex",)),
        closed("even width, half the units 1 and half −1: attained", attained(EVEN, sech(1) ** 2)),
        closed(
            "f is strictly convex, strictly falling: only if all squares are 1; with mean 0, only if half are negative",
            balanced(2 * HALF, HALF),
            uses=("sech_squared_convex",),
        ),
        closed(
            "odd width, all squares 1, k signs negative: n = m − k is a whole number, from 0 on or up to −1, so that "
            "the sum 2m + 1 − 2k = 2n + 1 is not 0; never attained",
            Solver(ne(2 * WHOLE + 1, ZERO), (Either((le(ZERO, WHOLE), le(WHOLE, -ONE))),)),
            uses=("sech_squared_convex",),
        ),
        closed(
            "odd width: the minimum, attained by m + 1 and m units",
            attained(ODD, LEAST_ODD),
            uses=("sech_squared_odd_width",),
        ),
        closed(
            "odd width: the shares of these vectors tend to ½, their values to ±1, the mean of sech² to sech²(1)",
            approached(ODD, HALF, HALVES),
        ),
        closed(
            "odd width: d² times the excess tends to this constant, 2 f''(1)",
            excess_between(Rational(630, 1000), Rational(631, 1000)),
            uses=("sech_squared_convex", "sech_squared_odd_width"),
        ),
        closed(
            "ε > 0 shrinks every unit of a vector that is not constant, and sech² grows towards 0: the minimum at odd "
            "widths stays a bound",
            shrunk(SHRINK),
            uses=("sech_squared_convex",),
        ),
        identity(
            "a constant input, ε > 0: z is 0 and sech² is 1",
            mean(sech(put(z(A), X, lambda _: COMMON)) ** 2),
            Integer(1),
            given=(lt(ZERO, put(VARIANCE + EPS, X, lambda _: COMMON)),),
        ),
        closed(
            "a single unit x is minus the sum of the r = d_a − 1 others: its square is at most r times the sum of "
            "theirs, which is d_a − x² at most",
            unit_at_most(OTHERS),
            uses=("cauchy_schwarz",),
        ),
        closed("a single unit at √(d_a − 1), all others alike: normalised", All(normalised(ONE_UNIT))),
        closed(
            "its sech² tends to 0; also the mean weighted by |v| where v is on that unit alone",
            vanishes((ONE_UNIT[0][1],), OTHERS),
            refutes=True,
        ),
        identity(
            "gains: what the mean square falls short of γ² v/(v + ε) by",
            mean((GAINS[A] * z(A)) ** 2),
            GAIN**2 * mean(z(A) ** 2) - mean((GAIN**2 - GAINS[A] ** 2) * z(A) ** 2),
            given=SPREAD,
        ),
        closed("is not negative for |γ_a| ≤ γ", falls_short(True)),
        closed(
            "so the mean square is at most γ², and the guarantee f(γ²)",
            Sign(LARGEST**2 * S2 / (S2 + E), "≤", LARGEST**2),
            uses=("sech_squared_convex",),
        ),
        identity(
            "one gain and one offset: the mean square",
            mean((GAIN * z(A) + OFFSET) ** 2),
            GAIN**2 * VARIANCE / (VARIANCE + EPS) + OFFSET**2,
            given=SPREAD,
        ),
        closed(
            "is at most γ² + β², and the guarantee f of it",
            Sign(LARGEST**2 * S2 / (S2 + E) + SHIFT**2, "≤", LARGEST**2 + SHIFT**2),
            uses=("sech_squared_convex",),
        ),
        closed("a large gain, even width: the mean of sech² over ±γ", vanishes((LARGEST,), LARGEST), refutes=True),
        closed(
            "a large offset, even width: the mean of sech² over β ± 1",
            vanishes((SHIFT + 1, SHIFT - 1), SHIFT),
            refutes=True,
        ),
    ),
    altered={
        "an odd width balanced by m signs": balanced(2 * HALF + 1, HALF),
        "m units on the side of m + 1": attained(((HALF, ODD[0][1]), (HALF + 1, ODD[1][1])), LEAST_ODD),
        "an even width attains 1/2": attained(EVEN, Rational(1, 2)),
        "a mean square below 1 − ε": Sign(S2 / (S2 + E), "<", 1 - E),
        "a single unit is at most √(d_a − 2)": unit_at_most(OTHERS - 1),
        "gains that are only bounded above": falls_short(False),
        "an excess of more than 0.631/d²": excess_between(Rational(631, 1000), Rational(632, 1000)),
    },
    scores=("additive", "concat"),
    counterexample=(
        "import numpy as np\n"
        "def normalise(x): return (x - x.mean()) / x.std()\n"
        "def slope(z): return 1 / np.cosh(z) ** 2\n"
        "one = normalise(np.eye(1, 401)[0])         # one unit apart from 400 equal ones\n"
        "print(slope(one).mean(), slope(one)[0])    # the mean is fine, that unit is 2e-17\n"
        "even = normalise(np.tile([3.0, 7.0], 50))\n"
        "print(slope(even).mean(), slope(1.0))      # the guarantee, attained\n"
        "print(slope(8 * even).mean())              # a gain of 8: 5e-7"
    ),
    references=("Ba, Kiros, Hinton 2016, Layer Normalization",),
)
