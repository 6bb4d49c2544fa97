"""T8: what layer normalisation before tanh guarantees, and what it does not."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Ge, Integer, Le, Rational, Symbol, cosh, limit, oo, sech, sqrt, symbols

from attnproof.derivations.language.notation import D_A, A, Tensor, index
from attnproof.derivations.language.system import total
from attnproof.derivations.lemmas.sech_squared_convex import CURVATURE, T
from attnproof.derivations.lemmas.sech_squared_odd_width import HALF
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.identities import put
from attnproof.derivations.proof.points import nonnegative_at_points, nonzero_at_points
from attnproof.derivations.proof.reasoning import nonnegative, same
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.smt import proves
from attnproof.derivations.proof.steps import identity
from attnproof.derivations.propositions.proposition import lt

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


def at_most(mean_square: Expr, bound: Expr) -> bool:
    """The mean square of a normalised vector, in the variance v and ε, is at most ``bound``."""
    return nonnegative(bound - mean_square)


def below(mean_square: Expr, bound: Expr) -> bool:
    """The same strictly: the difference is positive by its form."""
    return bool((bound - mean_square).together().factor().is_positive) and nonnegative(bound - mean_square)


def normalised(levels: Levels) -> bool:
    """The numbers of units are positive, the mean is 0 and the mean square 1."""
    count = sum((n for n, _ in levels), Integer(0))
    first = sum((n * x for n, x in levels), Integer(0)) / count
    second = sum((n * x**2 for n, x in levels), Integer(0)) / count
    return all(n.is_positive for n, _ in levels) and same(first, Integer(0)) and same(second, Integer(1))


def average(levels: Levels) -> Expr:
    """The mean of ``sech²`` over the units."""
    return sum((n * sech(x) ** 2 for n, x in levels), Integer(0)) / sum((n for n, _ in levels), Integer(0))


def attained(levels: Levels, value: Expr) -> bool:
    """A normalised vector whose mean of sech² is ``value``."""
    return normalised(levels) and same(average(levels), value)


def approached(levels: Levels, variable: Symbol, value: Expr) -> bool:
    """Normalised vectors whose mean of sech² tends to ``value`` as ``variable`` grows: shares and values converge."""
    count = sum((n for n, _ in levels), Integer(0))
    ends = [(limit(n / count, variable, oo), limit(x, variable, oo)) for n, x in levels]
    return normalised(levels) and same(average(tuple(ends)), value)


def balanced(units: Expr, minus: Expr) -> bool:
    """``units`` numbers ±1 add up to 0 with ``minus`` times −1, and with no other number of them."""
    return not units.has(MINUS) and same(units, 2 * minus)  # the sum, units − 2k, falls with k: 0 once at most


def not_balanced(units: Expr) -> bool:
    """``units`` numbers ±1, k of them −1: their sum ``units − 2k`` is odd, so never 0."""
    return bool((units - 2 * MINUS).is_odd)


def excess_between(low: Rational, high: Rational) -> bool:
    """``2 f''(1)`` lies between ``low`` and ``high``, in ball arithmetic; ``f''(t²) = CURVATURE/(2 t³ cosh⁴ t)``."""
    constant = (CURVATURE / (T**3 * cosh(T) ** 4)).subs(T, 1)
    return all(nonnegative_at_points(gap) and nonzero_at_points(gap) for gap in (constant - low, high - constant))


def shrunk(factor: Expr) -> bool:
    """With ε every unit is ``factor`` times what it is without, and ``factor`` is between 0 and 1."""
    equal = same(CENTRED / sqrt(S2 + E), factor * CENTRED / sqrt(S2))
    return equal and bool(factor.is_positive) and nonnegative(1 - factor**2)


def unit_at_most(bound: Expr) -> bool:
    """``x² <= bound`` for a unit whose square is at most r times the others' sum, ``r + 1 − x²``: by SMT solver."""
    return proves(Le(CENTRED**2, bound), [Le(CENTRED**2, OTHERS * (OTHERS + 1 - CENTRED**2))])


