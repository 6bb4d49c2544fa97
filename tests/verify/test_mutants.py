"""Mutants of the generated formulas: that every kind is made, that each is caught for the right reason, and that proofs
are proofs.
"""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from attnproof.verify.detection import mutants as power_mutants
from attnproof.verify.faults.mutants import equivalent, mutants, sources, unaltered
from attnproof.verify.faults.mutants.making import target
from attnproof.verify.faults.mutants.operators import alterations
from attnproof.verify.inputs.case import Case
from attnproof.verify.options import Options
from attnproof.verify.outcome import FAIL, PASS
from attnproof.verify.properties.examine import examine

SCORES = ("dot", "scaled_dot", "bilinear", "additive", "concat")
KINDS = {
    "dropped term",
    "dropped factor",
    "wrong sign",
    "transposition",
    "swapped operands",
    "index swap",
    "wrong axis",
    "wrong constant",
    "wrong operation",
    "wrong precision",
    "missing tanh",
    "missing function",
    "missing guard",
    "missing sum",
}


def named(score, *words):
    found = [mutant for mutant in mutants(score) if all(word in mutant.name for word in words)]
    assert found, words
    return found[0]


def altered(source):
    function = ast.parse(source).body[0]
    return {
        (change.kind, ast.unparse(ast.parse(change.source).body[0].body[0].value)) for change in alterations(function)
    }


def test_every_kind_is_made_for_every_function_and_score():
    for score in SCORES:
        made = list(mutants(score))
        assert {mutant.kind for mutant in made} == KINDS, score
        assert {mutant.altered.function for mutant in made} == set(sources.FORMULAS["numpy"])
        assert max(Counter(mutant.name for mutant in made).values()) == 1


def test_what_the_operators_make_of_one_line():
    assert altered("def f(a, b):\n    x = a @ b.mT") >= {
        ("transposition", "a.mT @ b.mT"),
        ("transposition", "a @ b"),
        ("swapped operands", "b.mT @ a"),
        ("wrong sign", "-(a @ b.mT)"),
        ("wrong precision", "_narrow(a @ b.mT)"),
    }
    assert altered("def f(a, b):\n    x = a - b") >= {
        ("dropped term", "np.zeros_like(a) - b"),
        ("dropped term", "a - np.zeros_like(b)"),
        ("wrong sign", "a + b"),
        ("wrong sign", "-a - b"),
    }
    assert altered("def f(a):\n    x = np.sum(a, axis=-2)") >= {
        ("wrong axis", "np.sum(a, axis=-1)"),
        ("wrong axis", "np.sum(a, axis=-3)"),
    }
    assert altered("def f(a, b):\n    x = np.einsum('...ij,...j->...i', a, b)") >= {
        ("index swap", "np.einsum('...ji,...j->...i', a, b)"),
        ("index swap", "np.einsum('...ij,...j->...j', a, b)"),
    }
    assert ("dropped term", "c") in altered("def f(c, k):\n    x = c if k is None else k * c")


@pytest.mark.parametrize("score", ["scaled_dot", "additive"])
def test_the_unaltered_program_is_accepted_where_mutants_are_judged(score):
    original = target(score, "as it is", sources.loaded(score))
    for properties, dtypes, profile in power_mutants.STAGES:
        found = examine(original, profile, properties=properties, dtypes=dtypes)
        assert not found.bad
        assert found.counts[PASS] > 0


def test_torch_mutants_are_made_for_every_function_and_score():
    for score in SCORES:
        made = list(mutants(score, "torch"))
        assert {mutant.altered.function for mutant in made} == set(sources.FORMULAS["torch"])
        assert {mutant.kind for mutant in made} == KINDS, score
        assert max(Counter(mutant.name for mutant in made).values()) == 1
        assert not {mutant.name for mutant in made} & {mutant.name for mutant in mutants(score)}


@pytest.mark.parametrize("alone", [False, True])
def test_the_unaltered_torch_program_is_accepted_where_mutants_are_judged(alone):
    original = target("additive", "as it is", sources.loaded("additive", "torch"), "torch", alone=alone)
    asked = Counter()
    for properties, dtypes, profile in power_mutants.STAGES:
        found = examine(original, profile, properties=properties, dtypes=dtypes)
        assert not found.bad
        asked.update(finding.quantity for finding in found.findings if finding.outcome == PASS)
    wanted = {"scores", "grad.query", "grad.weight_key", "grad.v", "grad.bias_hidden"}
    assert wanted <= set(asked)
    assert ("grad.value" in asked) is not alone


@pytest.mark.slow
@pytest.mark.parametrize("score", ["dot"])
def test_every_mutant_is_rejected_proved_equivalent_or_stillborn(score):
    rows = power_mutants.run({"score": score}, Options(profile="thorough"))
    assert len({row.id for row in rows}) == len(rows) > 350
    assert all(row.verdict == PASS for row in rows), [row.reason for row in rows if row.verdict != PASS]
    counts = Counter((row.program, row.measured) for row in rows)
    assert counts["numpy", "equivalent"] == 3
    assert counts["torch", "equivalent"] == 4
    assert counts["numpy", "stillborn"] <= 2
    assert counts["torch", "stillborn"] <= 2
    assert all(row.caught_by and row.why for row in rows if row.measured == "rejected")
    assert all(row.why for row in rows)


@pytest.mark.parametrize(
    ("score", "words"),
    [
        ("dot", ("backward of scores alone", "transposition")),
        ("bilinear", ("backward of scores alone", "missing sum")),  # autograd itself would bring it into shape
        ("additive", ("torch backward:", "missing sum")),
        pytest.param("dot", ("torch softmax", "missing guard"), marks=pytest.mark.slow),
    ],
)
def test_a_torch_mutant_is_rejected(score, words):
    found = [mutant for mutant in mutants(score, "torch") if all(word in mutant.name for word in words)]
    assert "rejected" in {power_mutants.decide(mutant)[0] for mutant in found}


