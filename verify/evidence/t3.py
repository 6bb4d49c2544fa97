"""Evidence for T3: cumulants of q·k and moments on spheres by exact enumeration, beside the formulas at symbolic width.

Every query and every key of components with two or three values is listed; cumulants are formed from the raw moments by
a sum over partitions, not by the recursion of ``attnproof.derivations.moments.calculus``. The values −√3, 0, √3 with
weights 1/6, 2/3, 1/6 have the first five moments of a normal variable, and their products are rational. One coordinate
of a unit vector is integrated exactly against its density; vectors with their entries permuted in every way give second
moments without one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations, product
from math import comb, factorial, prod
from typing import Final

from sympy import Rational
from sympy.utilities.iterables import partitions

from attnproof.derivations.language.notation import D
from attnproof.derivations.moments import quadratic
from attnproof.derivations.moments.calculus import Undefined, Value
from attnproof.derivations.moments.distributions import Distribution, normal, rademacher
from attnproof.derivations.moments.exact import RADEMACHER, Atoms
from attnproof.derivations.moments.scores import dot
from attnproof.verify.evidence.row import exactly
from attnproof.verify.options import Options
from attnproof.verify.unit import Result

THREE: Final[Atoms] = tuple((Fraction(a), Fraction(b, 4)) for a, b in ((-1, 2), (0, 1), (3, 1)))  # mean ¼, lopsided
NODES: Final[Atoms] = tuple((Fraction(a), Fraction(b, 6)) for a, b in ((-1, 1), (0, 4), (1, 1)))  # times √3
THREE_VALUES: Final = Distribution(
    "−1, 0, 3 with weights ½, ¼, ¼",
    lambda m: sum((Rational(p.numerator, p.denominator) * int(a) ** m for a, p in THREE), Rational(0)),
)


@dataclass(frozen=True)
class Enumerated:
    """Laws of the components of query and key, to enumerate and to derive from.

    factor  of the products of the listed values
    orders  of the cumulants: only those that the listed values share with the law
    """

    query: Atoms
    key: Atoms
    laws: tuple[Distribution, Distribution]
    factor: int = 1
    orders: tuple[int, ...] = (2, 4, 6)


LAWS: Final[Mapping[str, Enumerated]] = {
    "signs": Enumerated(RADEMACHER, RADEMACHER, (rademacher(), rademacher())),
    "three values": Enumerated(THREE, THREE, (THREE_VALUES, THREE_VALUES), orders=(1, 2, 3, 4, 5, 6)),
    "signs and three values": Enumerated(RADEMACHER, THREE, (rademacher(), THREE_VALUES)),
    "normal": Enumerated(NODES, NODES, (normal(), normal()), factor=3, orders=(2, 4)),
}
WIDTHS: Final = (1, 2, 3)
SPHERES: Final = (2, 3, 4, 5, 8, 9)
PERMUTED: Final = {"quick": (2, 3, 4), "standard": (2, 3, 4, 5)}
FIRST: Final = (1, -3, 2, 5, -4)  # entries of the vectors whose entries are permuted
SECOND: Final = (2, 1, -5, 3, 6)


def rows(options: Options) -> list[Result]:
    """Cumulants of each law at each width, moments on spheres, and second moments of permuted vectors."""
    found = []
    for name, law in LAWS.items():
        theory = dot(*law.laws, D).cumulants(max(law.orders))
        for d in WIDTHS:
            seen = cumulants(raw_moments(law, d, max(law.orders)))
            what = f"of q·k, every outcome of components {name} listed"
            found += [_row(f"kappa_{m}/{name}", f"κ_{m} {what}", theory[m], d, seen[m]) for m in law.orders]
    for d in SPHERES:
        for m in (2, 4):
            what = f"E[(q·k)^{m}] for unit vectors, by the density of one coordinate"
            found.append(_row(f"sphere/{m}", what, quadratic.sphere_moment(D, m), d, coordinate(d, m)))
            what = f"E[(q·k)^{m}] for layer-normalised vectors, by the density of one coordinate in d − 1 dimensions"
            seen_here = Fraction(d**m) * coordinate(d - 1, m) if d > 2 else Fraction(d**m)  # d = 2: q = ±k
            found.append(_row(f"layer norm/{m}", what, quadratic.layer_norm_moment(D, m), d, seen_here))
    for d in PERMUTED.get(options.profile, PERMUTED["standard"]):
        what = "Var(q·k) for unit vectors, entries permuted and with signs in every way"
        found.append(_row("sphere/permuted", what, quadratic.sphere_moment(D, 2), d, permuted_unit(d)))
        what = "Var(q·k) for layer-normalised vectors, entries permuted in every way"
        found.append(_row("layer norm/permuted", what, quadratic.layer_norm_moment(D, 2), d, permuted_normalised(d)))
    return found


def raw_moments(law: Enumerated, width: int, order: int) -> list[Fraction]:
    """``[1, E e, ..., E e^order]`` of the dot score, every query and every key listed."""
    chance: dict[Fraction, Fraction] = {}
    for outcome in product(product(law.query, law.key), repeat=width):
        score = law.factor * sum((q * k for (q, _), (k, _) in outcome), Fraction(0))
        chance[score] = chance.get(score, Fraction(0)) + prod((p * r for (_, p), (_, r) in outcome), start=Fraction(1))
    return [sum((p * score**m for score, p in chance.items()), Fraction(0)) for m in range(order + 1)]


def cumulants(moments: Sequence[Fraction]) -> list[Fraction]:
    """``κ_n = Σ (−1)^(b−1) (b−1)! Π m_|B|`` over the partitions of n things into b blocks B; index 0 is 0."""
    found = [Fraction(0)]
    for n in range(1, len(moments)):
        total = Fraction(0)
        for sizes in partitions(n):  # size of a block -> number of such blocks
            blocks = sum(sizes.values())
            ways = Fraction(factorial(n), prod(factorial(size) ** c * factorial(c) for size, c in sizes.items()))
            total += (
                (-1) ** (blocks - 1) * factorial(blocks - 1) * ways * prod(moments[s] ** c for s, c in sizes.items())
            )
        found.append(total)
    return found


def coordinate(width: int, order: int) -> Fraction:
    """``E[u^order]`` for one coordinate of a uniform unit vector, density ∝ (1 − t²)^((d−3)/2); d >= 2, even order."""
    integral = _by_powers if width % 2 else _by_angle
    return integral(width, order) / integral(width, 0)


def _by_powers(width: int, order: int) -> Fraction:
    """``∫_0^1 t^m (1 − t²)^((d−3)/2) dt`` for odd d: a polynomial."""
    half = (width - 3) // 2
    return sum((Fraction((-1) ** j * comb(half, j), order + 2 * j + 1) for j in range(half + 1)), Fraction(0))


def _by_angle(width: int, order: int) -> Fraction:
    """Mean of ``cos^m θ sin^(d−2) θ`` for even d: t = cos θ; the middle coefficient of ``(w + 1)^m (1 − w)^(d−2)``, up
    to a sign.

    With ``w = e^(2iθ)`` it is ``(w + 1)^m (w − 1)^p w^(−(m+p)/2) 2^(−m−p) i^(−p)``, p = d − 2, and only the constant
    term has a mean.
    """
    p = width - 2
    middle = (order + p) // 2
    total = sum(comb(order, j) * comb(p, middle - j) * (-1) ** (middle - j) for j in range(min(order, middle) + 1))
    return Fraction((-1) ** (p // 2) * total, 2 ** (order + p))


def permuted_unit(width: int) -> Fraction:
    """Variance of q·k, q and k of length 1, the entries of q in every order and with every choice of signs."""
    x, y = FIRST[:width], SECOND[:width]
    scores = [
        sum(s * a * b for s, a, b in zip(signs, order, y, strict=True))
        for order in permutations(x)
        for signs in product((1, -1), repeat=width)
    ]
    return _variance(scores) / (_square(x) * _square(y))


def permuted_normalised(width: int) -> Fraction:
    """Variance of q·k, q and k of mean 0 and length √d, the entries of q in every order."""
    x, y = ([width * a - sum(entries[:width]) for a in entries[:width]] for entries in (FIRST, SECOND))
    scores = [sum(a * b for a, b in zip(order, y, strict=True)) for order in permutations(x)]
    return width**2 * _variance(scores) / (_square(x) * _square(y))


def _square(entries: Sequence[int]) -> int:
    return sum(a * a for a in entries)


def _variance(scores: Sequence[int]) -> Fraction:
    return Fraction(sum(a * a for a in scores), len(scores)) - Fraction(sum(scores), len(scores)) ** 2


def _row(name: str, what: str, theory: Value, width: int, seen: Fraction) -> Result:
    if isinstance(theory, Undefined):
        raise ValueError(f"{what}: expected a number, {theory}")
    value = theory.subs(D, width)
    derived = Fraction(int(value.p), int(value.q))
    name = f"{name.replace(' ', '-')}/d={width}"
    return exactly("T3", name, f"{what}, d = {width}", str(theory), derived, seen)
