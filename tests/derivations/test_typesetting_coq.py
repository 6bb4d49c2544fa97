"""Every formula has a Coq definition; that it is one, the kernel says (``nox -s kernel`` compiles them all)."""

from __future__ import annotations

import pytest
from sympy import Symbol, cosh

from attnproof.derivations.formulas import formula
from attnproof.derivations.typesetting.coq import real
from attnproof.derivations.typesetting.coq_system import system_definition
from attnproof.reports.commands.main import main


def test_a_score() -> None:
    text = formula("additive.scores+bias_hidden").coq()
    assert "Definition additive_scores_with_bias_hidden (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R)" in text
    assert "let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in\n  e." in text


def test_a_letter_with_a_sign_has_an_identifier() -> None:
    assert real(cosh(Symbol("z_+"))) == "cosh z_plus"


def test_blocks_are_told_apart_by_position() -> None:
    """Natural numbers stop at 0: the difference is taken only where the position is not below the block."""
    text = formula("concat.scores.adjoint.weight_concat").coq()
    assert "if Nat.leb d_q at_1 then " in text
    assert "let f := (at_1 - d_q)%nat in" in text


def test_a_quantity_of_another_system_is_named() -> None:
    found = formula("dot.scores")
    with pytest.raises(ValueError, match="'weights'"):
        system_definition("dot", "", found.system, "weights", found.sizes)


def test_show_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "scaled_dot.scores", "--as", "coq"]) == 0
    assert "Definition scaled_dot_scores" in capsys.readouterr().out
