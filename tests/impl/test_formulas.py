"""Code of single formulas against exact evaluation at rational points, within bounds derived from the operations."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

import numpy as np
import pytest
from formula_points import EVERY, arrays, called, expected, function_of
from loops_with_bounds import mp

from derivations.formulas import Formula, formula
from impl.formulas import NoCodeError, array_targets, code

CODED = [
    pytest.param(name, marks=pytest.mark.skipif(importlib.util.find_spec(name) is None, reason=f"no {name}"))
    for name in array_targets()
]


def computed(found: Formula, target: str) -> np.ndarray:
    function = function_of(code(found, target), found)
    return called(found, function, arrays(found, function), target)


def coded(score: str, target: str) -> Iterator[Formula]:
    """Formulas that have code; those of a log-sum-exp alone have none."""
    for name in EVERY[score]:
        found = formula(name)
        if found.quantity == "lse":
            with pytest.raises(NoCodeError, match=r"overflows when it is evaluated as it is written"):
                code(found, target)
        else:
            yield found


@pytest.mark.parametrize("score", EVERY)
@pytest.mark.parametrize("target", CODED)
def test_the_code_of_every_formula_computes_it(target: str, score: str) -> None:
    seen = 0
    for found in coded(score, target):
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
