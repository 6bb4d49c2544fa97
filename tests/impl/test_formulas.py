"""Code of single formulas against exact evaluation at rational points, within bounds derived from the operations."""

from __future__ import annotations

import importlib.util
from inspect import signature

import numpy as np
import pytest
from formula_points import EVERY, arrays, called, expected, function_of
from loops_with_bounds import mp

from attnproof.derivations.formulas import Formula, formula
from attnproof.impl.export.formula import array_targets, code

CODED = [
    pytest.param(name, marks=pytest.mark.skipif(importlib.util.find_spec(name) is None, reason=f"no {name}"))
    for name in array_targets()
]


def computed(found: Formula, target: str) -> np.ndarray:
    function = function_of(code(found, target), found)
    return called(found, function, arrays(found, function), target)


@pytest.mark.slow
@pytest.mark.parametrize("score", EVERY)
@pytest.mark.parametrize("target", CODED)
def test_the_code_of_every_formula_computes_it(target: str, score: str) -> None:
    seen = 0
    for found in map(formula, EVERY[score]):
        got = computed(found, target)
        for where, wanted in expected(found.name).items():
            seen += 1
            off = abs(mp.mpf(float(got[where])) - wanted.value)
            assert off <= wanted.error, f"{found.name}{list(where)}: {got[where]!r}, {wanted.value}, {wanted.error}"
        assert got.size == len(expected(found.name))
    assert seen


@pytest.mark.parametrize(
    "name", ["additive.adjoint.weight_query", "dot.adjoint.query", "bilinear.scores.adjoint.weight"]
)
def test_a_wrong_line_is_seen(name: str) -> None:
    found = formula(name)
    right, line = code(found, "numpy"), f"    {found.quantity}: Array = "
    assert line in right
    function = function_of(right.replace(line, f"{line}2 * "), found)
    got = function(**arrays(found, function))
    assert any(abs(mp.mpf(float(got[w])) - x.value) > x.error for w, x in expected(name).items())


def test_gradients_of_what_was_broadcast_add_up() -> None:
    """Two batches with one weight and one key: the gradients are the sums of those of each batch."""
    for name in ("additive.adjoint.weight_query", "additive.adjoint.key"):
        found = formula(name)
        function = function_of(code(found, "numpy"), found)
        given = arrays(found, function)
        other = {**given, "query": -given["query"], "grad_context": given["grad_context"][::-1]}
        both = {**given, **{n: np.stack([given[n], other[n]]) for n in ("query", "grad_context")}}
        apart = function(**given) + function(**other)
        # one more addition than in each, and the same products: within the sum of two bounds
        slack = max(float(x.error) for x in expected(name).values()) * 4
        assert np.abs(function(**both) - apart).max() <= slack


def test_counts_are_integers_of_any_size() -> None:
    found = formula("additive.cost.multiply_adds")
    large = 10**12
    got = function_of(code(found, "torch"), found)(**{str(size): large for size in found.sizes})
    assert got == 3 * large**3
    assert isinstance(got, int)


def test_the_function_is_documented() -> None:
    text = code(formula("additive.adjoint.key"), "torch")
    for line in (
        "    query : (..., n_q, d_q)",
        "    weight_key : (d_a, d_k)",
        "    Returns",
        "        k̄ (..., n_k, d_k)",
        "Written by attnproof ",
        "The dots stand for leading batch axes",
    ):
        assert line in text, line


def test_an_unknown_target_is_refused() -> None:
    with pytest.raises(KeyError, match="unknown target 'nump'; known targets: numpy, torch"):
        code(formula("dot.scores"), "nump")


LARGE = (-3e4, 0.0, 3e4)  # exp of them is 0, 1 and infinite in every format


@pytest.mark.parametrize("name", [one for one in EVERY["softmax"] if "row_dot" not in one])
@pytest.mark.parametrize("target", CODED)
def test_no_formula_overflows_where_its_value_does_not(target: str, name: str) -> None:
    """Rows of logits far apart: softmax is one-hot, the log-sum-exp the largest logit, and all derivatives follow."""
    found = formula(name)
    function = function_of(code(found, target), found)
    given = {key: np.ones_like(array) for key, array in arrays(found, function).items()}
    given["logits"] = np.array([LARGE, LARGE[::-1]])
    got = called(found, function, given, target)
    hot = np.array([[0.0, 0, 1], [1, 0, 0]])
    zero = np.zeros(got.shape)
    wanted = {
        "weights": hot,
        "lse": np.full(2, LARGE[-1]),
        "grad_logits": hot if ".lse." in name else zero,
        "tangent_lse": np.ones(2),
    }.get(found.quantity, zero)  # one-hot weights do not move
    assert np.array_equal(got, wanted), got


@pytest.mark.parametrize("target", CODED)
def test_a_row_without_keys_has_no_mass(target: str) -> None:
    found = formula("softmax.lse")
    function = function_of(code(found, target), found)
    got = called(found, function, {"logits": np.array([[-np.inf, -np.inf], [-np.inf, 3.0]])}, target)
    assert got.tolist() == [-np.inf, 3.0]


@pytest.mark.parametrize("target", CODED)
def test_the_identity_matrix_is_made_by_the_code(target: str) -> None:
    found = formula("softmax.jacobian")
    function = function_of(code(found, target), found)
    assert list(signature(function).parameters) == ["logits"]
    got = called(found, function, {"logits": np.zeros((5, 2, 4))}, target)
    assert np.array_equal(got, np.broadcast_to(np.eye(4) / 4 - 1 / 16, (5, 2, 4, 4)))


@pytest.mark.parametrize("target", CODED)
@pytest.mark.parametrize(
    "name", ["dot.context+sink", "additive.lse+sink", "dot.adjoint.query+sink", "dot.context+sink_score+softcap"]
)
def test_a_sink_stands_beside_every_batch(name: str, target: str) -> None:
    """The sink has no batch axes, the logits beside it have."""
    found = formula(name)
    function = function_of(code(found, target), found)
    given = arrays(found, function)
    other = {**given, "query": given["query"][::-1] / 2}
    both = called(found, function, {**given, "query": np.stack([given["query"], other["query"]])}, target)
    for n, alone in enumerate((given, other)):
        wanted = called(found, function, alone, target)
        assert np.abs(both[n] - wanted).max() <= 64 * 2.0**-53 * max(1, np.abs(wanted).max())
