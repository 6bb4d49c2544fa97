"""Rotary positions are relative: the score sees i − j only, exactly when the angles are linear in the position."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sympy import Expr, Integer, cos, expand, sin, symbols

from attnproof.derivations.attention.rotary import (
    COS_KEY,
    COS_QUERY,
    HALF,
    ROTATED_KEY,
    ROTATED_QUERY,
    SIN_KEY,
    SIN_QUERY,
    G,
    rotary,
)
from attnproof.derivations.language.notation import D, I, J
from attnproof.derivations.language.ranges import free_ranges, split
from attnproof.derivations.language.tensors import KEY_SHARED, QUERY_SHARED
from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.reasoning import same, vanishes

THETA, PHI, OMEGA, START = symbols("theta phi omega theta_0", real=True)
P_I, P_J, STEP = symbols("i j s", real=True)
A, B, A2, B2 = symbols("a b a' b'", real=True)  # a pair of the query's features, and the key's
C, S, C2, S2 = symbols("C S C' S'", real=True)  # its row of the query's tables, and of the key's
Number = tuple[Expr, Expr]  # a complex number by its parts: z = cos θ + i sin θ for an angle θ
Angle = Callable[[Expr], Expr]


def halves(width: Expr) -> bool:
    """The two blocks of a rotated vector, one of each pair's features in either, are all of its ``width`` features."""
    system = rotary("dot")
    for tensor in (ROTATED_QUERY, ROTATED_KEY):
        blocks = [equation for equation in system.equations if equation.target == tensor]
        offsets = [split(block.indices[1])[0] for block in blocks]
        lengths = [free_ranges(system, block)[G] for block in blocks]
        if offsets != [Integer(0), lengths[0]] or sum(lengths) != width or tensor.shape[1] != width:
            return False
    return True


def of_a_pair() -> Expr:
    """What one pair of features adds to the dot score, from the system's equations."""
    system = rotary("dot")
    names = {
        QUERY_SHARED[I, G]: A,
        QUERY_SHARED[I, HALF + G]: B,
        KEY_SHARED[J, G]: A2,
        KEY_SHARED[J, HALF + G]: B2,
        COS_QUERY[I, G]: C,
        SIN_QUERY[I, G]: S,
        COS_KEY[J, G]: C2,
        SIN_KEY[J, G]: S2,
    }
    query, key = (
        [equation.rhs.xreplace(names) for equation in system.equations if equation.target == tensor]
        for tensor in (ROTATED_QUERY, ROTATED_KEY)
    )
    return sum((x * y for x, y in zip(query, key, strict=True)), Integer(0))


def pair_is(expected: Expr) -> bool:
    """One pair's share of the score is ``expected``, whatever the tables hold."""
    return vanishes(of_a_pair() - expected)


def of_angles(cosine: Expr, sine: Expr) -> bool:
    """For tables of cosines and sines of θ and φ the two combinations are ``cosine`` and ``sine``."""
    return same(cos(THETA) * cos(PHI) + sin(THETA) * sin(PHI), cosine) and same(
        sin(THETA) * cos(PHI) - cos(THETA) * sin(PHI), sine
    )


def shared_shift(angle: Angle) -> bool:
    """Both positions moved by s: the difference of their angles stays."""
    before = angle(P_I) - angle(P_J)
    return vanishes(expand(angle(P_I + STEP) - angle(P_J + STEP) - before))


def seen_by(query: Number, key: Number, expected: Expr) -> bool:
    """For these features the score of the pair is ``expected``: a score that is the same for all features fixes it."""
    (a, b), (a2, b2) = query, key
    return vanishes(of_a_pair().subs({A: a, B: b, A2: a2, B2: b2}, simultaneous=True) - expected)


def times(left: Number, right: Number) -> Number:
    """Product of complex numbers."""
    return left[0] * right[0] - left[1] * right[1], left[0] * right[1] + left[1] * right[0]


def conjugate(number: Number) -> Number:
    """Complex conjugate."""
    return number[0], -number[1]


def point(name: str) -> Number:
    """A complex number with real parts of its own."""
    real, imaginary = symbols(f"x_{name} y_{name}", real=True)
    return real, imaginary


def equal_steps(of_circle: Expr) -> bool:
    """``z_{i+1} z̄_i = z_{j+1} z̄_j`` follows from ``z_{i+1} z̄_{j+1} = z_i z̄_j`` for numbers with
    ``|z|² = of_circle``:

    the difference is a combination of the differences that are 0.
    """
    z_i, z_j, next_i, next_j = (point(name) for name in ("i", "j", "i1", "j1"))
    wanted = _minus(times(next_i, conjugate(z_i)), times(next_j, conjugate(z_j)))
    given = _minus(times(next_i, conjugate(next_j)), times(z_i, conjugate(z_j)))
    on_circle = {z: of_circle - times(z, conjugate(z))[0] for z in (next_j, z_i)}
    moved = times(times(given, next_j), conjugate(z_i))
    first, second = times(next_i, conjugate(z_i)), times(next_j, conjugate(z_j))
    return all(
        vanishes(wanted[k] - (on_circle[next_j] * first[k] + moved[k] - on_circle[z_i] * second[k])) for k in (0, 1)
    )


