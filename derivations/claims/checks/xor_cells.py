"""One cell of the exclusive-or tables: an encoding and a score, with certificates that decide both criteria."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from flint import arb, fmpq

from attnproof.derivations.claims.checks.xor import (
    Encoding,
    Expansion,
    Multipliers,
    Pair,
    Vector,
    anything,
    bilinear,
    contradicts,
    odd,
    ranking,
    ranks,
    separates,
    threshold,
)
from attnproof.derivations.proof.claim import Step

Matrix = tuple[Vector, ...]


@dataclass(frozen=True)
class Bilinear:
    """``s^T W h`` with a rational (here: whole-number) W, one row for each feature of the query."""

    weight: Matrix

    def __call__(self, query: Vector, key: Vector) -> fmpq:
        """The exact score. Raises ValueError where sizes do not fit."""
        rows = zip(query, self.weight, strict=True)
        return fmpq(sum(r * sum(w * f for w, f in zip(row, key, strict=True)) for r, row in rows))


@dataclass(frozen=True)
class Additive:
    """``Σ_a v_a tanh(W_s s + W_h h + b)_a``, rows for hidden units; ``bias`` None: as Bahdanau writes it."""

    weight_query: Matrix
    weight_key: Matrix
    bias: Vector | None
    v: Vector

    def __call__(self, query: Vector, key: Vector) -> arb:
        """A ball that contains the score. Raises ValueError where sizes do not fit."""
        bias = (0,) * len(self.v) if self.bias is None else self.bias
        total = arb(0)
        for v, row_s, row_h, b in zip(self.v, self.weight_query, self.weight_key, bias, strict=True):
            inside = b + sum(w * x for w, x in zip(row_s, query, strict=True))
            inside += sum(w * x for w, x in zip(row_h, key, strict=True))
            total += v * arb(inside).tanh()
        return total


@dataclass(frozen=True)
class Possible:
    """Weights that meet a criterion by at least ``margin``; for the threshold criterion also the ``level``."""

    weights: Bilinear | Additive
    margin: fmpq
    level: fmpq | None = None


@dataclass(frozen=True)
class Impossible:
    """Farkas multipliers of the criterion's inequalities, by (query, key)."""

    multipliers: Multipliers


# what is known of every score of a kind, with any weights: it is what multipliers are certificates for
EXPANSIONS: Final[Mapping[tuple[str, bool], Expansion]] = {
    ("bilinear", False): bilinear,
    ("additive", False): odd,
    ("additive", True): anything,
}


@dataclass(frozen=True)
class Cell:
    """An encoding, a score (``bilinear`` or ``additive``) with or without bias, a certificate for each criterion."""

    encoding: Encoding
    score: str
    bias: bool
    ranking: Possible | Impossible
    threshold: Possible | Impossible


def ranking_decided(cell: Cell) -> bool:
    """The certificate for the ranking criterion holds."""
    if isinstance(cell.ranking, Impossible):
        return contradicts(ranking(cell.encoding, EXPANSIONS[cell.score, cell.bias]), cell.ranking.multipliers)
    return _is_of_the_cell(cell, cell.ranking) and ranks(cell.encoding, cell.ranking.weights, cell.ranking.margin)


def threshold_decided(cell: Cell) -> bool:
    """The certificate for the threshold criterion holds."""
    found = cell.threshold
    if isinstance(found, Impossible):
        return contradicts(threshold(cell.encoding, EXPANSIONS[cell.score, cell.bias]), found.multipliers)
    return (
        _is_of_the_cell(cell, found)
        and found.level is not None
        and separates(cell.encoding, found.weights, found.level, found.margin)
    )


def _is_of_the_cell(cell: Cell, found: Possible) -> bool:
    """The weights are those of the score that the cell speaks about: of its family, with a bias only if it has one."""
    if isinstance(found.weights, Bilinear):
        return cell.score == "bilinear" and not cell.bias
    return cell.score == "additive" and cell.bias == (found.weights.bias is not None)


def both_decided(cell: Cell) -> bool:
    """The certificates for both criteria hold."""
    return ranking_decided(cell) and threshold_decided(cell)


