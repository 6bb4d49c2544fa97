"""Rotary positions are relative: the score sees i − j only, exactly when the angles are linear in the position."""

from __future__ import annotations

from sympy import Expr, Integer, Symbol, cos, sin, symbols

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
from attnproof.derivations.language.notation import D, I, J, R, Tensor
from attnproof.derivations.language.ranges import free_ranges, split
from attnproof.derivations.language.system import total
from attnproof.derivations.language.tensors import KEY_SHARED, QUERY_SHARED
from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import All, Computed, Field, Solver
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import eq

THETA, PHI, OMEGA, START = symbols("theta phi omega theta_0", real=True)
P_I, P_J, STEP = symbols("i j s", real=True)
A, B, A2, B2 = symbols("a b x y", real=True)  # a pair of the query's features, and the key's
C, S, C2, S2 = symbols("C S U V", real=True)  # its row of the query's tables, and of the key's
SUM, CROSS = A * A2 + B * B2, A * B2 - B * A2
COSINE, SINE = C * C2 + S * S2, S * C2 - C * S2
PAIRS = Symbol("h", integer=True, positive=True)  # d/2
QUERY, KEY = Tensor("rotated_query", "q", (2 * PAIRS,)), Tensor("rotated_key", "k", (2 * PAIRS,))
Number = tuple[Expr, Expr]  # a complex number by its parts: z = cos θ + i sin θ for an angle θ
ONE, OTHER = (Integer(1), Integer(0)), (Integer(0), Integer(1))


def blocks(of: str) -> tuple[tuple[Expr, Expr], ...]:
    """Offset and length of each block of a rotated vector, ``query`` or ``key``, and its width, from the system."""
    system = rotary("dot")
    tensor = {"query": ROTATED_QUERY, "key": ROTATED_KEY}[of]
    parts = [equation for equation in system.equations if equation.target == tensor]
    found = [(split(part.indices[1])[0], free_ranges(system, part)[G]) for part in parts]
    return (*found, (tensor.shape[1],))


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


def halves(width: Expr) -> All:
    """The two blocks of a rotated vector, one of each pair's features in either, are all of its ``width`` features."""
    value = ((Integer(0), HALF), (HALF, HALF), (width,))
    return All(tuple(Computed("lemmas.rotary_relative:blocks", (of,), value) for of in ("query", "key")))


def pair_is(expected: Expr) -> Field:
    """One pair's share of the score is ``expected``, whatever the tables hold."""
    return Field(of_a_pair(), expected)


def of_angles(sign: int) -> All:
    """For tables of cosines and sines of θ and φ the two combinations are those of ``θ − sign φ``."""
    cosine, sine = cos(THETA) * cos(PHI) + sin(THETA) * sin(PHI), sin(THETA) * cos(PHI) - cos(THETA) * sin(PHI)
    return All((Field(cosine, cos(THETA - sign * PHI)), Field(sine, sin(THETA - sign * PHI))))


def angle(position: Expr, power: int) -> Expr:
    """``θ_0 + ω p^power``."""
    return START + OMEGA * position**power


def shared_shift(power: int) -> Field:
    """Both positions moved by s: the difference of their angles stays."""
    return Field(angle(P_I + STEP, power) - angle(P_J + STEP, power), angle(P_I, power) - angle(P_J, power))


def seen_by(query: Number, key: Number, expected: Expr) -> Solver:
    """For these features the score of the pair is ``expected``: a score that is the same for all features fixes it."""
    given = zip((A, B, A2, B2), (*query, *key), strict=True)
    return Solver(eq(of_a_pair(), expected), tuple(eq(feature, value) for feature, value in given))


def times(left: Number, right: Number) -> Number:
    """Product of complex numbers."""
    return left[0] * right[0] - left[1] * right[1], left[0] * right[1] + left[1] * right[0]


def conjugate(number: Number) -> Number:
    """Complex conjugate."""
    return number[0], -number[1]


def equal_steps(of_circle: Expr) -> All:
    """``n_i z̄_i = n_j z̄_j`` follows from ``n_i n̄_j = z_i z̄_j`` for numbers with ``|z|² = of_circle``: the difference
    is a combination of the differences that are 0; real and imaginary part.
    """
    z_i, z_j, next_i, next_j = (symbols(f"{a} {b}", real=True) for a, b in ("xy", "uv", "ab", "cd"))
    first, second = times(next_i, conjugate(z_i)), times(next_j, conjugate(z_j))
    given = _minus(times(next_i, conjugate(next_j)), times(z_i, conjugate(z_j)))
    moved = times(times(given, next_j), conjugate(z_i))
    of_next, of_here = (of_circle - times(z, conjugate(z))[0] for z in (next_j, z_i))
    return All(tuple(Field(first[k] - second[k], of_next * first[k] + moved[k] - of_here * second[k]) for k in (0, 1)))


def linear_solves(power: int) -> All:
    """``z_{p+1} = w z_p`` with w at angle ω is solved by the points at ``angle(p)``."""
    here, after = angle(P_I, power), angle(P_I + 1, power)
    turned = times((cos(here), sin(here)), (cos(OMEGA), sin(OMEGA)))
    return All((Field(turned[0], cos(after)), Field(turned[1], sin(after))))


def _minus(left: Number, right: Number) -> Number:
    return left[0] - right[0], left[1] - right[1]


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
        closed(
            "offsets and lengths of the two blocks of a rotated vector, which fill its width",
            halves(D),
        ),
        identity(
            "a sum over d = 2h features of rotated vectors is one over pairs",
            total(QUERY[R] * KEY[R], (R, 2 * PAIRS)),
            total(QUERY[G] * KEY[G] + QUERY[PAIRS + G] * KEY[PAIRS + G], (G, PAIRS)),
            at=PAIRS,
        ),
        closed(
            "one pair's share, from the system's equations: features a, b of the query and x, y of the key, with the "
            "rows C, S and U, V of their tables",
            pair_is(SUM * COSINE + CROSS * SINE),
        ),
        closed("addition theorems, for tables of the angles θ and φ", of_angles(1)),
        closed("angles linear in the position: a shift of both positions leaves their difference", shared_shift(1)),
        closed("conversely, features (1, 0) and (1, 0) see the cosine of the difference", seen_by(ONE, ONE, COSINE)),
        closed("and features (1, 0) and (0, 1) its sine", seen_by(ONE, OTHER, SINE)),
        closed(
            "so with $z_p = e^{i\\theta_p}$ a score of $i - j$ alone makes all steps equal: $z_i = x + iy$, $z_j = u "
            "+ iv$, $z_{i+1} = a + ib$, $z_{j+1} = c + id$, and $z_{i+1} \\bar z_{j+1} - z_i \\bar z_j$ and $1 - "
            "|z|^2$ are 0",
            equal_steps(Integer(1)),
        ),
        closed("and equal steps have one solution for each start: angles linear in the position", linear_solves(1)),
    ),
    altered={
        "one feature more than the pairs have": halves(D + 1),
        "the sign of the second term swapped": pair_is(SUM * COSINE - CROSS * SINE),
        "the sum of the angles": of_angles(-1),
        "angles that grow with the square of the position": shared_shift(2),
        "the other feature sees the cosine": seen_by(ONE, OTHER, COSINE),
        "numbers off the circle": equal_steps(Integer(2)),
        "squares solve the recurrence": linear_solves(2),
    },
    references=("Su, Lu, Pan, Murtadha, Wen, Liu 2021, RoFormer, section 3.4.2",),
)
