"""The re-check passes what is right and rejects every planted error."""

from __future__ import annotations

import re

import pytest

from attnproof.derivations.attention.derive import derive, derive_all
from attnproof.derivations.recheck.planted import plant, planted_errors
from attnproof.derivations.recheck.recheck import EXACT_SIZES, SCALAR_SIZES, recheck, recheck_derivation

ALL = {derivation.forward.name: derivation for derivation in derive_all()}
FULL = ("dot+softcap+bias", "scaled_dot", "bilinear", "additive+bias_hidden", "concat")


@pytest.mark.parametrize("name", ALL)
def test_every_adjoint_passes_the_exact_road(name):
    derivation = ALL[name]
    rows = recheck(derivation.forward, derivation.adjoint, scalar_sizes=())
    assert len(rows) == len(EXACT_SIZES) * len(derivation.forward.inputs)
    assert all(row.holds for row in rows), [row for row in rows if not row.holds]


@pytest.mark.parametrize("name", ["dot+bias", "scaled_dot+softcap", "bilinear", "additive+bias_hidden", "concat"])
def test_adjoints_pass_scalar_expansion(name):
    derivation = ALL[name]
    rows = recheck(derivation.forward, derivation.adjoint, exact_sizes=(), scalar_sizes=SCALAR_SIZES[:1])
    assert len(rows) == len(derivation.forward.inputs)
    assert all(row.holds for row in rows), [row for row in rows if not row.holds]


@pytest.mark.parametrize("name", FULL)
def test_every_planted_error_is_rejected(name):
    derivation = ALL[name]
    planted = plant(derivation.forward, derivation.adjoint)
    assert [error.name for error in planted if not error.rejected] == []
    for kind in ("dropped term", "wrong sign", "transposed", "missing factor"):
        assert any(kind in error.name for error in planted), kind


def test_a_planted_error_is_rejected_by_both_roads():
    derivation = derive("additive")
    seen = 0
    for name, wrong in planted_errors(derivation.adjoint):
        if re.search(r"z̄.*missing factor sech|t̄.*wrong sign of -ρ|W̄_s.*wrong sign", name):
            rows = recheck(derivation.forward, wrong, exact_sizes=EXACT_SIZES[:1], scalar_sizes=SCALAR_SIZES[:1])
            for road in ("exact", "scalar"):
                failed = [row for row in rows if row.road == road and not row.holds]
                assert failed, (name, road)
                assert "elements differ" in failed[0].detail
            seen += 1
    assert seen == 3


def test_planting_needs_a_right_adjoint_to_begin_with():
    derivation = derive("dot")
    wrong = next(altered for _, altered in planted_errors(derivation.adjoint))
    with pytest.raises(ValueError, match="does not pass before any error is planted"):
        plant(derivation.forward, wrong)


def test_the_quick_selection_is_part_of_the_whole():
    quick = recheck_derivation(derive("dot", "bias"), quick=True)
    assert {row.road for row in quick} == {"exact", "ring"}
    assert {row.road for row in recheck_derivation(derive("dot"), quick=True)} == {"exact", "ring", "scalar"}
    assert recheck_derivation(derive("dot")) == recheck_derivation(derive("dot")), "the same seed gives the same points"
