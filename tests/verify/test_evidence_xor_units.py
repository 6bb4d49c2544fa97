"""Evidence of X2, X4, X5 and X6: it passes, covers every format, and each kind of row fails when what it measures is
changed.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType

import numpy as np
import pytest
from flint import arb

from attnproof.derivations.claims import CLAIMS
from attnproof.derivations.claims.checks.xor_cells import Bilinear
from attnproof.verify.evidence import EVIDENCE, x2, x4, x5, x6
from attnproof.verify.evidence.measuring import four_units, xor_scores
from attnproof.verify.options import DTYPES, Options
from attnproof.verify.proofs import ledger
from attnproof.verify.rows.drawing import Drawing
from attnproof.verify.rows.tables import EvidenceRow

OPTIONS = Options(profile="quick", devices=("cpu",))
MODULES = {"X2": x2, "X4": x4, "X5": x5, "X6": x6}


@cache
def rows_of(module: ModuleType) -> tuple[EvidenceRow | Drawing, ...]:
    return tuple(module.rows(OPTIONS))


def judged(module: ModuleType, *, altered: bool = True) -> dict[str, str]:
    """Verdict by name of row; ``altered``: of rows made now, with what the test has put in."""
    found = module.rows(OPTIONS) if altered else rows_of(module)
    rows = [row for row in found if isinstance(row, EvidenceRow)]
    assert len({row.id for row in rows}) == len(rows)
    return {row.id.split("/", 2)[2]: row.verdict for row in rows}


@pytest.mark.parametrize("name", MODULES)
def test_everything_that_can_be_measured_passes(name: str) -> None:
    verdicts = judged(MODULES[name], altered=False)
    assert name in EVIDENCE
    assert set(verdicts.values()) <= {"pass", "unsupported"}
    assert all(("bf16" in row and "numpy" in row) for row, verdict in verdicts.items() if verdict == "unsupported")


def test_the_best_step_is_judged_in_every_format_of_both_frameworks() -> None:
    verdicts = judged(x6, altered=False)
    for framework, dtype in ((f, d) for f in ("numpy", "torch") for d in DTYPES):
        expected = "unsupported" if (framework, dtype) == ("numpy", "bf16") else "pass"
        assert verdicts[f"best_step/{framework}/{dtype}/cpu"] == expected


def test_the_figures_hold_what_the_claims_say() -> None:
    signs, multipliers, _ = (row.content for row in rows_of(x2) if isinstance(row, Drawing))
    for values, (query, target) in zip(signs["values"], signs["marked"], strict=True):
        assert sorted(values) == [-2, 0, 0, 2]
        assert values[target] == 2
        assert signs["values"][query] == values
    assert sum(map(sum, multipliers["values"])) == 1 == multipliers["values"][0][0]
    biased, opposite, plain = (row.content for row in rows_of(x4) if isinstance(row, Drawing))
    assert all(
        max(line) == line[place]
        for figure in (biased, plain)
        for line, (_, place) in zip(figure["values"], figure["marked"], strict=True)
    )
    assert [opposite["values"][i][i] for i in (0, 3)] == [1, 1]
    curves = [row.content for row in rows_of(x6) if isinstance(row, Drawing)]
    assert [len(row["series"]) for row in curves] == [7, 9]
    assert {line["kind"] for row in curves for line in row["series"]} == {"line", "bound", "points"}


def test_other_weights_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    right = xor_scores.exact
    monkeypatch.setattr(
        xor_scores, "exact", lambda encoding, weights: {k: v * arb(1.25) for k, v in right(encoding, weights).items()}
    )
    assert set(judged(x2).values()) == {"fail", "unsupported"}
    assert set(judged(x4).values()) == {"fail", "unsupported"}


def test_a_gap_that_is_not_positive_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Theory and measurement agree, but the weights do not do what they are for."""
    wrong = Bilinear(((0, 0), (0, 0)))
    right = xor_scores.scores
    monkeypatch.setattr(xor_scores, "scores", lambda *arguments: 0 * right(*arguments))
    monkeypatch.setattr(
        xor_scores,
        "exact",
        lambda encoding, _: dict.fromkeys(
            ((s, h) for s in encoding.points() for h in encoding.points()), arb(wrong((1, 1), (1, 1)))
        ),
    )
    assert set(judged(x2).values()) == {"fail", "unsupported"}


