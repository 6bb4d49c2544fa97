"""Variance of the scores of every trained head, against the law for independent components (claims T3, T4).

With q and k independent of each other, whatever the dependence of their components,

    Var(q·k/√d) = [tr(Σ_q Σ_k) + μ_qᵀ Σ_k μ_q + μ_kᵀ Σ_q μ_k] / d                                              (1)

and with independent components only the diagonals of Σ_q and Σ_k remain:

    Var(q·k/√d) = Σ_c [σ²_q,c σ²_k,c + μ²_q,c σ²_k,c + μ²_k,c σ²_q,c] / d                                       (2)
    ½ Var(e_i - e_j | q), averaged over q = Σ_c (σ²_q,c + μ²_q,c) σ²_k,c / d                                     (3)

For every head five rows:
    ``every pair``            all queries of the text with all its keys: there q and k are independent by construction,
                              so (1) with the empirical moments is an identity. Pass or fail.
    ``decomposition``         total variance = mean variance within a query's row + variance of the row means. Pass or
                              fail.
    ``variance``              pairs that attention really forms (same sentence) against (2). A law: pass or abstain.
    ``variance, correlated``  the same pairs against (1): the components may depend on each other, q and k not. A law.
    ``half difference``       ½ Var(e_i - e_j | q) of the same pairs against (3), which alone drives saturation. A law.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from attnproof.verify.rows.tables import ModelVarianceRow
from attnproof.verify.tables.model.files import HEAD_WIDTH, HEADS
from attnproof.verify.tables.model.forward import Head
from attnproof.verify.tables.model.row import against_law, jackknife, row, within_bound

Array = NDArray[Any]

U: Final = 2.0**-53
PAIRED: Final = "queries and keys of one sentence are dependent: the law's assumption does not hold"
DEPENDENT: Final = "trained components are dependent: the law's assumption does not hold"


def rows(layer: int, sentences: Sequence[Head]) -> list[ModelVarianceRow]:
    """Five rows for each head of one layer, from its attention on every sentence."""
    found: list[ModelVarianceRow] = []
    for head in range(HEADS):
        queries = np.concatenate([sentence.query[head] for sentence in sentences])
        keys = np.concatenate([sentence.key[head] for sentence in sentences])
        scores = [sentence.scores[head] for sentence in sentences]
        place: dict[str, Any] = {"layer": layer, "head": head, "sentences": len(sentences), "tokens": len(queries)}
        found += [_every_pair(place, queries, keys), _decomposition(place, scores)]
        found += _laws(place, [s.query[head] for s in sentences], [s.key[head] for s in sentences], scores)
    return found


def _row(place: dict[str, Any], quantity: str, theory: str, **columns: Any) -> ModelVarianceRow:
    name = f"layer={place['layer']}/head={place['head']}/{quantity}"
    return row(ModelVarianceRow, name, quantity=quantity, theory=theory, **place, **columns)


def _every_pair(place: dict[str, Any], queries: Array, keys: Array) -> ModelVarianceRow:
    """Both sides are polynomials of the data. A polynomial evaluated with at most R roundings on any path errs by at
    most γ_R times the same polynomial of absolute values. By Cauchy and Schwarz every mean of a product of two
    components, and every product of two means, is at most the product of their root mean squares; with A = (Σ_c
    rms(q_c) rms(k_c))²/d the polynomials of absolute values are at most 4A (left) and 16A + 4A + 4A (right).
    """
    tokens, d = queries.shape
    measured = float(np.var(queries @ keys.T / np.sqrt(d)))
    of_query, of_key = np.cov(queries.T, bias=True), np.cov(keys.T, bias=True)
    mean_query, mean_key = queries.mean(axis=0), keys.mean(axis=0)
    crossed = mean_query @ of_key @ mean_query + mean_key @ of_query @ mean_key
    theory = float((np.sum(of_query * of_key) + crossed) / d)
    root_mean_squares = np.sqrt(np.mean(queries**2, axis=0) * np.mean(keys**2, axis=0))
    size = float(np.sum(root_mean_squares) ** 2 / d)
    bound = U * size * (4 * (3 * tokens**2 + 2 * d + 10) + 24 * (6 * tokens + d**2 + 20))
    formula = "[tr(Σ_q Σ_k) + μ_qᵀΣ_kμ_q + μ_kᵀΣ_qμ_k]/d, an identity over all pairs"
    return _row(place, "every pair", formula, **within_bound(theory, measured, bound))


def _decomposition(place: dict[str, Any], scores: Sequence[Array]) -> ModelVarianceRow:
    """Law of total variance over the pairs of each sentence; by absolute values the left side is at most 4 mean(e²),
    the right one 8 mean(e²), each with at most 4N + 10 roundings.
    """
    flat = np.concatenate([matrix.ravel() for matrix in scores])
    means = np.concatenate([matrix.mean(axis=1) for matrix in scores])
    spreads = np.concatenate([matrix.var(axis=1) for matrix in scores])
    lengths = np.concatenate([np.full(len(matrix), len(matrix)) for matrix in scores])
    shared = float(np.sum(lengths * (means - flat.mean()) ** 2) / flat.size)
    within = float(np.sum(lengths * spreads) / flat.size)
    bound = U * (4 * flat.size + 10) * 12 * float(np.mean(flat**2))
    columns = within_bound(shared + within, float(flat.var()), bound)
    formula = "Var(e) = E Var(e | query) + Var(E(e | query))"
    return _row(place, "decomposition", formula, shared=shared, within=within, **columns)


def _laws(
    place: dict[str, Any], queries: list[Array], keys: list[Array], scores: list[Array]
) -> list[ModelVarianceRow]:
    """Sums that each sentence contributes: N pairs, Σe, Σe², rows, Σ of the rows' sample variances, tokens, Σq, Σq²,
    Σk, Σk² by component, and the matrices Σ q qᵀ, Σ k kᵀ. Everything is a function of the sums, so sentences can be
    left out one at a time.
    """
    sums = np.stack(
        [
            np.concatenate(
                [
                    [e.size, e.sum(), np.sum(e**2), len(e), e.var(axis=1, ddof=1).sum(), len(q)],
                    q.sum(axis=0),
                    np.sum(q**2, axis=0),
                    k.sum(axis=0),
                    np.sum(k**2, axis=0),
                    (q.T @ q).ravel(),
                    (k.T @ k).ravel(),
                ]
            )
            for q, k, e in zip(queries, keys, scores, strict=True)
        ]
    )
    rows_found = []
    independent = "independent components"
    for quantity, formula, why, measure, law in (
        (
            "variance",
            f"Σ_c[σ²_q σ²_k + μ²_q σ²_k + μ²_k σ²_q]/d, {independent}",
            DEPENDENT,
            _measured_variance,
            _law_variance,
        ),
        (
            "variance, correlated",
            "[tr(Σ_q Σ_k) + μ_qᵀΣ_kμ_q + μ_kᵀΣ_qμ_k]/d, q and k independent",
            PAIRED,
            _measured_variance,
            _law_correlated,
        ),
        (
            "half difference",
            f"Σ_c(σ²_q + μ²_q)σ²_k/d, {independent}",
            DEPENDENT,
            _measured_half_difference,
            _law_half_difference,
        ),
    ):
        difference, uncertainty = jackknife(lambda s, m=measure, w=law: m(s) - w(s), sums)  # type: ignore[misc]
        total = sums.sum(axis=0)
        theory = float(law(total))
        columns = against_law(theory, theory + float(difference), float(uncertainty), why)
        rows_found.append(_row(place, quantity, formula, **columns))
    return rows_found


def _measured_variance(sums: Array) -> Array:
    mean: Array = sums[..., 1] / sums[..., 0]
    return np.asarray(sums[..., 2] / sums[..., 0] - mean**2)


def _measured_half_difference(sums: Array) -> Array:
    return np.asarray(sums[..., 4] / sums[..., 3])


def _moments(sums: Array) -> tuple[Array, Array, Array, Array]:
    """Means and variances by component: μ_q, σ²_q, μ_k, σ²_k."""
    tokens = sums[..., 5:6]
    parts = [sums[..., 6 + at * HEAD_WIDTH : 6 + (at + 1) * HEAD_WIDTH] / tokens for at in range(4)]
    return parts[0], parts[1] - parts[0] ** 2, parts[2], parts[3] - parts[2] ** 2


def _law_variance(sums: Array) -> Array:
    mean_q, var_q, mean_k, var_k = _moments(sums)
    return np.asarray(np.sum(var_q * var_k + mean_q**2 * var_k + mean_k**2 * var_q, axis=-1) / HEAD_WIDTH)


def _law_correlated(sums: Array) -> Array:
    mean_q, _, mean_k, _ = _moments(sums)
    d, first = HEAD_WIDTH, 6 + 4 * HEAD_WIDTH
    tokens = sums[..., 5, None, None]
    second = [sums[..., first + at * d**2 : first + (at + 1) * d**2].reshape(*sums.shape[:-1], d, d) for at in (0, 1)]
    of_q = second[0] / tokens - mean_q[..., :, None] * mean_q[..., None, :]
    of_k = second[1] / tokens - mean_k[..., :, None] * mean_k[..., None, :]
    trace = np.einsum("...ab,...ab->...", of_q, of_k)
    crossed = np.einsum("...a,...ab,...b->...", mean_q, of_k, mean_q)
    crossed = crossed + np.einsum("...a,...ab,...b->...", mean_k, of_q, mean_k)
    return np.asarray((trace + crossed) / d)


def _law_half_difference(sums: Array) -> Array:
    mean_q, var_q, _, var_k = _moments(sums)
    return np.asarray(np.sum((var_q + mean_q**2) * var_k, axis=-1) / HEAD_WIDTH)
