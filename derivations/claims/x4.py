"""X4: the exclusive-or by additive attention."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from flint import fmpq

from attnproof.derivations.claims.checks import xor_smt
from attnproof.derivations.claims.checks.xor import ENCODINGS, Encoding, Multipliers
from attnproof.derivations.claims.checks.xor_cells import (
    Additive,
    Cell,
    Impossible,
    Matrix,
    Possible,
    both,
    ranking_rule,
    row,
    steps,
)
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.met import Assumed, Because
from attnproof.derivations.scores import FAMILIES

# {-1, +1}, no constant, no bias: s and -s make opposite demands of the same two numbers
OPPOSITE: Multipliers = {((-1, -1), (-1, -1)): 1, ((1, 1), (1, 1)): 1}
OPPOSITE_THRESHOLD: Multipliers = {
    ((-1, -1), (-1, 1)): 1,  # two opposite targets: above the threshold, which is negative then
    ((1, 1), (1, -1)): 1,
    ((-1, -1), (-1, -1)): 1,  # two opposite pairs that are not: below the threshold, which is positive then
    ((1, 1), (1, 1)): 1,
}

# Two units for each feature, in x = s_1 + h_1 and y = s_2 + h_2; e = f(x) - f(y), f larger where the two values agree
V = (1, -1, -1, 1)
ONCE: Matrix = ((1, 0), (1, 0), (0, 1), (0, 1))  # {-1, +1}: f(x) = tanh(x - 1) - tanh(x + 1)
TWICE: Matrix = ((2, 0), (2, 0), (0, 2), (0, 2))  # {0, 1}: the same f of 2x - 2
STEEPER: Matrix = ((1, 0), (2, 0), (0, 1), (0, 2))  # {0, 1} without any constant: f(x) = tanh x - tanh 2x
SHIFTS = {-1: (-1, 1, -1, 1), 0: (-3, -1, -3, -1)}
ZEROS = (0, 0, 0, 0)


def extended(matrix: Matrix, column: tuple[int, ...] | None) -> Matrix:
    """``matrix`` with the weights of a constant feature, if there is one."""
    return matrix if column is None else tuple((*line, x) for line, x in zip(matrix, column, strict=True))


def weights(encoding: Encoding, bias: bool) -> Additive:
    """Four units with a shift inside tanh; without a bias a constant feature supplies it.

    Raises ValueError without bias and constant: nothing is there to supply the shift.
    """
    matrix, shift = (TWICE, SHIFTS[0]) if encoding.low == 0 else (ONCE, SHIFTS[-1])
    if not (bias or encoding.on_query or encoding.on_key):
        raise ValueError("a shift inside tanh needs a bias or a constant feature")
    of_query = ZEROS if bias or not encoding.on_query else shift
    of_key = ZEROS if bias or encoding.on_query else shift
    return Additive(
        extended(matrix, of_query if encoding.on_query else None),
        extended(matrix, of_key if encoding.on_key else None),
        shift if bias else None,
        V,
    )


def certificates(encoding: Encoding, bias: bool) -> tuple[Possible | Impossible, Possible | Impossible]:
    """For ranking and for the threshold."""
    if bias or encoding.on_query or encoding.on_key:
        found = weights(encoding, bias)
        return Possible(found, fmpq(5, 4)), Possible(found, fmpq(1, 2), fmpq(5, 8))
    if encoding.low == 0:
        found = Additive(STEEPER, STEEPER, None, V)
        return Possible(found, fmpq(1, 8)), Possible(found, fmpq(1, 20), fmpq(1, 10))
    return Impossible(OPPOSITE), Impossible(OPPOSITE_THRESHOLD)


def cell(encoding: Encoding, bias: bool) -> Cell:
    """The cell of the additive score for ``encoding``."""
    return Cell(encoding, "additive", bias, *certificates(encoding, bias))


CELLS = tuple(cell(encoding, bias) for bias, encoding in product((False, True), ENCODINGS))

PLAIN_SIGNS = CELLS[4]  # {-1, +1}, no constant, no bias
WITH_BIAS = CELLS[12]

CLAIM = Claim(
    id="X4",
    title="Exclusive-or by additive attention",
    usual="Additive attention solves the exclusive-or.",
    headline=(
        "Without a bias inside tanh or a constant feature it cannot for {−1, +1}, with any number of units; with "
        "either four units do, and for {0, 1} without them."
    ),
    statement=(
        r"With a bias inside tanh, or with a constant feature 1 on the query or the key, four hidden units solve it "
        r"for features in $\{0, 1\}$ and in $\{-1, 1\}$, with one threshold for all 16 pairs. As Bahdanau writes it, "
        r"without bias, the score is odd, $e(-s, -h) = -e(s, h)$. For features in $\{0, 1\}$ four units still solve "
        r"it; for features in $\{-1, 1\}$ without a constant no number of units does: the target of $-s$ is minus the "
        r"target of $s$, and what ranks it first for $s$ ranks it last for $-s$."
    ),
    assumptions={
        "Two features each of query and key, all four queries and all four keys.": "encodings",
        "The score is additive with any number of units, any real weights, and no bias outside of tanh.": "domain",
        "Solved means: each query's target strictly outscores the other three keys (ranking).": "convention",
    },
    met={
        "odd_score": {
            "Real weights of any size, no bias inside tanh.": (
                Assumed("The score is additive"),
                Because("both cases are those without a bias inside tanh"),
            ),
        },
    },
    steps=(*(step for one in CELLS for step in steps(one, usual=Possible, uses=("odd_score",))), *xor_smt.steps(CELLS)),
    altered={
        "{-1, +1} without bias: the multipliers of two pairs that are not opposite": ranking_rule(
            replace(PLAIN_SIGNS, ranking=Impossible({**OPPOSITE, ((1, 1), (1, 1)): 2}))
        ),
        "the same multipliers for the score with a bias": ranking_rule(
            replace(WITH_BIAS, ranking=Impossible(OPPOSITE))
        ),
        "{-1, +1} with a bias: a margin of 2 in place of 5/4": both(
            replace(WITH_BIAS, ranking=Possible(weights(ENCODINGS[4], bias=True), fmpq(2)))
        ),
        "with a bias it is out of reach, by the solver": xor_smt.unreachable(WITH_BIAS, "ranking"),
    },
    scores=("additive",),
    cells=tuple(map(row, CELLS)),
    counterexample=(
        "import numpy as np\n"
        "x, r = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]]), np.random.default_rng(0)\n"
        "W_s, W_h, v = r.normal(size=(50, 2)), r.normal(size=(50, 2)), r.normal(size=50)   # any weights\n"
        "e = np.array([[v @ np.tanh(W_s @ s + W_h @ h) for h in x] for s in x])\n"
        "target = [1, 0, 3, 2]              # for each query: same first feature, other second\n"
        "others = [[e[s, h] for h in range(4) if h != target[s]] for s in range(4)]\n"
        "gaps = [e[s, target[s]] - np.array(others[s]) for s in range(4)]\n"
        "print(gaps[0], gaps[3])            # the gaps of s and -s: opposite, so never all positive"
    ),
    references=(FAMILIES["additive"].source,),
)