def test_only_the_inner_guard_of_the_torch_softmax_and_a_rounded_truth_value_are_proved_idle():
    proved = [mutant for mutant in mutants("dot", "torch") if equivalent.proof(mutant.altered, "dot", "torch")]
    of_softmax = [mutant.name for mutant in proved if mutant.altered.function == "softmax"]
    assert len(of_softmax) == 2
    assert {mutant.kind for mutant in proved} == {"swapped operands", "missing guard", "wrong precision"}
    outer = [mutant for mutant in mutants("dot", "torch") if "torch softmax: missing guard" in mutant.name]
    assert len(outer) == 2
    assert sum(equivalent.proof(mutant.altered, "dot", "torch") is None for mutant in outer) == 1


@pytest.mark.parametrize(
    ("score", "words", "says"),
    [
        ("additive", ("forward", "missing tanh", "np.tanh(preactivation)"), "error exceeds its bound"),
        ("scaled_dot", ("forward", "missing function math.sqrt(d)"), "error exceeds its bound"),
        ("dot", ("softmax: dropped term top",), "NaN or infinite"),  # exponentials without the row's maximum
        ("dot", ("softmax: missing guard",), "gets"),
        ("dot", ("sech²: missing function np.abs(x)",), "NaN or infinite"),
        ("dot", ("backward: dropped term seed_weights",), "error exceeds its bound"),
        ("concat", ("backward: index swap blocks in the other order",), "error exceeds its bound"),
    ],
)
def test_known_mutants_are_caught_for_their_own_reason(score, words, says):
    measured, finding, _ = power_mutants.decide(named(score, *words))
    assert measured == "rejected"
    if says != "gets":
        assert says in finding.reason


def test_a_mutant_that_only_raises_is_no_catch():
    mutant = named("dot", "sum over the batch: wrong sign of like.ndim")
    row = power_mutants.row(mutant)
    assert (row.measured, row.theory, row.caught_by) == ("stillborn", "stillborn", "")
    assert "raises at" in row.why


def test_a_mutant_that_nothing_catches_is_a_failure(monkeypatch):
    monkeypatch.setattr(power_mutants, "STAGES", ((("repeatable",), ("fp64",), "quick"),))
    row = power_mutants.row(named("dot", "forward: dropped factor softcap"))
    assert (row.measured, row.theory, row.verdict) == ("accepted", "rejected", FAIL)
    assert "accepted by every property" in row.reason


def test_a_wrong_proof_is_a_failure(monkeypatch):
    monkeypatch.setattr(power_mutants, "proof", lambda altered, score, program: "it is so")
    row = power_mutants.row(named("dot", "forward: dropped factor softcap"))
    assert (row.measured, row.verdict) == ("rejected", FAIL)
    assert "proved equivalent" in row.reason


def test_proofs_hold_for_the_three_equivalent_mutants_and_for_no_other():
    """Every alteration of an einsum or of softmax but three is refused, also those that are equal as formulas and
    overflow.
    """
    proved = [mutant.name for mutant in mutants("additive") if equivalent.proof(mutant.altered, "additive")]
    assert len(proved) == 3
    assert sum("swapped operands np.einsum" in name for name in proved) == 2
    assert sum("wrong sign of all of np.exp(x - top)" in name for name in proved) == 1


def test_equivalent_mutants_return_the_same_numbers():
    rng = np.random.default_rng(1)
    inputs = {
        name: rng.standard_normal(shape) for name, shape in (("query", (3, 4)), ("key", (5, 4)), ("value", (5, 2)))
    }
    case = Case("dot", {**inputs, "softcap": np.asarray(2.0)}, rng.standard_normal((3, 2)))
    from attnproof.verify.targets.target import plain

    for mutant in mutants("dot"):
        if equivalent.proof(mutant.altered, "dot"):
            mine, theirs = (each.ask(plain(case)).values() for each in (mutant.target, unaltered(mutant)))
            for name, value in theirs.items():
                np.testing.assert_allclose(mine[name], value, rtol=1e-14, atol=1e-15)


def test_standard_takes_every_numpy_mutant_and_a_seeded_share_of_the_torch_mutants():
    everything = mutants("dot", "torch")
    assert power_mutants.chosen("dot", "numpy", Options()) == mutants("dot", "numpy")
    assert power_mutants.chosen("dot", "torch", Options(profile="thorough")) == everything
    taken = power_mutants.chosen("dot", "torch", Options())
    assert taken == power_mutants.chosen("dot", "torch", Options())
    assert taken != power_mutants.chosen("dot", "torch", Options(seed=1))
    assert {mutant.kind for mutant in taken} == KINDS
    assert len(everything) / 4 <= len(taken) < len(everything) / 4 + len(KINDS)


def test_quick_runs_no_mutants_and_standard_one_unit_a_score():
    assert power_mutants.plan(Options(profile="quick")) == []
    units = power_mutants.plan(replace(Options(), scores=("dot", "concat")))
    assert [unit.arguments for unit in units] == [{"score": "dot"}, {"score": "concat"}]


def test_seeds_are_checked():
    inputs = {"query": np.ones((2, 3)), "key": np.ones((4, 3)), "value": np.ones((4, 1))}
    with pytest.raises(ValueError, match="unknown seed 'context'"):
        Case("dot", inputs, np.ones((2, 1)), seeds={"context": np.ones((2, 4))})
    with pytest.raises(ValueError, match="seed of weights has shape"):
        Case("dot", inputs, np.ones((2, 1)), seeds={"weights": np.ones((4, 2))})
