"""X4 measured: the additive scores of explicit weights, and what makes one cell impossible, as tables."""

from __future__ import annotations

from attnproof.derivations.claims.x4 import CELLS
from attnproof.verify.evidence.measuring.xor_scores import multiplier_matrix, score_matrix
from attnproof.verify.evidence.measuring.xor_scores import rows as gaps
from attnproof.verify.options import Options
from attnproof.verify.unit import Result

BITS, SIGNS, SIGNS_BIAS = CELLS[0], CELLS[4], CELLS[12]


def rows(options: Options) -> list[Result]:
    """Gaps by implementation and format, and three figures."""
    return [
        *gaps("X4", CELLS, options),
        score_matrix(
            "X4",
            SIGNS_BIAS,
            "Features −1, +1, with a bias: scores of four units",
            "Each query's target (marked) scores highest in its row, and all targets lie above one number, 5/8.",
        ),
        multiplier_matrix(
            "X4",
            SIGNS,
            "Features −1, +1, no bias: multipliers of the demands",
            "The two demands with multiplier 1, at opposite queries and keys, ask the same gap of an odd score to be "
            "positive and to be negative.",
        ),
        score_matrix(
            "X4",
            BITS,
            "Features 0, 1, no bias: scores of four units",
            "Without a bias the score is odd, but features 0 and 1 have no opposite pairs: each target (marked) leads "
            "its row.",
        ),
    ]