def test_a_wrong_construction_in_ball_arithmetic_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right, product = x5._differences, x5._product_error
    monkeypatch.setattr(x5, "_differences", lambda k, t, h, z: right(k, t, h, z) * arb("1.2"))
    monkeypatch.setattr(x5, "_product_error", lambda e, x, y: product(e, x, y) * arb("1.2"))
    monkeypatch.setattr(x5, "_bernstein", lambda _: arb(3))
    verdicts = judged(x5)
    assert set(verdicts.values()) == {"fail"}, verdicts


def test_errors_above_and_below_their_bounds_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    right = four_units.computed
    monkeypatch.setattr(x6, "largest_error", lambda *arguments: 3 * four_units.largest_error(*arguments))
    assert {v for row, v in judged(x6).items() if row.startswith("error/")} == {"fail"}
    monkeypatch.setattr(x6, "largest_error", lambda *_: 0.0)
    assert {v for row, v in judged(x6).items() if row.startswith("error/")} == {"fail"}
    monkeypatch.setattr(x6, "computed", lambda *arguments: right(*arguments) + 1e-300)
    assert {v for row, v in judged(x6).items() if row.startswith("lost_step/")} == {"fail"}


def test_a_best_step_elsewhere_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that falls with every smaller step, as in exact arithmetic: the best step is the smallest, and is not
    possible.
    """
    monkeypatch.setattr(x6, "largest_error", lambda framework, dtype, device, step, x, y: four_units.RATE * step**2)
    verdicts = judged(x6)
    assert {
        verdicts[f"best_step/{f}/{d}/cpu"]
        for f, d in (("numpy", "fp64"), ("numpy", "fp32"), ("torch", "fp64"), ("torch", "fp32"))
    } == {"fail"}


def test_an_implementation_with_another_weight_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = four_units.output_weight
    monkeypatch.setattr(x6, "output_weight", lambda fmt, step: 2 * right(fmt, step))
    additive = {v for row, v in judged(x6).items() if row.startswith("additive/") and "bf16" not in row}
    assert additive == {"fail"}


def test_the_lattice_bound_holds_for_any_tanh() -> None:
    """A tanh that is wrong by several spacings keeps to the lattice: the lower bound is about the format, not about the
    library.
    """
    x, y = four_units.points("fp32", 200, 1)
    step = 2.0**-10
    low = four_units.bounds("numpy", "fp32", "cpu", step, x, y).low
    v = np.float32(four_units.output_weight(four_units.FORMATS["fp32"], step))
    units = [np.float32(0.5) + np.float32(z) * np.float32(step) for z in (x - y, y - x, x + y, -x - y)]
    noise = np.random.default_rng(3).integers(-40, 40, size=(4, len(x))) * 2.0**-24
    t = [(np.tanh(u) + n).astype(np.float32) for u, n in zip(units, noise, strict=True)]
    total = v * t[0] + v * t[1] - v * t[2] - v * t[3]
    assert low > 0
    assert np.max(np.abs(total.astype(np.float64) - x * y)) >= low


@pytest.mark.parametrize(("name", "score"), [("X2", "bilinear"), ("X4", "additive")])
def test_claims_json_has_the_twelve_cells_and_the_one_sided_ones(name: str, score: str) -> None:
    (row,) = ledger.run({"claim": name}, OPTIONS)
    listed = {(c["features"], c["constant"], c["score"], c["bias"]): c["ranking"]["verdict"] for c in row.cells}
    biases = (False,) if score == "bilinear" else (False, True)
    tabled = {(f, c, score, b) for f in ("{0, 1}", "{-1, +1}") for c in ("none", "both") for b in biases}
    one_sided = {(f, c, score, b) for f in ("{0, 1}", "{-1, +1}") for c in ("query", "key") for b in biases}
    assert set(listed) == tabled | one_sided
    assert len(tabled) == {"bilinear": 4, "additive": 8}[score]
    assert set(listed.values()) == {"possible", "impossible"}
    assert all(("weights" in c["ranking"]) != ("multipliers" in c["ranking"]) for c in row.cells)
    assert CLAIMS[name].cells
