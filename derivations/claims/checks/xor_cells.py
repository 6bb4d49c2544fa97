"""One cell of the exclusive-or tables: an encoding and a score, with certificates that decide both criteria."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from flint import arb, fmpq
from sympy import Add, Expr, Integer, Rational, symbols, tanh

from attnproof.derivations.claims.checks.xor import (
    Encoding,
    Expansion,
    Functional,
    Multipliers,
    Pair,
    Vector,
    anything,
    bilinear,
    linear,
    odd,
    ranking,
    threshold,
)
from attnproof.derivations.proof.claim import Step
from attnproof.derivations.proof.rules import All, Cases, Contradiction, Rule, RuleError
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import Both, Either, If, Not, Proposition, eq, le

Matrix = tuple[Vector, ...]


@dataclass(frozen=True)
class Bilinear:
    """``s^T W h`` with a rational (here: whole-number) W, one row for each feature of the query."""

    weight: Matrix

    def __call__(self, query: Vector, key: Vector) -> fmpq:
        """The exact score. Raises ValueError where sizes do not fit."""
        rows = zip(query, self.weight, strict=True)
        return fmpq(sum(r * sum(w * f for w, f in zip(row, key, strict=True)) for r, row in rows))

    def score(self, query: tuple[Expr, ...], key: tuple[Expr, ...]) -> Expr:
        """The same in symbols."""
        rows = zip(query, self.weight, strict=True)
        return Add(*(r * Add(*(w * f for w, f in zip(row, key, strict=True))) for r, row in rows))


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

    def score(self, query: tuple[Expr, ...], key: tuple[Expr, ...]) -> Expr:
        """The same in symbols."""
        bias = (0,) * len(self.v) if self.bias is None else self.bias
        units = zip(self.v, self.weight_query, self.weight_key, bias, strict=True)
        return Add(*(v * tanh(b + _inner(row_s, query) + _inner(row_h, key)) for v, row_s, row_h, b in units))


def _inner(row: Vector, vector: tuple[Expr, ...]) -> Expr:
    return Add(*(w * x for w, x in zip(row, vector, strict=True)))


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


def ranking_rule(cell: Cell) -> Rule:
    """The certificate for the ranking criterion, as a rule. Raises RuleError for one of another kind of score."""
    return _rule(cell, cell.ranking, ranking, _outscores)


def threshold_rule(cell: Cell) -> Rule:
    """The certificate for the threshold criterion, as a rule. Raises RuleError for one of another kind of score."""
    return _rule(cell, cell.threshold, threshold, _on_its_side)


def both(cell: Cell) -> All:
    """The certificates for both criteria."""
    return All((ranking_rule(cell), threshold_rule(cell)))


def _rule(
    cell: Cell,
    found: Possible | Impossible,
    criterion: Callable[[Encoding, Expansion], Mapping[Pair, Functional]],
    says: Callable[[Cell, Possible], Proposition],
) -> Rule:
    if isinstance(found, Impossible):
        demands = criterion(cell.encoding, EXPANSIONS[cell.score, cell.bias])
        if unknown := found.multipliers.keys() - demands.keys():
            raise RuleError(f"multipliers of pairs that make no demand: {unknown}")
        used = [pair for pair, factor in found.multipliers.items() if factor]
        return Contradiction(
            tuple(linear(demands[pair]) for pair in used), tuple(Rational(found.multipliers[pair]) for pair in used)
        )
    if not _is_of_the_cell(cell, found):
        raise RuleError(f"the weights are not of a score {cell.score}, bias {cell.bias}")
    if not found.margin > 0:
        raise RuleError(f"a margin of {found.margin}")
    values = (Integer(cell.encoding.low), Integer(1))
    return Cases(says(cell, found), tuple((x, values) for x in FEATURES))


S_1, S_2, H_1, H_2 = FEATURES = symbols("s_1 s_2 h_1 h_2", real=True)


def _other(cell: Cell, feature: Expr) -> Expr:
    """The other one of the two values of a feature."""
    return cell.encoding.low + 1 - feature


def _target(cell: Cell) -> Proposition:
    return Both((eq(H_1, S_1), eq(H_2, _other(cell, S_2))))


def _score(cell: Cell, found: Possible, key: tuple[Expr, Expr]) -> Expr:
    query = (S_1, S_2, *((Integer(1),) if cell.encoding.on_query else ()))
    return found.weights.score(query, (*key, *((Integer(1),) if cell.encoding.on_key else ())))


def _outscores(cell: Cell, found: Possible) -> Proposition:
    """The target outscores every other key by the margin."""
    gap = _score(cell, found, (S_1, _other(cell, S_2))) - _score(cell, found, (H_1, H_2))
    return Either((_target(cell), le(_rational(found.margin), gap)))


def _on_its_side(cell: Cell, found: Possible) -> Proposition:
    """A target scores at least the level and the margin, another key at most the level less the margin."""
    if found.level is None:
        raise RuleError("a threshold has a level")
    score, level, margin = _score(cell, found, (H_1, H_2)), _rational(found.level), _rational(found.margin)
    above, below = le(level + margin, score), le(score, level - margin)
    return Both((If(_target(cell), above), If(Not(_target(cell)), below)))


def _rational(number: fmpq) -> Rational:
    return Rational(int(number.p), int(number.q))


def _is_of_the_cell(cell: Cell, found: Possible) -> bool:
    """The weights are those of the score that the cell speaks about: of its family, with a bias only if it has one."""
    if isinstance(found.weights, Bilinear):
        return cell.score == "bilinear" and not cell.bias
    return cell.score == "additive" and cell.bias == (found.weights.bias is not None)


def steps(cell: Cell, usual: type[Possible | Impossible], uses: tuple[str, ...] = ()) -> tuple[Step, ...]:
    """The proof steps of a cell: one where the same weights meet both criteria, otherwise one for each.

    usual  what is usually said of every cell; where the ranking is decided the other way, the step refutes that
    uses   the lemmas that a step with multipliers rests on
    """
    rank, level = cell.ranking, cell.threshold
    refutes = not isinstance(rank, usual)
    if isinstance(rank, Possible) and isinstance(level, Possible) and rank.weights == level.weights:
        return (closed(_title(cell, "ranking and one threshold", rank), both(cell), refutes=refutes),)
    return tuple(
        closed(
            _title(cell, criterion, found),
            rule,
            refutes=against,
            uses=uses if isinstance(found, Impossible) else (),
        )
        for criterion, found, rule, against in (
            ("ranking", rank, ranking_rule(cell), refutes),
            ("one threshold", level, threshold_rule(cell), False),
        )
    )


def _title(cell: Cell, criterion: str, found: Possible | Impossible) -> str:
    constant = {"none": "no constant", "both": "constant on both"}.get(
        cell.encoding.constant, f"constant on the {cell.encoding.constant}"
    )
    bias = {"bilinear": "", "additive": ", with bias" if cell.bias else ", no bias"}[cell.score]
    how = "these multipliers give 0 > 0" if isinstance(found, Impossible) else "these weights do it"
    return f"{cell.encoding.features}, {constant}{bias}: {criterion}, {how}"


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