def steps(cell: Cell, usual: type[Possible | Impossible], uses: tuple[str, ...] = ()) -> tuple[Step, ...]:
    """The proof steps of a cell: one where the same weights meet both criteria, otherwise one for each.

    usual  what is usually said of every cell; where the ranking is decided the other way, the step refutes that
    uses   the lemmas that a step with multipliers rests on
    """
    rank, level = cell.ranking, cell.threshold
    refutes = not isinstance(rank, usual)
    if isinstance(rank, Possible) and isinstance(level, Possible) and rank.weights == level.weights:
        after = rf"{_weights_latex(rank.weights)},\ \text{{gap}} \ge {_latex(rank.margin)},\ {_level_latex(level)}"
        return (_step(cell, "ranking and one threshold", "these weights do it", after, both_decided, refutes),)
    return tuple(
        _step(cell, criterion, *_proof(found), check, against, uses if isinstance(found, Impossible) else ())
        for criterion, found, check, against in (
            ("ranking", rank, ranking_decided, refutes),
            ("one threshold", level, threshold_decided, False),
        )
    )


def _step(
    cell: Cell,
    criterion: str,
    how: str,
    after: str,
    check: Callable[[Cell], bool],
    refutes: bool,
    uses: tuple[str, ...] = (),
) -> Step:
    constant = {"none": "no constant", "both": "constant on both"}.get(
        cell.encoding.constant, f"constant on the {cell.encoding.constant}"
    )
    bias = {"bilinear": "", "additive": ", with bias" if cell.bias else ", no bias"}[cell.score]
    rule = f"{cell.encoding.features}, {constant}{bias}: {criterion}, {how}"
    values = r"\{0, 1\}" if cell.encoding.low == 0 else r"\{-1, 1\}"
    return Step(rule, rf"s, h \in {values}^2 => {after}", partial(check, cell), refutes=refutes, uses=uses)


def _proof(found: Possible | Impossible) -> tuple[str, str]:
    """In words, and the certificate as LaTeX."""
    if isinstance(found, Impossible):
        return "these multipliers give 0 > 0", _multipliers_latex(found.multipliers)
    margin = rf"\text{{gap}} \ge {_latex(found.margin)}" if found.level is None else _level_latex(found)
    return "these weights do it", rf"{_weights_latex(found.weights)},\ {margin}"


def _level_latex(found: Possible) -> str:
    assert found.level is not None  # the threshold criterion has one
    return rf"|e - \theta| \ge {_latex(found.margin)} \text{{ for }} \theta = {_latex(found.level)}"


def row(cell: Cell) -> dict[str, object]:
    """The cell as JSON: ``ranking`` and ``threshold`` each with weights and margin, or with multipliers."""
    return {
        "features": cell.encoding.features,
        "constant": cell.encoding.constant,
        "score": cell.score,
        "bias": cell.bias,
        "ranking": _certificate(cell.ranking),
        "threshold": _certificate(cell.threshold),
    }


def _certificate(found: Possible | Impossible) -> dict[str, object]:
    if isinstance(found, Impossible):
        listed = [{"query": list(q), "key": list(k), "factor": m} for (q, k), m in found.multipliers.items()]
        return {"verdict": "impossible", "multipliers": listed}
    weights: Mapping[str, object] = {
        name: [list(x) if isinstance(x, tuple) else x for x in value]
        for name, value in vars(found.weights).items()
        if value is not None
    }
    level = {} if found.level is None else {"threshold": str(found.level)}
    return {"verdict": "possible", "weights": weights, "margin": str(found.margin), **level}


def _latex(number: fmpq) -> str:
    return str(number.p) if number.q == 1 else rf"\frac{{{number.p}}}{{{number.q}}}"


def _vector_latex(vector: Vector) -> str:
    return f"({', '.join(map(str, vector))})"


def _matrix_latex(matrix: Matrix) -> str:
    return r"\begin{pmatrix}" + r" \\ ".join(" & ".join(map(str, line)) for line in matrix) + r"\end{pmatrix}"


def _weights_latex(weights: Bilinear | Additive) -> str:
    if isinstance(weights, Bilinear):
        return f"W = {_matrix_latex(weights.weight)}"
    bias = "" if weights.bias is None else rf",\ b = {_vector_latex(weights.bias)}"
    matrices = rf"W_s = {_matrix_latex(weights.weight_query)},\ W_h = {_matrix_latex(weights.weight_key)}"
    return rf"{matrices}{bias},\ v = {_vector_latex(weights.v)}"


def _multipliers_latex(multipliers: Mapping[Pair, int]) -> str:
    names = (rf"\lambda_{{{_vector_latex(q)}{_vector_latex(k)}}} = {m}" for (q, k), m in multipliers.items())
    return r",\ ".join(names) + r"\ \Rightarrow\ 0 > 0"
