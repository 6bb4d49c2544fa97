"""X2: an exclusive-or by multiplicative attention."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flint import fmpq
from sympy import Integer

from attnproof.derivations.claims.checks import xor_smt
from attnproof.derivations.claims.checks.xor import ENCODINGS, Encoding, Multipliers
from attnproof.derivations.claims.checks.xor_cells import (
    H_1,
    H_2,
    S_1,
    S_2,
    Bilinear,
    Cell,
    Impossible,
    Possible,
    ranking_rule,
    row,
    steps,
    threshold_rule,
)
from attnproof.derivations.claims.checks.xor_cells import both as both_rules
from attnproof.derivations.language.notation import D_Q, N_K, N_Q, I, J, L, R, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import SCORES
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.rules import Cases
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import Both, Iff, eq, ne

# {0, 1}: the query (0, 0) scores 0 with every key, whatever W is
ZERO_QUERY: Multipliers = {((0, 0), (0, 0)): 1}
ZERO_QUERY_THRESHOLD: Multipliers = {((0, 0), (0, 1)): 1, ((0, 0), (0, 0)): 1}
# {0, 1}, no constant on the key: the key (0, 0) scores 0 with every query; it is the target of (0, 1),
# not of (0, 0)
ZERO_KEY_THRESHOLD: Multipliers = {((0, 1), (0, 0)): 1, ((0, 0), (0, 0)): 1}

SIGNS = Bilinear(((1, 0), (0, -1)))  # s_1 h_1 - s_2 h_2, with -1 and +1
SIGNS_BOTH = Bilinear(((1, 0, 0), (0, -1, 0), (0, 0, 0)))
SIGNS_QUERY = Bilinear(((1, 0), (0, -1), (0, 0)))
SIGNS_KEY = Bilinear(((1, 0, 0), (0, -1, 0)))
BITS_BOTH = Bilinear(((4, 0, -2), (0, -4, 2), (-2, 2, 0)))  # (2 s_1 - 1)(2 h_1 - 1) - (2 s_2 - 1)(2 h_2 - 1)
BITS_QUERY = Bilinear(((2, 0), (0, -2), (-1, 1)))  # (2 s_1 - 1) h_1 - (2 s_2 - 1) h_2


def both(weights: Bilinear) -> tuple[Possible, Possible]:
    """Scores 2 for targets, at most 0 for the others."""
    return Possible(weights, fmpq(2)), Possible(weights, fmpq(1), fmpq(1))


CERTIFICATES: Mapping[tuple[str, str], tuple[Possible | Impossible, Possible | Impossible]] = {
    ("{0, 1}", "none"): (Impossible(ZERO_QUERY), Impossible(ZERO_QUERY_THRESHOLD)),
    ("{0, 1}", "both"): both(BITS_BOTH),
    ("{0, 1}", "query"): (Possible(BITS_QUERY, fmpq(1)), Impossible(ZERO_KEY_THRESHOLD)),
    ("{0, 1}", "key"): (Impossible(ZERO_QUERY), Impossible(ZERO_QUERY_THRESHOLD)),
    ("{-1, +1}", "none"): both(SIGNS),
    ("{-1, +1}", "both"): both(SIGNS_BOTH),
    ("{-1, +1}", "query"): both(SIGNS_QUERY),
    ("{-1, +1}", "key"): both(SIGNS_KEY),
}


def cell(encoding: Encoding) -> Cell:
    """The cell of the bilinear score for ``encoding``."""
    return Cell(encoding, "bilinear", False, *CERTIFICATES[encoding.features, encoding.constant])


CELLS = tuple(map(cell, ENCODINGS))

BY_BITS, ON_QUERY, BY_SIGNS = CELLS[0], CELLS[2], CELLS[4]
MINUS = Bilinear(((-1, 0), (0, 1)))

QUERY = Tensor("query", "s", (N_Q, D_Q))
COLUMN = Tensor("column", "w", (D_Q,))  # the column of W that a constant on the key brings in
WITH_CONSTANT = Equation(
    Tensor("with_constant", "f", (N_Q, N_K)), (I, J), SCORES[I, J] + total(COLUMN[R] * QUERY[I, R], (R, D_Q))
)


def one_target(low: int) -> Cases:
    """With the values ``low`` and 1: the key that matches in the first feature and differs in the second is the one
    with the other value there.
    """
    target = Both((eq(H_1, S_1), eq(H_2, low + 1 - S_2)))
    values = (Integer(low), Integer(1))
    return Cases(Iff(Both((eq(H_1, S_1), ne(H_2, S_2))), target), tuple((x, values) for x in (S_1, S_2, H_1, H_2)))


CLAIM = Claim(
    id="X2",
    title="Exclusive-or by multiplicative attention",
    usual=(
        "Multiplicative attention cannot solve an exclusive-or: attend to the key that matches the query in the first "
        "feature and differs in the second."
    ),
    headline=(
        "It cannot for features in {0, 1}; it can for {−1, +1}, or with a constant feature 1 on the query. Exact "
        "certificates for every case."
    ),
    statement=(
        r"It depends on the encoding. With features in $\{-1, 1\}$ it can: $e = s_1 h_1 - s_2 h_2$ scores 2 for the "
        r"target and 0, 0, -2 for the other keys, so that one threshold serves all 16 pairs. With features in $\{0, "
        r"1\}$ and no constant on the query it cannot: the query $(0, 0)$ scores 0 with every key. A constant 1 "
        r"appended to the query is enough to rank, $e = (2s_1 - 1)h_1 - (2s_2 - 1)h_2$; one threshold for all pairs "
        r"needs the constant on the key too. A constant on the key alone changes no order: it adds the same to all "
        r"scores of a query."
    ),
    assumptions={
        "Two features each of query and key, all four queries and all four keys.": "encodings",
        "The score is the bilinear one, with any real matrix W, and no bias outside of it.": "domain",
        "Solved means: each query's target strictly outscores the other three keys (ranking).": "convention",
    },
    steps=(
        *(
            closed(f"{values}: the target of a query is one key", one_target(low))
            for values, low in (("{0, 1}", 0), ("{-1, +1}", -1))
        ),
        *(step for one in CELLS for step in steps(one, usual=Impossible)),
        *xor_smt.steps(CELLS),
        identity(
            "a constant on the key adds a term in s alone: it never changes a ranking",
            WITH_CONSTANT.target[I, J] - WITH_CONSTANT.target[I, L],
            SCORES[I, J] - SCORES[I, L],
            definitions=(WITH_CONSTANT,),
        ),
    ),
    altered={
        "{-1, +1}: -W in place of W": both_rules(replace(BY_SIGNS, ranking=Possible(MINUS, fmpq(2)))),
        "{0, 1} without constants: the query (0, 1) in place of (0, 0)": ranking_rule(
            replace(BY_BITS, ranking=Impossible({((0, 1), (0, 1)): 1}))
        ),
        "{0, 1} with a constant on the query: one threshold serves all pairs": threshold_rule(
            replace(ON_QUERY, threshold=Possible(BITS_QUERY, fmpq(1, 9), fmpq(0)))
        ),
        "{-1, +1} is out of reach, by the solver": xor_smt.unreachable(BY_SIGNS, "ranking"),
        "two values that are one": one_target(1),
    },
    scores=("bilinear",),
    cells=tuple(map(row, CELLS)),
    counterexample=(
        "import numpy as np\n"
        "x = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])\n"
        "e = x @ np.diag([1, -1]) @ x.T                                 # queries in rows, keys in columns\n"
        "target = [[np.all(h == s * [1, -1]) for h in x] for s in x]    # same first feature, other second\n"
        "print(e, e[target], e[np.logical_not(target)].max())           # 2 for targets, at most 0 elsewhere"
    ),
    references=("Minsky, Papert 1969, Perceptrons", "Farkas 1902, Theorie der einfachen Ungleichungen"),
)
