"""X3: no multiplicative score separates an exclusive-or of the key's features, for one fixed query."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from sympy import Expr, Rational, Sum, Symbol

from attnproof.derivations.claims.checks.xor import ENCODINGS, THRESHOLD, Encoding, Functional, linear
from attnproof.derivations.claims.checks.xor_smt import never_all_positive
from attnproof.derivations.language.notation import D_K, D_Q, F, R, Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.language.tensors import WEIGHT
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.rules import All, Contradiction, Equal
from attnproof.derivations.proof.steps import closed, identity

QUERY = Tensor("query", "s", (D_Q,))
CORNER = Tensor("corner", "h", (D_K,))  # the key 00
FIRST = Tensor("first", "u", (D_K,))  # what turns the key's first feature
SECOND = Tensor("second", "w", (D_K,))  # and its second

NAMES: Final = ("00", "01", "10", "11")
MULTIPLIERS: Mapping[str, int] = {"00": 1, "11": 1, "01": 1, "10": 1}
EQUAL: Final = frozenset({"00", "11"})
UNEQUAL: Final = frozenset({"01", "10"})


def score(key: Expr) -> Sum:
    """``Σ_rf s_r W_rf key`` with ``key`` in the index f."""
    return total(QUERY[R] * WEIGHT[R, F] * key, (R, D_Q), (F, D_K))


def corner(name: str, f: Expr) -> Expr:
    """Element f of the key at a corner of the parallelogram."""
    return CORNER[f] + int(name[0]) * FIRST[f] + int(name[1]) * SECOND[f]


FACTOR = Symbol("c", real=True)
CORNERS = {name: score(corner(name, F)) for name in NAMES}
AS_WIDE = Tensor("query", "s", (D_K,))  # a query as wide as the keys
SCALED = {name: FACTOR * total(AS_WIDE[R] * corner(name, R), (R, D_K)) for name in NAMES}


def inequalities(encoding: Encoding, above: frozenset[str]) -> dict[str, Functional]:
    """For one query the score is linear in the key, ``Σ_f g_f h_f``. Unknowns are the g_f and the threshold: the keys
    in ``above`` score more than it, the others less.
    """
    found: dict[str, Functional] = {}
    for name, point in zip(NAMES, encoding.points(), strict=True):
        sign = Fraction(1 if name in above else -1)
        terms = {f: sign * x for f, x in enumerate(encoding.key(point)) if x != 0}
        found[name] = {**terms, THRESHOLD: -sign}
    return found


def inseparable(multipliers: Mapping[str, int], above: frozenset[str], low: int) -> All:
    """With the values ``low`` and 1, with and without constants: no threshold has just the keys ``above`` above it."""
    factors = tuple(Rational(multipliers[name]) for name in NAMES)
    cases = [inequalities(encoding, above) for encoding in ENCODINGS if encoding.low == low]
    return All(tuple(Contradiction(tuple(linear(case[name]) for name in NAMES), factors) for case in cases))


def inseparable_by_solver(above: frozenset[str]) -> All:
    """The same for all eight encodings by the SMT solver, which is given no multipliers."""
    return All(tuple(never_all_positive(inequalities(encoding, above).values()) for encoding in ENCODINGS))


def step(low: int, above: frozenset[str]) -> Step:
    """The step for one pair of values and one side."""
    values, (one, two) = ("{-1, +1}", "{0, 1}")[low + 1], sorted(above)
    return closed(
        f"{values}, with and without constants, {one} and {two} above the threshold: the four inequalities, each once",
        inseparable(MULTIPLIERS, above, low),
    )


CLAIM = Claim(
    id="X3",
    title="Exclusive-or for one fixed query",
    usual="For one fixed query, no multiplicative score separates the keys {00, 11} from {01, 10}.",
    statement=(
        r"For one query $s^\top W h$ is linear in the key, so $e(h_{00}) + e(h_{11}) = e(h_{01}) + e(h_{10})$ at the "
        r"corners of any parallelogram of keys: no threshold has $\{00, 11\}$ on one side and $\{01, 10\}$ on the "
        r"other, and neither pair outscores the other. This holds for features in $\{0, 1\}$ and in $\{-1, 1\}$, with "
        r"and without a constant feature on query or key, and at every width. In X2 the four queries make four "
        r"different such functions of the key, and each has to single out one key only: that is no exclusive-or of the "
        r"key."
    ),
    assumptions={
        "One query; any real matrix W (dot and scaled dot scores are among them).": "domain",
        "No bias by key outside of the score.": "normaliser",
    },
    steps=(
        identity(
            "linear in the key: opposite corners of a parallelogram have the same sum of scores",
            CORNERS["00"] + CORNERS["11"],
            CORNERS["01"] + CORNERS["10"],
        ),
        *(step(low, above) for low in (0, -1) for above in (EQUAL, UNEQUAL)),
        *(
            closed(
                f"all eight encodings once more, {' and '.join(sorted(above))} above the threshold: a solver, "
                "without the multipliers",
                inseparable_by_solver(above),
            )
            for above in (EQUAL, UNEQUAL)
        ),
        identity(
            "dot and scaled dot scores are bilinear ones: the same for Σ_r c s_r h_r with any factor c",
            SCALED["00"] + SCALED["11"],
            SCALED["01"] + SCALED["10"],
        ),
    ),
    altered={
        "keys 00 and 01 above: separable": inseparable(MULTIPLIERS, frozenset({"00", "01"}), -1),
        "one multiplier 2 in place of 1": inseparable({**MULTIPLIERS, "10": 2}, EQUAL, 0),
        "keys 00 and 01 above, by the solver": inseparable_by_solver(frozenset({"00", "01"})),
        "sides of the parallelogram in place of diagonals": Equal(
            CORNERS["00"] + CORNERS["01"], CORNERS["10"] + CORNERS["11"]
        ),
    },
    scores=("dot", "scaled_dot", "bilinear"),
    references=("Minsky, Papert 1969, Perceptrons",),
)
