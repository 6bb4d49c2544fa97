"""S1 to S6 and T1 hold, and the same machinery rejects altered statements."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sympy import Integer, Rational

from attnproof.derivations.attention.derive import derive
from attnproof.derivations.calculus.adjoint import adjoint
from attnproof.derivations.claims import s1, s2, s3, s4, s5, s6, t1
from attnproof.derivations.claims.decision import decide
from attnproof.derivations.language.notation import D_K, D_Q, F, R, Tensor, index
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.proof.claim import Step
from attnproof.derivations.proof.identities import is_sum_of_squares, split_sum
from attnproof.derivations.proof.rules import Equal
from attnproof.derivations.recheck.duality import duality, linearisation, pairings
from attnproof.derivations.recheck.exact import evaluate
from attnproof.derivations.recheck.planted import planted_errors
from attnproof.derivations.recheck.recheck import EXACT_SIZES

CLAIMS = {module.CLAIM.id: module.CLAIM for module in (s1, s2, s3, s4, s5, t1)}


@pytest.mark.parametrize("name", CLAIMS)
def test_the_usual_statement_holds(name):
    assert CLAIMS[name].earned == "proved"


def test_signs_are_decided_from_the_form_only():
    assert is_sum_of_squares(s1.DEFECT)
    assert is_sum_of_squares(t1.SPREAD)
    assert not is_sum_of_squares(-s1.DEFECT)
    assert not is_sum_of_squares(s1.SCORE)
    assert not is_sum_of_squares(s1.S_SQUARED - s1.H_SQUARED)


def test_the_extremal_cases_of_the_softmax_jacobian():
    half = Rational(1, 2)
    unit = (1 / 2**half, -1 / 2**half)
    assert t1.attains((half, half), unit, half).holds()
    assert not t1.attains((half, half), unit, Rational(1, 4)).holds(), "another constant"
    assert not t1.attains((Rational(1, 3), Rational(2, 3)), unit, half).holds(), "weights that are not equal"
    assert not t1.attains((half, half), (Integer(1), -Integer(1)), Integer(1)).holds(), "not of length 1"
    assert not t1.shared(Rational(2, 5)).holds()


def test_derivatives_are_for_every_score():
    assert s6.CLAIM.earned == "proved"
    assert set(s6.CLAIM.scores) == {"dot", "scaled_dot", "bilinear", "additive", "concat"}


def test_duality_rejects_every_planted_error():
    derivation = derive("concat")
    count = 0
    for name, wrong in planted_errors(derivation.adjoint):
        assert not all(duality(derivation.forward, wrong, e) for e in derivation.forward.equations), name
        count += 1
    assert count > 50


def test_duality_tells_the_equations_apart_when_a_tensor_feeds_several_outputs():
    forward = derive("bilinear", "softcap").forward
    derived = adjoint(forward, ("scores", "weights", "context"))
    assert all(duality(forward, derived, equation) for equation in forward.equations)


def test_a_wrong_adjoint_makes_the_claim_fall():
    derivation = s6.full("additive")
    wrong = next(
        w
        for name, w in planted_errors(derivation.adjoint)
        if name.startswith("z\u0304") and "missing factor sech" in name
    )
    equation = next(e for e in derivation.forward.equations if e.target.name == "scores")
    sides = pairings(derivation.forward, wrong, equation)
    step = replace(s6.CLAIM.steps[0], by=Equal(*sides, s6.POSITIVE_CAP))
    assert decide(replace(s6.CLAIM, steps=(step,))).verdict == "not decided"


def test_gradients_are_confirmed_by_both_roads_or_not_at_all(monkeypatch):
    """The step says that scalar expansion was done: a road that was not gone confirms nothing."""
    agreed = (("exact", 0), ("scalar", 0))
    assert s6.rechecked("dot") == agreed
    both = s6.recheck
    for road in ("exact", "scalar"):
        monkeypatch.setattr(
            s6, "recheck", lambda *a, left=road, **k: tuple(row for row in both(*a, **k) if row.road == left)
        )
        assert s6.rechecked("dot") != agreed


def test_a_wrong_hessian_vector_product_is_rejected():
    both, moved = s6.hessian_product("scaled_dot")
    rejected = 0
    for number, equation in enumerate(moved.equations):
        if equation.target.name in {"tangent_grad_query", "tangent_grad_logits", "tangent_weights"}:
            altered = replace(equation, rhs=2 * equation.rhs)
            system = replace(moved, equations=(*moved.equations[:number], altered, *moved.equations[number + 1 :]))
            source = next(e for e in both.equations if f"tangent_{e.target.name}" == equation.target.name)
            assert linearisation(both, moved, source)
            assert not linearisation(both, system, source)
            rejected += 1
    assert rejected == 3


def test_splitting_a_sum_at_a_block_keeps_its_value():
    """The rule that S3 rests on, at several sizes, against the sum over the whole axis."""
    x, m = Tensor("x", "x", (D_Q + D_K,)), index("m")
    whole = total(x[m] ** 2, (m, D_Q + D_K))
    left, right = (Tensor(name, name, (), "intermediate") for name in ("left", "right"))
    equations = (Equation(left, (), whole), Equation(right, (), split_sum(whole, D_Q, (R, F))))
    system = System("split", (x,), equations, ())
    for sizes in EXACT_SIZES:
        count = sizes["d_q"] + sizes["d_k"]
        values = evaluate(system, sizes, {"x": {(n,): n + 2 for n in range(count)}}, None)
        assert values["left"] == values["right"]
    with pytest.raises(ValueError, match="not certainly less"):
        split_sum(whole, D_Q + D_K, (R, F))


def test_steps_speak_to_the_reader():
    for claim in (*CLAIMS.values(), s6.CLAIM):
        assert claim.statement
        assert claim.assumptions
        for step in claim.steps:
            assert isinstance(step, Step)
            assert step.rule
            assert step.before
            assert step.after