def falls_short(signed: bool) -> bool:
    """``(γ² − γ_a²) z_a² >= 0`` for ``γ_a <= γ`` and (``signed``) ``γ_a >= −γ``: an SMT solver decides."""
    each, unit = symbols("gamma_a z_a", real=True)
    given = [Le(each, LARGEST), *((Ge(each, -LARGEST),) if signed else ())]
    return proves(Ge((LARGEST**2 - each**2) * unit**2, 0), given)


def vanishes(arguments: tuple[Expr, ...], variable: Symbol) -> bool:
    """``sech²`` of each argument tends to 0 as ``variable`` grows: the argument grows without bound."""
    far = all(limit(argument, variable, oo) == oo for argument in arguments)
    return far and bool(limit(sech(T) ** 2, T, oo) == 0)


def single_unit_vanishes(levels: Levels) -> bool:
    """In a normalised vector with one unit by itself, that unit's sech² tends to 0 as the width grows."""
    return levels[0][0] == 1 and normalised(levels) and vanishes((levels[0][1],), OTHERS)


CLAIM = Claim(
    id="T8",
    title="Layer normalisation before tanh",
    usual="Layer normalisation before tanh keeps it out of saturation.",
    headline=(
        "On average: mean `sech²` is at least `sech²(1) = 0.4199…` at every width; not for a single unit, nor "
        "with a large gain. For `ε = 0` even widths attain it, odd ones from 3 on nearly, `0.63/d²` off for large "
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
        Step(
            "the mean square is at most 1, and f falls: the mean of sech² is at least f(1)",
            r"v/(v + \varepsilon) => \le 1",
            partial(at_most, S2 / (S2 + E), Integer(1)),
            uses=("sech_squared_convex",),
        ),
        Step(
            "ε > 0: strictly",
            r"v/(v + \varepsilon) => < 1",
            partial(below, S2 / (S2 + E), Integer(1)),
            uses=("sech_squared_convex",),
        ),
        Step(
            "even width, half the units 1 and half −1: attained",
            r"\tfrac{1}{2m} \textstyle\sum_a \operatorname{sech}^2(\pm 1) => \operatorname{sech}^2(1)",
            partial(attained, EVEN, sech(1) ** 2),
        ),
        Step(
            "f is strictly convex, strictly falling: only if all squares are 1; with mean 0, only if half are negative",
            "2m - 2k = 0 => k = m",
            partial(balanced, 2 * HALF, HALF),
            uses=("sech_squared_convex",),
        ),
        Step(
            "odd width, all squares 1, k signs negative: the sum is odd, not 0; never attained",
            r"2m + 1 - 2k => \ne 0",
            partial(not_balanced, 2 * HALF + 1),
            uses=("sech_squared_convex",),
        ),
        Step(
            "odd width: the minimum, attained by m + 1 and m units",
            r"\tfrac{1}{2m+1} \textstyle\sum_a \operatorname{sech}^2(z_a)"
            r" => \tfrac{1}{2m+1}\left((m + 1) \operatorname{sech}^2\sqrt{m/(m+1)} + m "
            r"\operatorname{sech}^2\sqrt{(m+1)/m}\right)",
            partial(attained, ODD, LEAST_ODD),
            uses=("sech_squared_odd_width",),
        ),
        Step(
            "odd width: these vectors come arbitrarily near",
            r"\lim_{m \to \infty} \tfrac{(m+1) f(m/(m+1)) + m f((m+1)/m)}{2m+1} => \operatorname{sech}^2(1)",
            partial(approached, ODD, HALF, sech(1) ** 2),
        ),
        Step(
            "odd width: d² times the excess tends to this constant",
            r"2 f''(1) => \in [0.630, 0.631]",
            partial(excess_between, Rational(630, 1000), Rational(631, 1000)),
            uses=("sech_squared_convex", "sech_squared_odd_width"),
        ),
        Step(
            "ε > 0 shrinks every unit of a vector that is not constant, and sech² grows towards 0: the minimum at odd "
            "widths stays a bound",
            r"x/\sqrt{v + \varepsilon} => \sqrt{v/(v + \varepsilon)} \cdot x/\sqrt v",
            partial(shrunk, SHRINK),
            uses=("sech_squared_convex",),
        ),
        identity(
            "a constant input, ε > 0: z is 0 and sech² is 1",
            mean(sech(put(z(A), X, lambda _: COMMON)) ** 2),
            Integer(1),
            given=(lt(ZERO, put(VARIANCE + EPS, X, lambda _: COMMON)),),
        ),
        Step(
            "a single unit is minus the sum of the r = d_a − 1 others: its square is at most r times the sum of "
            "theirs, which is d_a − z_a² at most",
            r"z_a^2 \le r (r + 1 - z_a^2) => z_a^2 \le d_a - 1",
            partial(unit_at_most, OTHERS),
            uses=("cauchy_schwarz",),
        ),
        Step(
            "a single unit: √(d_a − 1), all others alike; also the mean weighted by |v| where v is on that unit alone",
            r"\lim_{d_a \to \infty} \operatorname{sech}^2\sqrt{d_a - 1} => 0",
            partial(single_unit_vanishes, ONE_UNIT),
            refutes=True,
        ),
        identity(
            "gains: what the mean square falls short of γ² v/(v + ε) by",
            mean((GAINS[A] * z(A)) ** 2),
            GAIN**2 * mean(z(A) ** 2) - mean((GAIN**2 - GAINS[A] ** 2) * z(A) ** 2),
            given=SPREAD,
        ),
        Step("is not negative for |γ_a| ≤ γ", r"(\gamma^2 - \gamma_a^2) z_a^2 => \ge 0", partial(falls_short, True)),
        Step(
            "so the mean square is at most γ², and the guarantee f(γ²)",
            r"\gamma^2 v/(v + \varepsilon) => \le \gamma^2",
            partial(at_most, LARGEST**2 * S2 / (S2 + E), LARGEST**2),
            uses=("sech_squared_convex",),
        ),
        identity(
            "one gain and one offset: the mean square",
            mean((GAIN * z(A) + OFFSET) ** 2),
            GAIN**2 * VARIANCE / (VARIANCE + EPS) + OFFSET**2,
            given=SPREAD,
        ),
        Step(
            "is at most γ² + β², and the guarantee f of it",
            r"\gamma^2 v/(v + \varepsilon) + \beta^2 => \le \gamma^2 + \beta^2",
            partial(at_most, LARGEST**2 * S2 / (S2 + E) + SHIFT**2, LARGEST**2 + SHIFT**2),
            uses=("sech_squared_convex",),
        ),
        Step(
            "a large gain, even width: the mean of sech² over ±γ",
            r"\lim_{\gamma \to \infty} \operatorname{sech}^2(\gamma) => 0",
            partial(vanishes, (LARGEST,), LARGEST),
            refutes=True,
        ),
        Step(
            "a large offset, even width: the mean of sech² over β ± 1",
            r"\lim_{\beta \to \infty} \tfrac12(\operatorname{sech}^2(\beta + 1) + \operatorname{sech}^2(\beta - 1))"
            " => 0",
            partial(vanishes, (SHIFT + 1, SHIFT - 1), SHIFT),
            refutes=True,
        ),
    ),
    altered={
        "an odd width balanced by m signs": partial(balanced, 2 * HALF + 1, HALF),
        "m units on the side of m + 1": partial(attained, ((HALF, ODD[0][1]), (HALF + 1, ODD[1][1])), LEAST_ODD),
        "an even width attains 1/2": partial(attained, EVEN, Rational(1, 2)),
        "a single unit is at most √(d_a − 2)": partial(unit_at_most, OTHERS - 1),
        "gains that are only bounded above": partial(falls_short, False),
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
