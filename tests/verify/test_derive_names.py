"""Formulas in the derivations of a run carry the names by which they are shown."""

from __future__ import annotations

from attnproof.derivations.attention.derive import derive
from attnproof.derivations.formulas import formula
from attnproof.verify.proofs.derive import _printed


def test_every_name_is_a_formula_of_that_quantity() -> None:
    found = derive("additive")
    rows = [_printed(e, "additive", ()) for e in (*found.forward.equations, *found.adjoint.equations)]
    named = {row["target"]: row["name"] for row in rows if "name" in row}
    assert named["scores"] == "additive.scores"
    assert named["grad_query"] == "additive.adjoint.query"
    assert "capped" not in named, "without a soft-cap it is the score under another name"
    for target, name in named.items():
        assert formula(name).quantity == target


def test_with_options_no_name_is_given() -> None:
    found = derive("additive", "softcap")
    assert not any("name" in _printed(e, "additive", found.present) for e in found.forward.equations)
