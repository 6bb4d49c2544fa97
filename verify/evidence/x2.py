"""X2 measured: the bilinear scores of explicit weights, and what makes the other encodings impossible, as tables."""

from __future__ import annotations

from attnproof.derivations.claims.x2 import CELLS
from attnproof.verify.evidence.measuring.xor_scores import multiplier_matrix, score_matrix
from attnproof.verify.evidence.measuring.xor_scores import rows as gaps
from attnproof.verify.options import Options
from attnproof.verify.unit import Result

BITS, BITS_QUERY, SIGNS = CELLS[0], CELLS[2], CELLS[4]


def rows(options: Options) -> list[Result]:
    """Gaps by implementation and format, and three figures."""
    return [
        *gaps("X2", CELLS, options),
        score_matrix(
            "X2",
            SIGNS,
            "Features −1, +1: scores s₁h₁ − s₂h₂",
            "Each query's target (marked) scores 2, the three other keys 0, 0 and −2.",
        ),
        multiplier_matrix(
            "X2",
            BITS,
            "Features 0, 1, no constant: Farkas multipliers of the demands",
            (
                "One demand is contradictory alone: the query (0, 0) scores 0 with every key, so its target never "
                "outscores the key (0, 0)."
            ),
        ),
        score_matrix(
            "X2",
            BITS_QUERY,
            "Features 0, 1, constant on the query: scores (2s₁ − 1)h₁ − (2s₂ − 1)h₂",
            "Each target (marked) leads its row, but no one number separates all marked cells from the others.",
        ),
    ]