def linear_solves(angle: Angle) -> bool:
    """``z_{p+1} = w z_p`` with w at angle ω and z_0 at θ_0 is solved by the points at ``angle(p)``."""
    here, after = angle(P_I), angle(P_I + 1)
    turned = times((cos(here), sin(here)), (cos(OMEGA), sin(OMEGA)))
    start = vanishes(angle(Integer(0)) - START)
    return start and same(turned[0], cos(expand(after))) and same(turned[1], sin(expand(after)))


def _minus(left: Number, right: Number) -> Number:
    return left[0] - right[0], left[1] - right[1]


def _linear(position: Expr) -> Expr:
    return START + OMEGA * position


def _square(position: Expr) -> Expr:
    return START + OMEGA * position**2


_SUM, _CROSS = A * A2 + B * B2, A * B2 - B * A2
_ONE: Number = (Integer(1), Integer(0))
_OTHER: Number = (Integer(0), Integer(1))

LEMMA = Lemma(
    name="rotary_relative",
    title="Rotary positions are relative positions",
    statement=(
        r"Let the tables hold cosines and sines of angles $\theta_{p,g}$, the same for queries and keys. The score of "
        r"query and key at positions $i$ and $j$ depends on $i - j$ only, for all queries and keys, exactly if "
        r"$\theta_{p,g} = \theta_{0,g} + p\,\omega_g$ up to multiples of $2\pi$."
    ),
    assumptions={
        "Dot or scaled dot score.": "domain",
        "Exact tables: a rounded table has no angles that are linear in the position.": "rounding",
    },
    steps=(
        Step(
            "the two blocks of a rotated vector fill it: a sum over features is a sum over pairs",
            r"\sum_{r<d} q'_{ir} k'_{jr} => \sum_{g<d/2} (q'_{ig} k'_{jg} + q'_{i,d/2+g} k'_{j,d/2+g})",
            partial(halves, D),
        ),
        Step(
            "one pair's share, multiplied out from the system's equations",
            "q'_{ig} k'_{jg} + q'_{i,d/2+g} k'_{j,d/2+g} => (aa' + bb')(CC' + SS') + (ab' - ba')(SC' - CS')",
            partial(pair_is, _SUM * (C * C2 + S * S2) + _CROSS * (S * C2 - C * S2)),
        ),
        Step(
            "addition theorems",
            r"CC' + SS',\ SC' - CS' => \cos(\theta - \varphi),\ \sin(\theta - \varphi)",
            partial(of_angles, cos(THETA - PHI), sin(THETA - PHI)),
        ),
        Step(
            "angles linear in the position: a shift of both positions leaves their difference",
            r"\theta_{i+s} - \theta_{j+s} => \theta_i - \theta_j",
            partial(shared_shift, _linear),
        ),
        Step(
            "conversely, features (1, 0) and (1, 0) see the cosine of the difference",
            r"a = a' = 1,\ b = b' = 0 => CC' + SS'",
            partial(seen_by, _ONE, _ONE, C * C2 + S * S2),
        ),
        Step(
            "and features (1, 0) and (0, 1) its sine",
            r"a = b' = 1,\ b = a' = 0 => SC' - CS'",
            partial(seen_by, _ONE, _OTHER, S * C2 - C * S2),
        ),
        Step(
            "so with $z_p = e^{i\\theta_p}$ a score of $i - j$ alone makes all steps equal",
            r"z_{i+1}\bar z_{j+1} = z_i \bar z_j => z_{i+1}\bar z_i = z_{j+1}\bar z_j",
            partial(equal_steps, Integer(1)),
        ),
        Step(
            "and equal steps have one solution for each start: angles linear in the position",
            r"z_{p+1} = w z_p => \theta_p = \theta_0 + p\,\omega",
            partial(linear_solves, _linear),
        ),
    ),
    altered={
        "one feature more than the pairs have": partial(halves, D + 1),
        "the sign of the second term swapped": partial(pair_is, _SUM * (C * C2 + S * S2) - _CROSS * (S * C2 - C * S2)),
        "the sum of the angles": partial(of_angles, cos(THETA + PHI), sin(THETA + PHI)),
        "angles that grow with the square of the position": partial(shared_shift, _square),
        "the other feature sees the cosine": partial(seen_by, _ONE, _OTHER, C * C2 + S * S2),
        "numbers off the circle": partial(equal_steps, Integer(2)),
        "squares solve the recurrence": partial(linear_solves, _square),
    },
    references=("Su, Lu, Pan, Murtadha, Wen, Liu 2021, RoFormer, section 3.4.2",),
)
