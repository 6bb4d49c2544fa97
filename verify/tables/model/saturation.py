"""Saturation of every trained head, against independent normal scores of the same spread (claims T1, T2, T10).

For every head five rows:
    ``row sum``         weights of a row sum to 1. Pass or fail.
    ``jacobian norm``   ‖diag(α) - ααᵀ‖_F² = Σα² - 2Σα³ + (Σα²)², matrix against formula. Pass or fail.
    ``sum of squares``  mean of Σα² over the queries against independent normal scores. A law: pass or abstain.
    ``entropy``         mean of -Σ α ln α against the same. A law; ``effective_keys`` is its exponential.
    ``largest weight``  mean of max α against the same. A law.

"The same spread" is meant row by row: given the sample standard deviation s of a row's n scores, n independent normal
scores are s times a uniformly distributed direction (independent of s), whatever their mean and their true deviation.
So the normal value is computed with standardised normal draws times s, and no deviation has to be estimated. The noise
of the draws enters the jackknife with the rest, since sentences have their own draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from attnproof.verify.rows.tables import ModelSaturationRow
from attnproof.verify.tables.model.files import HEADS
from attnproof.verify.tables.model.forward import Head
from attnproof.verify.tables.model.row import against_law, jackknife, row, within_bound

Array = NDArray[Any]

U: Final = 2.0**-53
DRAWS: Final = 16  # normal rows for each row of scores
NOT_NORMAL: Final = "trained scores are not independent normal numbers: the law's assumption does not hold"
LAWS: Final = ("sum of squares", "entropy", "largest weight")


def rows(layer: int, sentences: Sequence[Head], random: np.random.Generator) -> list[ModelSaturationRow]:
    """Five rows for each head of one layer, from its attention on every sentence."""
    seen = np.stack([_totals(sentence.weights) for sentence in sentences])  # (sentences, heads, laws)
    normal = np.stack([_normal_totals(sentence.scores, random) for sentence in sentences])
    queries = np.array([sentence.weights.shape[-1] for sentence in sentences])
    found: list[ModelSaturationRow] = []
    for head in range(HEADS):
        weights = [sentence.weights[head] for sentence in sentences]
        spread = np.concatenate([sentence.scores[head].std(axis=1, ddof=1) for sentence in sentences])
        place: dict[str, Any] = {
            "layer": layer,
            "head": head,
            "queries": int(queries.sum()),
            "mean_keys": float(np.mean(np.repeat(queries, queries))),
            "score_deviation": float(spread.mean()),
        }
        found.append(_row_sum(place, weights))
        found.append(_jacobian(place, weights))
        for at, quantity in enumerate(LAWS):
            found.append(_law(place, quantity, seen[:, head, at], normal[:, head, at], queries))
    return found


def _row(place: dict[str, Any], quantity: str, theory: str, **columns: Any) -> ModelSaturationRow:
    name = f"layer={place['layer']}/head={place['head']}/{quantity}"
    return row(ModelSaturationRow, name, quantity=quantity, theory=theory, **place, **columns)


def _law(place: dict[str, Any], quantity: str, seen: Array, normal: Array, queries: Array) -> ModelSaturationRow:
    sums = np.stack([seen, normal, queries], axis=1)
    difference, uncertainty = jackknife(lambda s: (s[..., 0] - s[..., 1]) / s[..., 2], sums)
    theory = float(normal.sum() / queries.sum())
    columns = against_law(theory, theory + float(difference), float(uncertainty), NOT_NORMAL)
    if quantity == "entropy":
        columns |= {
            "effective_keys": float(np.exp(columns["measured"])),
            "effective_keys_normal": float(np.exp(theory)),
        }
    return _row(place, quantity, f"E[{quantity}] of independent normal scores, same n and sample deviation", **columns)


def _row_sum(place: dict[str, Any], weights: Sequence[Array]) -> ModelSaturationRow:
    """The normaliser's n - 1 additions and the division, then our own n - 1 additions: γ_2n."""
    sums = [matrix.sum(axis=1) for matrix in weights]
    errors = [np.abs(total - 1) / (2 * len(total) * U) for total in sums]
    worst = int(np.argmax([error.max() for error in errors]))
    measured = float(sums[worst][np.argmax(errors[worst])])
    bound = 2 * len(sums[worst]) * U / (1 - 2 * len(sums[worst]) * U)
    return _row(place, "row sum", "Σ_j α_j = 1", **within_bound(1.0, measured, bound))


def _jacobian(place: dict[str, Any], weights: Sequence[Array]) -> ModelSaturationRow:
    """Mean over the queries. Both sides are polynomials whose absolute values sum to at most Σ(α_i δ_ij + α_i α_j)² <=
    4 and 1 + 2 + 1 = 4; no path has more than n² + 2n + Q + 10 roundings, Q the number of queries averaged.
    """
    matrix_norms, formula = [], []
    for matrix in weights:
        jacobian = matrix[:, :, None] * np.eye(matrix.shape[1]) - matrix[:, :, None] * matrix[:, None, :]
        matrix_norms.append(np.sum(jacobian**2, axis=(1, 2)))
        squares = np.sum(matrix**2, axis=1)
        formula.append(squares - 2 * np.sum(matrix**3, axis=1) + squares**2)
    longest, count = max(len(matrix) for matrix in weights), sum(len(matrix) for matrix in weights)
    bound = U * 2 * 4 * (longest**2 + 2 * longest + count + 10)
    columns = within_bound(float(np.concatenate(formula).mean()), float(np.concatenate(matrix_norms).mean()), bound)
    return _row(place, "jacobian norm", "E‖J‖_F² = E[Σα² - 2Σα³ + (Σα²)²]", **columns)


def _totals(weights: Array) -> Array:
    """Sums over the queries (last but one axis) of Σα², entropy and largest weight; (..., n_q, n) -> (..., 3)."""
    logarithms = np.log(np.where(weights > 0, weights, 1.0))  # 0 ln 0 = 0
    each = (np.sum(weights**2, axis=-1), -np.sum(weights * logarithms, axis=-1), np.max(weights, axis=-1))
    return np.stack([quantity.sum(axis=-1) for quantity in each], axis=-1)


def _normal_totals(scores: Array, random: np.random.Generator) -> Array:
    """The same sums for normal scores of every row's own spread, mean over the draws; (heads, n, n) -> (heads, 3)."""
    n = scores.shape[-1]
    draws = random.standard_normal((DRAWS, 1, n, n))
    draws -= draws.mean(axis=-1, keepdims=True)
    draws /= draws.std(axis=-1, ddof=1, keepdims=True)
    logits = draws * scores.std(axis=-1, ddof=1)[None, :, :, None]
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    result: Array = _totals(powers / powers.sum(axis=-1, keepdims=True)).mean(axis=0)
    return result
