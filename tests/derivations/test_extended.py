"""The layer with a sink, a dropout mask and the log-sum-exp: textbook gradients, and the same by a second road."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, combinations

import pytest
from sympy import Indexed

from attnproof.derivations.attention.extended import FEATURES, extended
from attnproof.derivations.calculus.adjoint import adjoint
from attnproof.derivations.language.system import Equation
from attnproof.derivations.recheck.recheck import EXACT_SIZES, SCALAR_SIZES, recheck

LAYER = ("sink", "dropout", "lse")  # of FEATURES; rotary positions have tests of their own
CHOICES = tuple(chain.from_iterable(combinations(LAYER, count) for count in range(4)))


def both(score: str, features: tuple[str, ...], *options: str):
    forward = extended(score, features).resolve(*options)
    outputs = ("context", "lse") if "lse" in features else ("context",)
    return forward, adjoint(forward, outputs), outputs


@pytest.mark.parametrize("features", CHOICES, ids="+".join)
def test_the_softmax_of_a_level_has_its_name(features):
    _, backward, _ = both("dot", features, "bias")
    text = " ".join(str(equation.rhs) for equation in backward.equations)
    assert "exp" not in text
    if "lse" in features:
        name = "a" if "sink" in features else "alpha"
        assert f"ell_bar[i] - rho[i])*{name}[i, j]" in text


@pytest.mark.parametrize("features", CHOICES, ids="+".join)
@pytest.mark.parametrize("score", ["dot", "additive"])
def test_the_gradients_hold_by_the_second_roads(score, features):
    forward, backward, outputs = both(score, features, "bias")
    rows = recheck(forward, backward, outputs, scalar_sizes=SCALAR_SIZES[:1])
    assert {row.quantity for row in rows} == {f"grad_{tensor.name}" for tensor in forward.inputs}
    assert [row for row in rows if not row.holds] == []


def test_a_wrong_gradient_of_the_level_is_seen():
    forward, backward, outputs = both("dot", ("lse",))
    wrong = tuple(
        Equation(e.target, e.indices, e.rhs.xreplace({x: -x for x in e.rhs.atoms(Indexed) if str(x) == "ell_bar[i]"}))
        for e in backward.equations
    )
    assert wrong != backward.equations
    rows = recheck(forward, replace(backward, equations=wrong), outputs, scalar_sizes=())
    assert any(not row.holds for row in rows)


def test_every_feature_is_looked_at():
    assert set(FEATURES) == {*LAYER, "sink_score", "rotary"}


@pytest.mark.parametrize("options", [(), ("softcap", "bias")], ids="+".join)
def test_a_sink_that_is_a_score_is_soft_capped_as_one(options):
    forward, backward, outputs = both("dot", ("sink_score", "lse"), *options)
    rows = recheck(forward, backward, outputs, exact_sizes=EXACT_SIZES[:2], scalar_sizes=SCALAR_SIZES[:1])
    assert {row.quantity for row in rows} == {f"grad_{tensor.name}" for tensor in forward.inputs}
    assert [row for row in rows if not row.holds] == []
    (place,) = [e for e in forward.equations if e.target.name == "places" and len(e.rhs.free_symbols) < 3]
    assert str(place.rhs) == ("kappa*tanh(s/kappa)" if options else "s")


def test_a_layer_has_one_sink():
    with pytest.raises(ValueError, match="got both"):
        extended("dot", ("sink", "sink_score"))


def test_unknown_names_are_refused():
    with pytest.raises(KeyError, match="unknown score"):
        extended("cosine")
    with pytest.raises(ValueError, match="unknown feature 'alibi'"):
        extended("dot", ["alibi"])
