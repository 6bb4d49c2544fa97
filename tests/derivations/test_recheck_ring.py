"""Re-checks in the exponential ring: gradients and second derivatives, what is altered, what the ring cannot decide."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sympy import Function

from attnproof.derivations.attention.derive import derive, derive_all, option_sets
from attnproof.derivations.calculus.tangent import tangent
from attnproof.derivations.language.system import System
from attnproof.derivations.recheck.in_ring import RING_SIZES, gradients_in_ring, rates_in_ring, recheck_in_ring, verdict
from attnproof.derivations.recheck.planted import equal_sizes, plant, planted_errors
from attnproof.derivations.recheck.recheck import recheck_derivation

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
ALL = {derivation.forward.name: derivation for derivation in derive_all()}
FULL = ("dot+softcap+bias", "additive+bias_hidden", "concat")


def test_every_gradient_of_every_score_is_decided_with_its_second_derivatives() -> None:
    for name, derivation in ALL.items():
        rows = recheck_in_ring(derivation.forward, derivation.adjoint, second=name in FULL)
        inputs = [tensor.name for tensor in derivation.forward.inputs]
        gradients = [f"grad_{name}" for name in inputs]
        second = [f"tangent_{name}" for name in gradients] if name in FULL else []
        assert [row.quantity for row in rows] == [*gradients, *gradients, *second]
        for row in rows:
            assert row.holds is True, row
            assert float(row.detail.rpartition("at most ")[2]) < 1e-11


@pytest.mark.parametrize("name", ["cosine", "gatv2", "scaled_additive"])
def test_a_user_s_score_is_decided_roots_and_kinks_included(name: str) -> None:
    given = f"{EXAMPLES / name}.py:{name}"
    rows = recheck_derivation(derive(given, *option_sets(given)[-1]), quick=True)
    ring = [row for row in rows if row.road == "ring"]
    assert ring
    assert all(row.holds is True for row in ring), ring
    assert any("tangent" in row.quantity for row in ring)


@pytest.mark.parametrize("name", FULL)
def test_every_planted_error_differs_in_the_ring(name: str) -> None:
    """At the sizes of ``plant``, where a transposed matrix has the right shape; those that are no errors left out."""
    forward, adjoint = ALL[name].forward, ALL[name].adjoint
    wrt = [tensor.name for tensor in forward.inputs]
    errors = {planted.name for planted in plant(forward, adjoint)}
    accepted = []
    for what, wrong in planted_errors(adjoint):
        found = gradients_in_ring(forward, wrong, ("context",), wrt, equal_sizes(forward))
        if what in errors and not any(each.equal is False for each in found.values()):
            accepted.append(what)
    assert len(errors) > 40
    assert accepted == []


def test_an_altered_rate_differs_in_the_ring() -> None:
    derivation = ALL["additive"]
    both = derivation.forward.then(derivation.adjoint)
    moved = tangent(both, ("grad_query", "grad_v"), ("query", "v"))
    right = rates_in_ring(both, moved, ("grad_query", "grad_v"), RING_SIZES[0])
    assert [each.equal for each in right.values()] == [True, True]
    seen = 0
    for number, equation in enumerate(moved.equations):
        changed = replace(equation, rhs=2 * equation.rhs)
        wrong = replace(moved, equations=(*moved.equations[:number], changed, *moved.equations[number + 1 :]))
        found = rates_in_ring(both, wrong, ("grad_query", "grad_v"), RING_SIZES[0])
        seen += any(each.equal is False for each in found.values())
    assert seen == len(moved.equations)


def with_function(system: System, name: str) -> System:
    """The system with a function that the ring does not know in the equation of one tensor."""
    strange = Function("strange")
    equations = tuple(
        replace(each, rhs=strange(each.rhs)) if each.target.name == name else each for each in system.equations
    )
    return replace(system, equations=equations)


def test_what_the_ring_does_not_know_is_undecided_and_says_so() -> None:
    derivation = ALL["dot"]
    rows = recheck_in_ring(derivation.forward, with_function(derivation.adjoint, "grad_logits"), second=False)
    assert {row.holds for row in rows} == {None}
    assert "strange" in rows[0].detail
    before, after, sizes = derivation.forward, with_function(derivation.adjoint, "grad_logits"), RING_SIZES[0]
    assert verdict(lambda: gradients_in_ring(before, after, ("context",), ("query",), sizes)) is None
